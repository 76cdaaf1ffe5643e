internal import CKernels
public import Tensor

// Functions that statistics and signals ask for. Integers become float32.

/// y = 2ˣ,  dx = dy · y ln 2
final class Exp2: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .exp2 }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * (y * 0.6931471805599453)
    }
}

/// erf y = x,  dx = dy · √π/2 e^(y²)
final class ErfInv: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .erfinv }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * ((y * y).exp() * 0.886226925452758)
    }
}

/// y = sin(πx) / (πx), 1 at 0,  dx = dy · (cos(πx) − y) / x, 0 at 0
final class Sinc: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .sinc }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        // The difference cancels near 0: in double it has digits left, and there is a series.
        let wide = x.cast(to: .float64)
        let isNear = wide.abs() .< 0.15
        let far = wide.maskedFill(isNear, 1)
        let quotient = ((far * Double.pi).cos() - far.sinc()) / far
        return dy * Tensor.where(isNear, Sinc.slope(near: wide), quotient).cast(to: x.dtype)
    }

    /// Σ (−1)ᵏ 2k / (2k + 1)! π u^(2k−1) with u = πx, from k = 1.
    private static func slope(near x: Tensor) -> Tensor {
        let u = x * Double.pi
        let square = u * u
        let divisors = [-3.0, 30, -840, 45360, -3_991_680, 518_918_400]
        let sum = divisors.reversed().reduce(Tensor.zeros(like: u)) { $0 * square + 1 / $1 }
        return u * sum * Double.pi
    }
}

/// y = I₀(x), the modified Bessel function of order 0,  dx = dy · I₁(x)
final class BesselI0: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .i0 }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x.i1() }
}

/// y = I₁(x),  dx = dy · (I₀(x) − y / x), at 0 dy / 2
final class BesselI1: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .i1 }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let isZero = x .== 0
        let slope = x.i0() - y / x.maskedFill(isZero, 1)
        return dy * slope.maskedFill(isZero, 0.5)
    }
}

/// y = I₀(x) e^−|x|,  dx = dy · (I₁(x) e^−|x| − y sign x)
final class ScaledBesselI0: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .i0e }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * (x.i1e() - y * x.sign())
    }
}

/// y = I₁(x) e^−|x|,  dx = dy · (I₀(x) e^−|x| − y (sign x + 1 / x)), at 0 dy / 2
final class ScaledBesselI1: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .i1e }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let isZero = x .== 0
        let slope = x.i0e() - y * (x.sign() + x.maskedFill(isZero, 1).reciprocal())
        return dy * slope.maskedFill(isZero, 0.5)
    }
}

extension Tensor {
    /// 2ˣ; integers become float32.
    public final func exp2() -> Tensor { Exp2()(floating) }

    /// The inverse of `erf`: ±∞ at ±1, NaN beyond.
    public final func erfinv() -> Tensor { ErfInv()(floating) }

    /// sin(πx) / (πx), 1 at 0.
    public final func sinc() -> Tensor { Sinc()(floating) }

    /// ln(x / (1 − x)), the inverse of the sigmoid: ±∞ at 1 and 0, NaN beyond. With `epsilon` x is
    /// first limited to epsilon…1 − epsilon.
    public final func logit(epsilon: Double? = nil) -> Tensor {
        Tensor.roundedOnce([floating]) {
            var x = $0[0].limited(epsilon)
            if epsilon == nil {
                // Outside there is no derivative either.
                let isInside = (x .>= 0).logicalAnd(x .<= 1)
                x = x * Tensor.full(like: x, Double.nan).maskedFill(isInside, 1)
            }
            return x.log() - (-x).log1p()
        }
    }

    /// The modified Bessel function of the first kind, of order 0.
    public final func i0() -> Tensor { BesselI0()(floating) }
    /// The modified Bessel function of the first kind, of order 1.
    public final func i1() -> Tensor { BesselI1()(floating) }
    /// `i0` times e^−|x|, which doesn't overflow.
    public final func i0e() -> Tensor { ScaledBesselI0()(floating) }
    /// `i1` times e^−|x|, which doesn't overflow.
    public final func i1e() -> Tensor { ScaledBesselI1()(floating) }

    /// The elements limited to epsilon…1 − epsilon, if there is one.
    private final func limited(_ epsilon: Double?) -> Tensor {
        guard let epsilon else { return self }
        return clip(lower: epsilon, upper: 1 - epsilon)
    }
}
