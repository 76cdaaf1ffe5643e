public import Tensor

// Products made of others.
extension Tensor {
    /// Σ over the last axis of both: shape [a's other axes, b's other axes]; the product beside a
    /// scalar.
    public final func inner(_ other: Tensor) -> Tensor {
        if rank == 0 || other.rank == 0 { return self * other }
        guard shape[rank - 1] == other.shape[other.rank - 1] else {
            fail("inner", "the last axes of \(shape) and \(other.shape) differ")
        }
        return tensordot(other.moved(other.rank - 1, to: 0), axes: 1)
    }

    /// The Kronecker product: each element of this tensor times all of the other, along each axis
    /// as many blocks. The tensor of lower rank gets axes of size 1 in front.
    public final func kron(_ other: Tensor) -> Tensor {
        let rank = Swift.max(rank, other.rank)
        guard 2 * rank <= Shape.maximumRank else {
            fail("kron", "shapes \(shape) and \(other.shape) have more than four axes")
        }
        let left = Array(repeating: 1, count: rank - self.rank) + Array(shape)
        let right = Array(repeating: 1, count: rank - other.rank) + Array(other.shape)
        let blocks = reshape(Shape(left.flatMap { [$0, 1] }))
        let inside = other.reshape(Shape(right.flatMap { [1, $0] }))
        return (blocks * inside).reshape(Shape(zip(left, right).map { $0.times($1) }))
    }

    /// a × b of vectors of three elements along an axis, which counts from the end; other axes
    /// broadcast.
    public final func cross(_ other: Tensor, axis: Int = -1) -> Tensor {
        guard let common = Shape.broadcast(shape, other.shape) else {
            fail("cross", "shapes \(shape) and \(other.shape) don't broadcast")
        }
        let axis = common.axis(axis, "cross") - common.rank
        guard -axis <= rank, -axis <= other.rank, shape[axis + rank] == 3,
            other.shape[axis + other.rank] == 3
        else {
            fail(
                "cross", "axis \(axis) of \(shape) and \(other.shape) doesn't have three elements")
        }
        let (a, b) = (self, other)
        let left = a.roll(-1, axis: axis) * b.roll(-2, axis: axis)
        return left - a.roll(-2, axis: axis) * b.roll(-1, axis: axis)
    }

    /// beta · this tensor + alpha · (a · b): this one broadcasts to the matrix product. With a beta
    /// of 0 NaN in it doesn't count.
    public final func addMatMul(
        _ a: Tensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1
    ) -> Tensor {
        let product = a.matmul(b)
        let scaled = alpha == 1 ? product : product * alpha
        if beta == 0 { return scaled }
        return (beta == 1 ? self : self * beta) + scaled
    }

    /// The product of matrices from the left to the right, in the order that takes the fewest
    /// multiplications. The first may be a row and the last a column of one axis.
    public static func chainMatMul(_ matrices: [Tensor]) -> Tensor {
        guard matrices.count >= 2, let first = matrices.first, let last = matrices.last else {
            fail("chainMatMul", "needs at least two matrices, not \(matrices.count)")
        }
        var chain = matrices
        if first.rank == 1 { chain[0] = first.unsqueeze(0) }
        if last.rank == 1 { chain[chain.count - 1] = last.unsqueeze(1) }
        for position in chain.indices {
            let shape = chain[position].shape
            guard shape.rank == 2 else {
                fail("chainMatMul", "operand \(position) of shape \(shape) is no matrix")
            }
            if position > 0, chain[position - 1].shape[1] != shape[0] {
                fail(
                    "chainMatMul",
                    "operands \(position - 1) and \(position), \(chain[position - 1].shape) and "
                        + "\(shape), don't fit")
            }
        }
        let sizes = [chain[0].shape[0]] + chain.map { $0.shape[1] }
        var result = product(of: chain, MatrixChain.order(sizes))
        if first.rank == 1 { result = result.squeeze(0) }
        return last.rank == 1 ? result.squeeze(-1) : result
    }

    /// Multiplies neighbours as a list says: positions of left factors among those that are left.
    private static func product(of chain: [Tensor], _ order: [Int]) -> Tensor {
        var rest = chain
        for position in order {
            rest[position] = rest[position].matmul(rest.remove(at: position + 1))
        }
        return rest[0]
    }

    /// Powers of the elements along a new last axis: x^(count−1), …, x, 1, or the other way round
    /// if `increasing`; as many as elements if nil. Those of integers are int64.
    public final func vander(_ count: Int? = nil, increasing: Bool = false) -> Tensor {
        if rank == 0 { fail("vander", "a scalar has no axis of points") }
        let count = count ?? shape[rank - 1]
        if count < 0 { fail("vander", "the count \(count) is negative") }
        let x = dtype.isFloat ? self : cast(to: .int64)
        failUnlessHeld("vander", self.count.times(count), "powers", bytes: x.dtype.size)
        if count == 0 { return .zeros(like: x.unsqueeze(-1)).narrow(axis: -1, start: 0, count: 0) }
        var powers = [Tensor.ones(like: x)]
        while powers.count < count { powers.append(powers[powers.count - 1] * x) }
        return .stack(increasing ? powers : powers.reversed(), axis: -1)
    }
}

/// In which order a chain of matrices is multiplied, found by comparing all (Godbole 1973).
enum MatrixChain {
    /// The positions of left factors among the factors left at each product; `sizes` are the rows
    /// of the first and the columns of all.
    static func order(_ sizes: [Int]) -> [Int] {
        let count = sizes.count - 1
        var cost = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        var cut = Array(repeating: Array(repeating: 0, count: count), count: count)
        for length in 1..<Swift.max(count, 1) {
            for start in 0..<count - length {
                let end = start + length
                cost[start][end] = .infinity
                for middle in start..<end {
                    let own = Double(sizes[start]) * Double(sizes[middle + 1])
                    let parts = cost[start][middle] + cost[middle + 1][end]
                    let total = parts + own * Double(sizes[end + 1])
                    if total < cost[start][end] {
                        (cost[start][end], cut[start][end]) = (total, middle)
                    }
                }
            }
        }
        return products(cut, count)
    }

    /// The cuts from the whole down, turned into products from the parts up.
    private static func products(_ cut: [[Int]], _ count: Int) -> [Int] {
        var pending = [(start: 0, end: count - 1)]
        var joins: [Int] = []
        while let (start, end) = pending.popLast() {
            if start == end { continue }
            joins.append(cut[start][end])
            pending.append((start, cut[start][end]))
            pending.append((cut[start][end] + 1, end))
        }
        // A join stands between two original factors: count the joins left of it that are still
        // open.
        var open = Set(joins)
        return joins.reversed().map { join in
            open.remove(join)
            return open.filter { $0 < join }.count
        }
    }
}
