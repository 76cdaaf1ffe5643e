internal import CKernels

// Products, rows of logits, gathering: the kernels that are not elementwise.
extension NDArray {
    /// The matrix product over the last two axes, batch axes broadcast; both of rank ≥ 2.
    ///
    /// [.., m, k] × [.., k, n] gives [.., m, n]. `bias` [n] is added to each row and `relu`
    /// applied last, in the same pass. Halves are multiplied as float32; integers wrap in their
    /// own type, as elementwise.
    public func matmul(_ other: NDArray, bias: NDArray? = nil, relu: Bool = false) -> NDArray {
        if rank < 2 || other.rank < 2 {
            fail("matmul", "\(shape) × \(other.shape): both must have two axes or more")
        }
        let m = shape[rank - 2]
        let k = shape[rank - 1]
        let n = other.shape[other.rank - 1]
        guard dtype == other.dtype else {
            fail(
                "matmul", "\(dtype) \(shape) × \(other.dtype) \(other.shape)",
                hint: "cast one of them")
        }
        guard k == other.shape[other.rank - 2] else {
            fail(
                "matmul", "\(dtype) \(shape) × \(other.dtype) \(other.shape) don't fit",
                hint: "the last axis of the first must equal the last but one of the second")
        }
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
        guard dtype.isWide || dtype.isInteger else {
            let wide: DType = dtype.isFloat ? .float32 : .int32
            let product = cast(to: wide).matmul(
                other.cast(to: wide), bias: bias?.cast(to: wide), relu: relu)
            return product.cast(to: dtype)
        }
        let out = NDArray(uninitialized: batch.appending(m).appending(n), dtype, on: backend)
        let left = expand(to: batch.appending(m).appending(k))
        let right = other.expand(to: batch.appending(k).appending(n))
        if let bias {
            Kernel.matmul(bias: true, relu: relu).run(left, right, bias.contiguous(), into: out)
        } else {
            Kernel.matmul(bias: false, relu: relu).run(left, right, into: out)
        }
        return out
    }

    /// The distances of rows [.., m, k] to others [.., n, k], by the norm of an order above 0: [.., m, n],
    /// leading axes broadcast; float32 or float64.
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

    /// Softmax, or its logarithm, along the last axis; float32 or float64.
    public func softmax(logarithm: Bool) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.softmax(logarithm: logarithm).run(contiguous(), into: out)
        return out
    }

    /// The gradient of `softmax` by its input, this array being its output.
    public func softmaxBackward(_ dy: NDArray, logarithm: Bool) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.softmaxBackward(logarithm: logarithm).run(contiguous(), dy.contiguous(), into: out)
        return out
    }

    /// log Σ exp along the last axis, which stays with size 1; float32 or float64.
    public func logSumExp() -> NDArray {
        if rank == 0 { fail("logSumExp", "a scalar has no axis to sum along") }
        let out = NDArray(uninitialized: shape.replacing(rank - 1, with: 1), dtype, on: backend)
        Kernel.logSumExp.run(contiguous(), into: out)
        return out
    }

    /// This index as int64; what uint64 holds beyond it stays out of range.
    package var asIndex: NDArray {
        (dtype == .uint64 ? zip(.minimum, Scalar(Int.max)) : self).cast(to: .int64)
    }

    /// Rows of this table: the result has the index's shape followed by a row's.
    ///
    /// Indices lie in −n..<n, n being the number of rows; negative ones count from the end.
    public func gather(_ index: NDArray) -> NDArray {
        if rank == 0 { fail("gather", "a scalar has no rows to choose from") }
        var result = index.shape
        for axis in 1..<rank { result.append(shape[axis]) }
        let out = NDArray(uninitialized: result, dtype, on: backend)
        Kernel.gather.run(contiguous(), index.asIndex.contiguous(), into: out)
        return out
    }

    /// A table of `rows` rows into which this array's rows are added at `index`, in order; indices as
    /// those of `gather`.
    public func scatterAdd(_ index: NDArray, rows: Int) -> NDArray {
        scatter(.add, index, rows: rows, over: Scalar(0))
    }

    /// A table of `rows` rows of one number, with this array's rows written over it, or combined with
    /// it, at `index`, in order.
    package func scatter(
        _ rule: ScatterRule, _ index: NDArray, rows: Int, over start: Scalar
    ) -> NDArray {
        if index.rank > rank || Swift.zip(shape, index.shape).contains(where: { $0 != $1 }) {
            fail(rule.name, "an index of shape \(index.shape) doesn't fit items \(shape)")
        }
        var result: Shape = [rows]
        for axis in index.rank..<rank { result.append(shape[axis]) }
        let out = NDArray(uninitialized: result, dtype, on: backend)
        Kernel.fill(start).run(into: out)
        index.requirePlace(of: self, rule.name)
        if count > 0 {
            Kernel.scatter(rule).run(contiguous(), index.asIndex.contiguous(), into: out)
        }
        return out
    }

    /// Each element kept with probability 1 − rate and scaled by 1 / (1 − rate), else 0.
    public func dropout(rate: Double, _ key: RandomKey) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.dropout(key, rate: rate).run(contiguous(), into: out)
        return out
    }

    /// Σ x² in double precision.
    public var sumOfSquares: Double { NDArray.squaredNorm([self]).scalar }

    /// Whether no element is NaN or infinite; integers always are finite.
    public var isAllFinite: Bool { !dtype.isFloat || NDArray.allFinite([self]).scalar != 0 }

    /// Σ x² over all elements of arrays on one device, in float64: one number, there.
    package static func squaredNorm(_ arrays: [NDArray]) -> NDArray {
        let backend = arrays.first?.backend ?? Device.currentBackend
        let out = NDArray(uninitialized: [], .float64, on: backend)
        Kernel.squaredNorm(ArrayList(arrays.map { $0.contiguous() })).run(into: out)
        return out
    }

    /// Σ x² of each of several arrays on one device, in float64: [arrays], there.
    package static func squaredNorms(_ arrays: [NDArray]) -> NDArray {
        let backend = arrays.first?.backend ?? Device.currentBackend
        let out = NDArray(uninitialized: [arrays.count], .float64, on: backend)
        Kernel.squaredNorm(ArrayList(arrays.map { $0.contiguous() })).run(into: out)
        return out
    }

    /// Whether all elements of arrays of floats on one device are finite: one bool, there.
    package static func allFinite(_ arrays: [NDArray]) -> NDArray {
        let backend = arrays.first?.backend ?? Device.currentBackend
        let out = NDArray(uninitialized: [], .bool, on: backend)
        Kernel.allFinite(ArrayList(arrays.map { $0.contiguous() })).run(into: out)
        return out
    }

    /// Writes numbers of the host over these, which are float64 and contiguous.
    package func write(_ values: [Double]) {
        guard dtype == .float64, isContiguous, count == values.count else {
            fail("write", "\(values.count) numbers don't fit \(dtype) \(shape)")
        }
        values.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            backend.copyIn(from: base, to: pointer, byteCount: bytes.count)
        }
        storage.version &+= 1
    }
}
