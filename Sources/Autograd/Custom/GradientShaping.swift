public import Tensor

// Operations that leave the value alone and change the gradient that flows back.

/// y = x, dx = 0
private final class StopGradient: UnaryOp {
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y = x, dx = dy limited to −limit…limit. Forward mode sees the identity.
private final class ClipGradient: UnaryOp {
    private let limit: Double
    init(_ limit: Double) { self.limit = limit }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy.clip(lower: -limit, upper: limit)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { dx }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y = x, dx = factor · dy
private final class ScaleGradient: UnaryOp {
    private let factor: Double
    init(_ factor: Double) { self.factor = factor }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * factor }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { dx * factor }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// This tensor as a constant: no gradient flows back. `detach()` as an operation, which
    /// profiles show; by TensorFlow's name.
    public final func stopGradient() -> Tensor { StopGradient()(self) }

    /// This tensor, with each element of the gradient that flows back limited to −limit…limit.
    public final func clipGradient(to limit: Double) -> Tensor {
        guard limit >= 0 else { fail("clipGradient", "the limit \(limit) is not positive") }
        return ClipGradient(limit)(self)
    }

    /// This tensor, with the gradient that flows back multiplied by `factor`.
    public final func scaleGradient(by factor: Double) -> Tensor { ScaleGradient(factor)(self) }

    /// This tensor, with the gradient that flows back negated, as in adversarial training.
    public final func reverseGradient() -> Tensor { ScaleGradient(-1)(self) }
}
