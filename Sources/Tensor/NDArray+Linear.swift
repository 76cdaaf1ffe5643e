// Products, rows of logits, gathering: the kernels that are not elementwise.
extension NDArray {
    /// The matrix product over the last two axes, batch axes broadcast; both of rank ≥ 2.
    ///
    /// [.., m, k] × [.., k, n] gives [.., m, n]. `bias` [n] is added to each row and `relu`
    /// applied last, in the same pass.
    public func matmul(_ other: NDArray, bias: NDArray? = nil, relu: Bool = false) -> NDArray {
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
        guard k == other.shape[other.rank - 2], dtype == other.dtype,
            let batch = Shape.broadcast(batchShape, other.batchShape)
        else {
            fail(
                "matmul", "\(dtype) \(shape) × \(other.dtype) \(other.shape) don't fit",
                hint: "the last axis of the first must equal the last but one of the second")
        }
        let out = NDArray(uninitialized: batch.appending(m).appending(n), dtype, on: backend)
        guard out.count > 0 else { return out }
        backend.matmul(
            expand(to: batch.appending(m).appending(k)),
            other.expand(to: batch.appending(k).appending(n)), bias: bias, relu: relu, into: out)
        return out
    }

    private var batchShape: Shape { Shape(shape.prefix(rank - 2)) }

    /// Softmax, or its logarithm, along the last axis; float32 or float64.
    public func softmax(logarithm: Bool) -> NDArray {
        checkWide("softmax")
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        if count > 0 { backend.softmax(contiguous(), logarithm: logarithm, into: out) }
        return out
    }

    /// The gradient of `softmax` by its input, this array being its output.
    public func softmaxBackward(_ dy: NDArray, logarithm: Bool) -> NDArray {
        checkWide("softmaxBackward")
        guard dy.shape == shape, dy.dtype == dtype else {
            fail("softmaxBackward", "\(dy.dtype) \(dy.shape) doesn't fit \(dtype) \(shape)")
        }
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        if count > 0 {
            backend.softmaxBackward(contiguous(), dy.contiguous(), logarithm: logarithm, into: out)
        }
        return out
    }

    /// log Σ exp along the last axis, which stays with size 1; float32 or float64.
    public func logSumExp() -> NDArray {
        checkWide("logSumExp")
        let out = NDArray(uninitialized: shape.replacing(rank - 1, with: 1), dtype, on: backend)
        if out.count > 0 { backend.logSumExp(contiguous(), into: out) }
        return out
    }

    private func checkWide(_ operation: String) {
        guard dtype == .float32 || dtype == .float64, rank > 0 else {
            fail(operation, "needs rows of float32 or float64, not \(dtype) \(shape)")
        }
    }

    /// Rows of this table: the result has the index's shape followed by a row's.
    /// Indices must lie in 0..<shape[0].
    public func gather(_ index: NDArray) -> NDArray {
        var result = index.shape
        for axis in 1..<rank { result.append(shape[axis]) }
        let out = NDArray(uninitialized: result, dtype, on: backend)
        if out.count > 0 {
            backend.gather(contiguous(), index.cast(to: .int64).contiguous(), into: out)
        }
        return out
    }

    /// A table of `rows` rows into which this array's rows are added at `index`, in order.
    public func scatterAdd(_ index: NDArray, rows: Int) -> NDArray {
        var result: Shape = [rows]
        for axis in index.rank..<rank { result.append(shape[axis]) }
        let out = NDArray.full(result, 0, dtype, on: backend)
        if count > 0, out.count > 0 {
            backend.scatterAdd(contiguous(), index.cast(to: .int64).contiguous(), into: out)
        }
        return out
    }

    /// Each element kept with probability 1 − rate and scaled by 1 / (1 − rate), else 0.
    public func dropout(rate: Double, _ key: RandomKey) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        if count > 0 { backend.dropout(contiguous(), rate: rate, key, into: out) }
        return out
    }

    /// Σ x² in double precision.
    public var sumOfSquares: Double { count == 0 ? 0 : backend.sumOfSquares(contiguous()) }

    /// Whether no element is NaN or infinite; integers always are finite.
    public var isAllFinite: Bool {
        count == 0 || !dtype.isFloat || backend.isAllFinite(contiguous())
    }

    /// One optimizer step on this parameter, in place; see `OptimizerRule`.
    public func step(_ rule: OptimizerRule, gradient: NDArray, state: [NDArray]) {
        guard isContiguous, storage.isOwned else {
            fail("optimizer", "parameters must be contiguous and writable")
        }
        guard count > 0 else { return }
        backend.step(rule, self, gradient: gradient.contiguous(), state: state)
        storage.version += 1
    }
}
