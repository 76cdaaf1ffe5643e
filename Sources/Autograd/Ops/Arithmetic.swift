internal import CKernels
public import Tensor

// The operators. Two tensors are promoted to one dtype (`DType.promote`); a number adopts the
// tensor's.

/// y = a + b,  da = dy,  db = dy
final class Add: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .add }
    override var saves: Saved { .nothing }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy }
}

/// y = a − b,  da = dy,  db = −dy
final class Sub: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .sub }
    override var saves: Saved { .nothing }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { -dy }
}

/// y = a · b,  da = dy · b,  db = dy · a
final class Mul: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .mul }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy * b }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy * a }
}

/// y = a / b,  da = dy / b,  db = −dy · y / b
final class Div: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .div }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy / b }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        -(dy * y / b)
    }
}

/// y = ⌊a / b⌋, constant almost everywhere: the gradient is 0.
final class FloorDiv: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .floor_div }
    override var saves: Saved { .nothing }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        .zeros(like: dy)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        .zeros(like: dy)
    }
}

/// y = a − b ⌊a / b⌋ (the sign of b),  da = dy,  db = −dy ⌊a / b⌋
final class Mod: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .mod }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        -(dy * RoundedDiv(.floor)(a, b))
    }
}

/// y = aᵇ,  da = dy · b · aᵇ⁻¹ (0 where a = b = 0),  db = dy · y · ln a (0 where a = 0 and b ≥ 0)
final class Pow: ElementwiseBinaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: BinaryFunction { .pow }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        let isConstant = (a .== 0).logicalAnd(b .== 0)
        let exponent = Tensor.where(isConstant, Tensor.ones(like: b), b - 1)
        let slope = b * a.pow(exponent)
        return dy * Tensor.where(isConstant, Tensor.zeros(like: b), slope)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        let isZero = (a .== 0).logicalAnd(b .>= 0)
        let logarithm = Tensor.where(isZero, Tensor.ones(like: a), a).log()
        return dy * Tensor.where(isZero, Tensor.zeros(like: y), y * logarithm)
    }
}

/// y = the angle of the point (b, a),  da = dy · b / (a² + b²),  db = −dy · a / (a² + b²), 0 at the
/// origin
final class Atan2: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .atan2 }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * slope(b, a)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        -(dy * slope(a, b))
    }
    /// p / (p² + q²), and 0 at the origin. Both are taken relative to the larger, whose square
    /// might vanish or overflow; the slope doesn't depend on what they are relative to.
    private func slope(_ p: Tensor, _ q: Tensor) -> Tensor {
        let size = p.abs().maximum(q.abs()).detach()
        let isOrigin = size .== 0
        let unit = size.maskedFill(isOrigin, 1)
        let (u, v) = (p / unit, q / unit)
        let square = (u * u + v * v).maskedFill(isOrigin, 1)
        return (u / square / unit).maskedFill(isOrigin, 0)
    }
}

/// y = a · b, and 0 where a = 0, whatever b is,  da = dy · b,  db = dy · a by the same rule
final class Weigh: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .weigh }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy * b }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        Weigh()(a, dy)
    }
}

/// y = −x,  dx = −dy
final class Neg: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .neg }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { -dy }
}

precedencegroup ExponentiationPrecedence {
    higherThan: MultiplicationPrecedence
    associativity: right
}

infix operator ** : ExponentiationPrecedence

extension Tensor {
    /// The sum of broadcast operands, in the dtype that both promote to; integers wrap around.
    public static func + (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b, "+")
        return Add()(a, b)
    }
    /// The difference of broadcast operands, in the dtype that both promote to; integers wrap
    /// around.
    public static func - (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b, "-")
        return Sub()(a, b)
    }
    /// The product of broadcast operands, element by element (`matmul` multiplies matrices), in the
    /// dtype that both promote to; integers wrap around.
    public static func * (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b, "*")
        return Mul()(a, b)
    }
    /// True division: integers become float32; x / 0 is infinite or NaN.
    public static func / (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b, "/", toFloat: true)
        return Div()(a, b)
    }
    /// aᵇ elementwise. Powers of integers are integers and wrap around; an exponent below 0 leaves
    /// 0 of all but 1 and −1, and traps as a number. `-x ** 2` doesn't compile, see `Negated`.
    @_disfavoredOverload
    public static func ** (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b, "**")
        return Pow()(a, b)
    }
    /// The elements with the other sign; bool becomes int32, unsigned integers wrap around.
    public static prefix func - (x: Tensor) -> Tensor { Neg()(x.arithmetic) }

    /// Each element plus a number, which takes the tensor's dtype; a fraction beside integers makes
    /// them float32.
    public static func + (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a, "+")
        return AddScalar(n)(a)
    }
    /// A number plus each element, as in the other order.
    public static func + (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b, "+")
        return AddScalar(n)(b)
    }
    /// Each element minus a number, which takes the tensor's dtype; a fraction beside integers
    /// makes them float32.
    public static func - (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a, "-")
        return SubScalar(n)(a)
    }
    /// A number minus each element; its dtype as in the other order.
    public static func - (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b, "-")
        return ScalarSub(n)(b)
    }
    /// Each element times a number, which takes the tensor's dtype; a fraction beside integers
    /// makes them float32.
    public static func * (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a, "*")
        return MulScalar(n)(a)
    }
    /// A number times each element, as in the other order.
    public static func * (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b, "*")
        return MulScalar(n)(b)
    }
    /// Each element divided by a number; integers become float32, and by 0 it is infinite or NaN.
    public static func / (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a, "/", toFloat: true)
        return DivScalar(n)(a)
    }
    /// A number divided by each element; integers become float32, and by 0 it is infinite or NaN.
    public static func / (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b, "/", toFloat: true)
        return ScalarDiv(n)(b)
    }
    /// Each element to a constant power, of which the gradient needs no logarithm. An exponent
    /// below 0 traps for integers; a fraction makes them float32.
    @_disfavoredOverload
    public static func ** (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a, "**")
        if n.double < 0, a.dtype.isInteger {
            fail("**", "integers have no power of \(n)", hint: "cast the base to a float")
        }
        return PowScalar(n)(a)
    }
    /// A number to the power of each element.
    public static func ** (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b, "**")
        return ScalarPow(n)(b)
    }

    /// Replaces the variable's tensor by the sum; other references keep the old one, and gradients
    /// flow to both operands.
    public static func += (a: inout Tensor, b: Tensor) { a = a + b }
    /// Replaces the variable's tensor by the difference, as `+=` does.
    public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
    /// Replaces the variable's tensor by the product, element by element, as `+=` does.
    public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
    /// Replaces the variable's tensor by the quotient, as `+=` does; integers become float32.
    public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
    /// Replaces the variable's tensor by one with a number added; the number takes the tensor's
    /// dtype, as in `a + b`.
    public static func += (a: inout Tensor, b: some TensorScalar) { a = a + b }
    /// Replaces the variable's tensor by one with a number subtracted, as in `a - b`.
    public static func -= (a: inout Tensor, b: some TensorScalar) { a = a - b }
    /// Replaces the variable's tensor by its product with a number, as in `a * b`.
    public static func *= (a: inout Tensor, b: some TensorScalar) { a = a * b }
    /// Replaces the variable's tensor by its quotient with a number; integers become float32.
    public static func /= (a: inout Tensor, b: some TensorScalar) { a = a / b }

    /// The floor of a / b. A divisor of zero traps, for integers and floats alike.
    public final func floorDivide(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "floorDivide")
        return FloorDiv()(a, b)
    }
    /// The floor of the elements divided by a number; 0 traps.
    public final func floorDivide(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other, "floorDivide")
        return FloorDivScalar(n)(a)
    }

    /// The remainder with the sign of the divisor. An integer divisor of zero traps.
    public final func mod(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "mod")
        return Mod()(a, b)
    }
    /// The remainder of division by a number, with the sign of that number; 0 traps for integers.
    public final func mod(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other, "mod")
        return ModScalar(n)(a)
    }

    /// aᵇ elementwise: `**` as a method, which binds tighter than a minus sign.
    public final func pow(_ exponent: Tensor) -> Tensor { self ** exponent }
    /// Each element to a constant power: `**` as a method, which binds tighter than a minus sign.
    public final func pow(_ exponent: some TensorScalar) -> Tensor { self ** exponent }

    /// The angle in radians of the point (other, self), from −π to π.
    public final func atan2(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "atan2", toFloat: true)
        return Atan2()(a, b)
    }

    /// These weights times values; what weighs 0 gives 0, even if it is infinite or NaN.
    package final func weighing(_ values: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, values, "weighing", toFloat: true)
        return Weigh()(a, b)
    }
}
