internal import CKernels
public import Tensor

// Functions that are flat almost everywhere, and the absolute value.

/// y = |x|,  dx = dy · sign x (0 at 0)
final class Abs: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .abs }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x.sign() }
}

/// y = −1, 0 or 1: flat almost everywhere, so the gradient is 0.
final class Sign: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .sign }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { .zeros(like: dy) }
}

/// y = ⌊x⌋: flat almost everywhere, so the gradient is 0.
final class Floor: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .floor }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { .zeros(like: dy) }
}

/// y = ⌈x⌉: flat almost everywhere, so the gradient is 0.
final class Ceil: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .ceil }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { .zeros(like: dy) }
}

/// y = the nearest integer, ties to even: the gradient is 0.
final class Round: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .round }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { .zeros(like: dy) }
}

/// y = x without its fraction: the gradient is 0.
final class Trunc: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .trunc }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { .zeros(like: dy) }
}

/// y = x limited to lower...upper,  dx = dy where x lies inside, bounds included, else 0
final class Clip: ElementwiseUnaryOp {
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
        Where.of((x .>= lower).logicalAnd(x .<= upper), dy, dy.constant(0))
    }
}

extension Tensor {
    /// The elements limited to lower...upper; either bound may be absent. Integers between integers
    /// stay integers.
    public final func clip<Lower: TensorScalar, Upper: TensorScalar>(
        lower: Lower = -Double.infinity, upper: Upper = Double.infinity
    ) -> Tensor {
        let (low, high) = (lower.asScalar, upper.asScalar)
        if low.double > high.double {
            fail("clip", "the lower bound \(low) is above the upper \(high)")
        }
        let isWhole = [low, high].allSatisfy { $0.isInteger || $0.double.isInfinite }
        guard isWhole, !dtype.isFloat else { return Clip(low.double, high.double)(floating) }
        let raised = low.isInteger ? MaximumScalar(low)(arithmetic) : arithmetic
        return high.isInteger ? MinimumScalar(high)(raised) : raised
    }
    /// |x|, integers staying integers; its slope at 0 is 0.
    public final func abs() -> Tensor { Abs()(arithmetic) }
    /// −1, 0 or 1 in the tensor's dtype; NaN stays. The gradient is 0.
    public final func sign() -> Tensor { Sign()(arithmetic) }
    /// The next integer below, in the tensor's dtype; the gradient is 0.
    public final func floor() -> Tensor { Floor()(arithmetic) }
    /// The next integer above, in the tensor's dtype; the gradient is 0.
    public final func ceil() -> Tensor { Ceil()(arithmetic) }
    /// To the nearest integer, ties to even.
    public final func round() -> Tensor { Round()(arithmetic) }
    /// Toward zero.
    public final func trunc() -> Tensor { Trunc()(arithmetic) }
}
