public import Tensor

// Softmax and its kin along the last axis, stable for any finite logits: the row's maximum is
// subtracted first.

/// yᵢ = exp(xᵢ) / Σ exp(xⱼ),  dx = y · (dy − Σ dy · y)
final class Softmax: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .output }
    override func forward(_ x: NDArray) -> NDArray { x.softmax(logarithm: false) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { SoftmaxGrad()(y, dy) }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { SoftmaxGrad()(y, dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// z = y · (dy − Σ dy · y),  by dy: the same form, for the Jacobian of softmax is symmetric
final class SoftmaxGrad: BinaryOp {
    override var saves: Saved { .inputs }
    override func forward(_ y: NDArray, _ dy: NDArray) -> NDArray {
        y.softmaxBackward(dy, logarithm: false)
    }
    override func backwardLeft(_ dz: Tensor, a y: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        let inner = (dy * y).sum(axis: -1, keepDims: true)
        return dz * (dy - inner) - dy * (dz * y).sum(axis: -1, keepDims: true)
    }
    override func backwardRight(_ dz: Tensor, a y: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        SoftmaxGrad()(y, dz)
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, a y: Tensor, b dy: Tensor, y z: Tensor
    ) -> Tensor? {
        let byOutput = da.map { da in
            let inner = (dy * y).sum(axis: -1, keepDims: true)
            return da * (dy - inner) - y * (da * dy).sum(axis: -1, keepDims: true)
        }
        return Dual.sum([byOutput, db.map { SoftmaxGrad()(y, $0) }], like: z)
    }
    override func batch(_ y: Tensor, _ dy: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.spread([y, dy], [isBatched.a, isBatched.b]))
    }
}

/// y = x − ln Σ exp(xⱼ),  dx = dy − exp(y) Σ dy
final class LogSoftmax: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .output }
    override func forward(_ x: NDArray) -> NDArray { x.softmax(logarithm: true) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        LogSoftmaxGrad()(y, dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        dx - (dx * y.exp()).sum(axis: -1, keepDims: true)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// z = dy − exp(y) Σ dy
final class LogSoftmaxGrad: BinaryOp {
    override var saves: Saved { .inputs }
    override func forward(_ y: NDArray, _ dy: NDArray) -> NDArray {
        y.softmaxBackward(dy, logarithm: true)
    }
    override func backwardLeft(_ dz: Tensor, a y: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        -(dz * y.exp() * dy.sum(axis: -1, keepDims: true))
    }
    override func backwardRight(_ dz: Tensor, a y: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        dz - (dz * y.exp()).sum(axis: -1, keepDims: true)
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, a y: Tensor, b dy: Tensor, y z: Tensor
    ) -> Tensor? {
        let byOutput = da.map { -($0 * y.exp() * dy.sum(axis: -1, keepDims: true)) }
        return Dual.sum([byOutput, db.map { LogSoftmaxGrad()(y, $0) }], like: z)
    }
    override func batch(_ y: Tensor, _ dy: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.spread([y, dy], [isBatched.a, isBatched.b]))
    }
}

extension Tensor {
    /// exp(x) / Σ exp(x) along an axis.
    public final func softmax(axis: Int = -1) -> Tensor { along(axis, "softmax", Softmax()) }

    /// softmax(−x) along an axis.
    public final func softmin(axis: Int = -1) -> Tensor {
        (-self).along(axis, "softmin", Softmax())
    }

    /// ln softmax(x) along an axis, exact where softmax underflows.
    public final func logSoftmax(axis: Int = -1) -> Tensor {
        along(axis, "logSoftmax", LogSoftmax())
    }

    /// Applies an operation of the last axis to another one. Halves are computed as float32.
    private func along(_ axis: Int, _ operation: String, _ op: UnaryOp) -> Tensor {
        let axis = shape.axis(axis, operation)
        let x = op.autocast.cast([self])[0]
        let wide: DType = dtype == .float64 ? .float64 : .float32
        let result: Tensor
        if axis == rank - 1 {
            result = op(x.cast(to: wide))
        } else {
            result = op(x.cast(to: wide).transpose(axis, -1)).transpose(axis, -1)
        }
        return dtype.isFloat ? result.cast(to: x.dtype) : result
    }
}
