internal import CKernels
public import Tensor

// Activations made of straight and squared pieces.

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

/// y = x · hardsigmoid x,  dx = 0 up to −3, dy · (x / 3 + ½) up to 3, dy from there on.  Howard et
/// al., "Searching for MobileNetV3", 2019
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
    /// x where positive, else `weight` · x: one weight, or one for each channel, which is axis 1.
    /// He et al., "Delving deep into rectifiers", 2015.
    public final func prelu(_ weight: Tensor) -> Tensor {
        let channels = rank > 1 ? shape[1] : 1
        guard weight.count == 1 || (weight.rank == 1 && weight.count == channels) else {
            fail("prelu", "weight \(weight.shape) fits neither one nor \(channels) channels")
        }
        var broadcast = Shape(repeating: 1, count: rank)
        if weight.count > 1 { broadcast[1] = channels }
        let (x, slope) = Tensor.promoted(self, weight.reshape(broadcast), "prelu", toFloat: true)
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

    /// x where above `threshold`, else `value`.
    public final func threshold(_ threshold: Double, value: Double) -> Tensor {
        let x = floating
        return x.maskedFill(x .<= threshold, value)
    }
}
