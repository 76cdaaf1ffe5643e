internal import CKernels

// Matrix products, and the distances of rows.
extension NDArray {
    /// The matrix product over the last two axes, batch axes broadcast; both of rank ≥ 2.
    ///
    /// [.., m, k] × [.., k, n] gives [.., m, n]. `bias` [n] is added to each row and `relu`
    /// applied last, in the same pass. Halves are multiplied and added up in float32;
    /// integers wrap in their own type, as elementwise.
    package func matmul(_ other: NDArray, bias: NDArray? = nil, relu: Bool = false) -> NDArray {
        requireFactors(other)
        let m = shape[rank - 2]
        let k = shape[rank - 1]
        let n = other.shape[other.rank - 1]
        if other.rank == 2, rank > 2, isContiguous {
            let rows = reshape([count / max(k, 1), k])
            if k > 0 {
                return rows.matmul(other, bias: bias, relu: relu).reshape(
                    shape.replacing(rank - 1, with: n))
            }
        }
        guard let batch = Shape.broadcast(batchShape, other.batchShape) else {
            fail(
                "matmul",
                "the batch axes \(batchShape) and \(other.batchShape) of \(shape) × "
                    + "\(other.shape) don't broadcast",
                hint: "all axes but the last two must be equal, or 1")
        }
        if dtype.isInteger, bias != nil || relu {
            var product = matmul(other)
            if let bias { product = product.zipReusing(.add, bias) }
            return relu ? product.map(.relu) : product
        }
        if dtype == .bool {
            return cast(to: .int32).matmul(
                other.cast(to: .int32), bias: bias?.cast(to: .int32), relu: relu
            )
            .cast(to: dtype)
        }
        let mayRound = Autocast.mayBeOpen && Autocast.precision == .tf32
        let out = NDArray(uninitialized: batch.appending(m).appending(n), dtype, on: backend)
        let left = expand(to: batch.appending(m).appending(k))
        let right = other.expand(to: batch.appending(k).appending(n))
        if let bias {
            Kernel.matmul(bias: true, relu: relu, mayRound: mayRound)
                .run(left, right, bias.contiguous(), into: out)
        } else {
            Kernel.matmul(bias: false, relu: relu, mayRound: mayRound).run(left, right, into: out)
        }
        return out
    }

    /// Traps unless the last two axes of both, and their dtypes, fit a product.
    private func requireFactors(_ other: NDArray) {
        if rank < 2 || other.rank < 2 {
            fail("matmul", "\(shape) × \(other.shape): both must have two axes or more")
        }
        guard dtype == other.dtype else {
            fail(
                "matmul", "\(dtype) \(shape) × \(other.dtype) \(other.shape)",
                hint: "cast one of them")
        }
        guard shape[rank - 1] == other.shape[other.rank - 2] else {
            fail(
                "matmul", "\(dtype) \(shape) × \(other.dtype) \(other.shape) don't fit",
                hint: "the last axis of the first must equal the last but one of the second")
        }
    }

    /// The distances of rows [.., m, k] to others [.., n, k], by the norm of an order above 0: [..,
    /// m, n], leading axes broadcast; float32 or float64.
    package func distances(to other: NDArray, order: Double) -> NDArray {
        let (m, k, n) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 2])
        guard let batch = Shape.broadcast(batchShape, other.batchShape) else {
            fail("distances", "\(shape) and \(other.shape) don't broadcast")
        }
        let out = NDArray(uninitialized: batch.appending(m).appending(n), dtype, on: backend)
        if out.count == 0 { return out }
        let columns = other.transpose(-2, -1).expand(to: batch.appending(k).appending(n))
        Kernel.distances(order: order).run(
            expand(to: batch.appending(m).appending(k)).contiguous(), columns.contiguous(),
            into: out)
        return out
    }

    private var batchShape: Shape { Shape(shape.prefix(rank - 2)) }
}
