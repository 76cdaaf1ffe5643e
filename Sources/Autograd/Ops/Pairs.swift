internal import CKernels
public import Tensor

// Functions of two elements. Two tensors are promoted to one dtype.

/// y = a − b trunc(a / b) (the sign of a),  da = dy,  db = −dy trunc(a / b), where that is
/// (a − y) / b
final class Fmod: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .fmod }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        -(dy * ((a - y) / b).round())
    }
}

/// y = a / b rounded to a whole number: the gradient is 0. Floats may be divided by 0.
final class RoundedDiv: ElementwiseBinaryOp {
    let rounding: DivisionRounding
    init(_ rounding: DivisionRounding) { self.rounding = rounding }
    override var kernel: BinaryFunction { rounding == .floor ? .floor_div : .trunc_div }
    override var p0: Double { 1 }
    override var saves: Saved { .nothing }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        .zeros(like: dy)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        .zeros(like: dy)
    }
}

/// y = √(a² + b²),  da = dy · a / y,  db = dy · b / y, 0 at the origin
final class Hypot: ElementwiseBinaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: BinaryFunction { .hypot }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * a.overNonzero(y)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * b.overNonzero(y)
    }
}

/// y = |a| with the sign of b,  da = dy where the sign stays, −dy where it changes (0 at 0),
/// db = 0
final class CopySign: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .copysign }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * (a.sign() * y.sign())
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        .zeros(like: dy)
    }
}

/// y = a ln b, 0 where a = 0,  da = dy · ln b, 0 where a = 0 and b ≤ 0,  db = dy · a / b
final class XLogY: ElementwiseBinaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: BinaryFunction { .xlogy }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        let isNothing = (a .== 0).logicalAnd(b .<= 0)
        return dy * b.maskedFill(isNothing, 1).log()
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * (a / b)
    }
}

/// y = a ln(1 + b), 0 where a = 0,  da = dy · ln(1 + b), 0 where a = 0 and b ≤ −1,
/// db = dy · a / (1 + b)
final class XLog1pY: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .xlog1py }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        let isNothing = (a .== 0).logicalAnd(b .<= -1)
        return dy * b.maskedFill(isNothing, 0).log1p()
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * (a / (b + 1))
    }
}

/// y = ln(eᵃ + eᵇ),  da = dy · σ(a − b),  db = dy · σ(b − a)
final class LogAddExp: ElementwiseBinaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: BinaryFunction { .logaddexp }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * (a - b).sigmoid()
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * (b - a).sigmoid()
    }
}

/// y = log₂(2ᵃ + 2ᵇ),  da = dy · σ((a − b) ln 2),  db = dy · σ((b − a) ln 2)
final class LogAddExp2: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .logaddexp2 }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * ((a - b) * 0.6931471805599453).sigmoid()
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * ((b - a) * 0.6931471805599453).sigmoid()
    }
}

/// How a quotient becomes a whole number: downward, or toward zero.
public enum DivisionRounding: Sendable {
    /// Down, as `floorDivide`.
    case floor
    /// Toward zero, as C divides integers.
    case trunc
}

extension Tensor {
    /// The quotient rounded to a whole number, in the operands' dtype. An integer divisor of zero
    /// traps; floats over zero are infinite or NaN.
    public final func divide(_ other: Tensor, rounding: DivisionRounding) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "divide")
        return RoundedDiv(rounding)(a, b)
    }
    /// The quotient by a number, rounded; the number takes the dtype as in arithmetic.
    public final func divide(_ other: some TensorScalar, rounding: DivisionRounding) -> Tensor {
        divide(constant(other, for: "divide"), rounding: rounding)
    }

    /// The remainder with the sign of the dividend, as C has it. An integer divisor of zero traps.
    public final func fmod(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "fmod")
        return Fmod()(a, b)
    }
    /// The remainder of division by a number, with the sign of the dividend.
    public final func fmod(_ other: some TensorScalar) -> Tensor {
        fmod(constant(other, for: "fmod"))
    }

    /// √(x² + other²) without overflow; its gradient is 0 at the origin.
    public final func hypot(_ other: Tensor) -> Tensor { paired(other, Hypot(), "hypot") }

    /// The magnitude of this with the sign of `other`, that of −0 included.
    public final func copySign(_ other: Tensor) -> Tensor {
        paired(other, CopySign(), "copySign")
    }
    /// The magnitude of this with the sign of a number; integers become float32.
    public final func copySign(_ other: some TensorScalar) -> Tensor {
        let x = floating
        return CopySign()(x, x.constant(other, for: "copySign"))
    }

    /// x · ln other, 0 where x is 0 (NaN if other is).
    public final func xlogy(_ other: Tensor) -> Tensor { paired(other, XLogY(), "xlogy") }

    /// x · ln(1 + other), 0 where x is 0 (NaN if other is).
    public final func xlog1py(_ other: Tensor) -> Tensor { paired(other, XLog1pY(), "xlog1py") }

    /// ln(eˣ + e^other) without overflow.
    public final func logAddExp(_ other: Tensor) -> Tensor {
        paired(other, LogAddExp(), "logAddExp")
    }

    /// log₂(2ˣ + 2^other) without overflow.
    public final func logAddExp2(_ other: Tensor) -> Tensor {
        paired(other, LogAddExp2(), "logAddExp2")
    }

    /// x · 2^exponent.
    public final func ldexp(_ exponent: Tensor) -> Tensor {
        let (x, n) = Tensor.promoted(self, exponent, "ldexp", toFloat: true)
        return Tensor.roundedOnce([x, n]) { $0[0] * $0[1].exp2() }
    }

    private final func paired(
        _ other: Tensor, _ op: ElementwiseBinaryOp, _ operation: String
    ) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, operation, toFloat: true)
        return op(a, b)
    }
}
