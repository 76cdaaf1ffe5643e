internal import CKernels
public import Tensor

// Activations beside those of Activation.swift, where the machinery is.

/// y = x tanh(ln(1 + eˣ)),  dx = dy · (t + x (1 − t²) σ(x)), t being the tanh.  Misra, "Mish: a
/// self-regularized non-monotonic activation function", 2019
final class Mish: Activation {
    override var kernel: UnaryFunction { .mish }
    override var slopeKernel: BinaryFunction { .mish_grad }
    override var saves: Saved { .inputs }
    /// (1 − t²) σ (2 + x (1 − σ − 2 t σ))
    override func curvature(at x: Tensor) -> Tensor? {
        let t = x.softplus().tanh()
        let s = x.sigmoid()
        return (1 - t * t) * s * (x * (1 - s - t * s * 2) + 2)
    }
}

/// y = x where x > 0, else α (e^(x/α) − 1),  dx = dy where y > 0, else dy · (1 + y / α).  Barron,
/// "Continuously differentiable exponential linear units", 2017
final class CELU: Activation {
    let alpha: Double
    init(_ alpha: Double) { self.alpha = alpha }
    override var kernel: UnaryFunction { .celu }
    override var slopeKernel: BinaryFunction { .celu_grad }
    override var p0: Double { alpha }
    override var saves: Saved { .output }
    override func curvature(at y: Tensor) -> Tensor? { (y .<= 0).cast(to: y.dtype) / alpha }
}

/// y = x limited to 0...6,  dx = dy inside, 0 at the bounds
final class ReLU6: Activation {
    override var kernel: UnaryFunction { .clip }
    override var p1: Double { 6 }
    override var slopeKernel: BinaryFunction { .relu6_grad }
    override var saves: Saved { .output }
}

/// y = (x + 3) / 6 limited to 0...1,  dx = dy / 6 inside, 0 at the bounds
final class Hardsigmoid: Activation {
    override var kernel: UnaryFunction { .hardsigmoid }
    override var slopeKernel: BinaryFunction { .hardsigmoid_grad }
    override var saves: Saved { .inputs }
}

/// y = x · hardsigmoid x,  dx = 0 up to −3, dy · (x / 3 + ½) up to 3, dy from there on.  Howard et al.,
/// "Searching for MobileNetV3", 2019
final class Hardswish: Activation {
    override var kernel: UnaryFunction { .hardswish }
    override var slopeKernel: BinaryFunction { .hardswish_grad }
    override var saves: Saved { .inputs }
    override func curvature(at x: Tensor) -> Tensor? {
        (x .> -3).logicalAnd(x .< 3).cast(to: x.dtype) / 3
    }
}

/// y = 0 where |x| ≤ λ, else x (or, if `soft`, x nearer to 0 by λ),  dx = dy where y is not 0
final class Shrink: Activation {
    let lambda: Double
    let soft: Bool
    init(_ lambda: Double, soft: Bool) {
        self.lambda = lambda
        self.soft = soft
    }
    override var kernel: UnaryFunction { soft ? .softshrink : .hardshrink }
    override var p0: Double { lambda }
    override var slopeKernel: BinaryFunction { .hardshrink_grad }
    override var saves: Saved { .inputs }
}

/// y = x limited to lower...upper,  dx = dy inside, 0 at the bounds
final class Hardtanh: ElementwiseUnaryOp {
    let lower: Double
    let upper: Double
    init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }
    override var kernel: UnaryFunction { .clip }
    override var p0: Double { lower }
    override var p1: Double { upper }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy.maskedFill((x .<= lower).logicalOr(x .>= upper), 0)
    }
}

extension Tensor {
    /// x · tanh(softplus x).
    public final func mish() -> Tensor { Mish()(floating) }

    /// 1.0507 · x where positive, else 1.0507 · 1.6733 · (eˣ − 1): keeps the mean 0 and the variance 1.
    /// Klambauer et al., "Self-normalizing neural networks", 2017.
    public final func selu() -> Tensor {
        Tensor.roundedOnce([floating]) {
            $0[0].elu(alpha: 1.6732632423543772) * 1.0507009873554805
        }
    }

    /// x where positive, else `alpha` · (e^(x / alpha) − 1).
    public final func celu(alpha: Double = 1) -> Tensor {
        if !(alpha > 0) { fail("celu", "alpha is \(alpha); it has to be positive") }
        return CELU(alpha)(floating)
    }

    /// x where positive, else `weight` · x: one weight, or one for each channel, which is axis 1.  He et
    /// al., "Delving deep into rectifiers", 2015.
    public final func prelu(_ weight: Tensor) -> Tensor {
        let channels = rank > 1 ? shape[1] : 1
        guard weight.count == 1 || (weight.rank == 1 && weight.count == channels) else {
            fail("prelu", "weight \(weight.shape) fits neither one nor \(channels) channels")
        }
        var broadcast = Shape(repeating: 1, count: rank)
        if weight.count > 1 { broadcast[1] = channels }
        let (x, slope) = Tensor.promoted(self, weight.reshape(broadcast), toFloat: true)
        let isPositive = x .> 0
        return Where.of(isPositive, x, x.maskedFill(isPositive, 0) * slope)
    }

    /// x limited to 0...6.
    public final func relu6() -> Tensor { ReLU6()(floating) }

    /// (x + 3) / 6 limited to 0...1.
    public final func hardsigmoid() -> Tensor { Hardsigmoid()(floating) }

    /// x · hardsigmoid x.
    public final func hardswish() -> Tensor { Hardswish()(floating) }

    /// x limited to lower...upper; unlike `clip`, without a gradient at the bounds.
    public final func hardtanh(lower: Double = -1, upper: Double = 1) -> Tensor {
        if lower > upper { fail("hardtanh", "lower \(lower) is above upper \(upper)") }
        return Hardtanh(lower, upper)(floating)
    }

    /// 0 where |x| ≤ `lambda`, else x: x itself if that is negative.
    public final func hardshrink(lambda: Double = 0.5) -> Tensor {
        Shrink(lambda, soft: false)(floating)
    }

    /// 0 where |x| ≤ `lambda`, else x moved toward 0 by it.
    public final func softshrink(lambda: Double = 0.5) -> Tensor {
        if lambda < 0 { fail("softshrink", "lambda \(lambda) is negative") }
        return Shrink(lambda, soft: true)(floating)
    }

    /// x − tanh x.
    public final func tanhshrink() -> Tensor {
        Tensor.roundedOnce([floating]) { $0[0] - $0[0].tanh() }
    }

    /// x / (1 + |x|).
    public final func softsign() -> Tensor {
        Tensor.roundedOnce([floating]) { $0[0] / ($0[0].abs() + 1) }
    }

    /// ln σ(x), without overflow.
    public final func logSigmoid() -> Tensor { -(-floating).softplus() }

    /// x where above `threshold`, else `value`.
    public final func threshold(_ threshold: Double, value: Double) -> Tensor {
        let x = floating
        return x.maskedFill(x .<= threshold, value)
    }

    /// a · σ(b), a and b being the halves along an axis.  Dauphin et al., "Language modeling with gated
    /// convolutional networks", 2017.
    public final func glu(axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "glu")
        let half = shape[axis] / 2
        if half * 2 != shape[axis] {
            fail("glu", "axis \(axis) of \(shape) has no two halves")
        }
        return Tensor.roundedOnce([floating]) {
            let gate = $0[0].narrow(axis: axis, start: half, count: half)
            return $0[0].narrow(axis: axis, start: 0, count: half) * gate.sigmoid()
        }
    }

    /// softmax(−x) along an axis.
    public final func softmin(axis: Int = -1) -> Tensor { (-self).softmax(axis: axis) }

    /// ln(1 + e^(βx)) / β, and x itself where βx is above `threshold`.
    public final func softplus(beta: Double, threshold: Double = 20) -> Tensor {
        if beta == 0 { fail("softplus", "beta is 0") }
        return Tensor.roundedOnce([floating]) {
            let scaled = $0[0] * beta
            let isLinear = scaled .> threshold
            let curve = scaled.maskedFill(isLinear, 0).softplus() / beta
            return Where.of(isLinear, $0[0], curve)
        }
    }
}
