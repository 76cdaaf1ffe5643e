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

/// y = a − b ⌊a / b⌋ (the sign of b),  da = dy,  db = −dy ⌊a / b⌋, where ⌊a / b⌋ = (a − y) / b: a / b
/// itself may round up to the next integer
final class Mod: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .mod }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor { dy }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        -(dy * ((a - y) / b).round())
    }
}

/// y = aᵇ,  da = dy · b · aᵇ⁻¹ (0 where a = b = 0),  db = dy · y · ln a (0 where a = 0 and b ≥ 0)
final class Pow: ElementwiseBinaryOp {
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
        dy * b * weight(a, b)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        -(dy * a * weight(a, b))
    }
    /// 1 / (a² + b²), and 0 at the origin.
    private func weight(_ a: Tensor, _ b: Tensor) -> Tensor {
        let isOrigin = (a .== 0).logicalAnd(b .== 0)
        let square = (a.square() + b.square()).maskedFill(isOrigin, 1)
        return square.reciprocal().maskedFill(isOrigin, 0)
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

/// The larger (or smaller) of two elements; where they are equal each gets half of the gradient, and
/// beside NaN, which wins, both get all of it.
class Extremum: ElementwiseBinaryOp {
    override var saves: Saved { .inputs }
    func loses(_ a: Tensor, _ b: Tensor) -> Tensor { failNoGradient() }

    /// What an operand gets of the gradient: selected, not multiplied.
    static func share(of dy: Tensor, loses: Tensor, ties: Tensor) -> Tensor {
        Where.of(loses, dy.constant(0), Where.of(ties, dy * 0.5, dy))
    }
    override final func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        Extremum.share(of: dy, loses: loses(a, b), ties: a .== b)
    }
    override final func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        Extremum.share(of: dy, loses: loses(b, a), ties: a .== b)
    }
}

final class Maximum: Extremum {
    override var kernel: BinaryFunction { .maximum }
    override func loses(_ a: Tensor, _ b: Tensor) -> Tensor { a .< b }
}

final class Minimum: Extremum {
    override var kernel: BinaryFunction { .minimum }
    override func loses(_ a: Tensor, _ b: Tensor) -> Tensor { a .> b }
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
    public static func + (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b)
        return Add()(a, b)
    }
    public static func - (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b)
        return Sub()(a, b)
    }
    public static func * (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b)
        return Mul()(a, b)
    }
    /// True division: integers become float32; x / 0 is infinite or NaN.
    public static func / (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b, toFloat: true)
        return Div()(a, b)
    }
    /// aᵇ elementwise. Powers of integers are integers and wrap around; an exponent below 0 leaves 0 of
    /// all but 1 and −1, and traps as a number. `-x ** 2` doesn't compile, see `Negated`.
    @_disfavoredOverload
    public static func ** (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b)
        return Pow()(a, b)
    }
    public static prefix func - (x: Tensor) -> Tensor { Neg()(x.arithmetic) }

    public static func + (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a)
        return AddScalar(n)(a)
    }
    public static func + (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b)
        return AddScalar(n)(b)
    }
    public static func - (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a)
        return SubScalar(n)(a)
    }
    public static func - (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b)
        return ScalarSub(n)(b)
    }
    public static func * (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a)
        return MulScalar(n)(a)
    }
    public static func * (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b)
        return MulScalar(n)(b)
    }
    public static func / (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a, toFloat: true)
        return DivScalar(n)(a)
    }
    public static func / (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b, toFloat: true)
        return ScalarDiv(n)(b)
    }
    @_disfavoredOverload
    public static func ** (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let n = adopt(b, by: &a)
        if n.double < 0, a.dtype.isInteger {
            fail("pow", "integers have no power of \(n)", hint: "cast the base to a float")
        }
        return PowScalar(n)(a)
    }
    public static func ** (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let n = adopt(a, by: &b)
        return ScalarPow(n)(b)
    }

    public static func += (a: inout Tensor, b: Tensor) { a = a + b }
    public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
    public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
    public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
    public static func += (a: inout Tensor, b: some TensorScalar) { a = a + b }
    public static func -= (a: inout Tensor, b: some TensorScalar) { a = a - b }
    public static func *= (a: inout Tensor, b: some TensorScalar) { a = a * b }
    public static func /= (a: inout Tensor, b: some TensorScalar) { a = a / b }

    /// The floor of a / b. A divisor of zero traps, for integers and floats alike.
    public final func floorDivide(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        return FloorDiv()(a, b)
    }
    public final func floorDivide(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other)
        return FloorDivScalar(n)(a)
    }

    /// The remainder with the sign of the divisor. An integer divisor of zero traps.
    public final func mod(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        return Mod()(a, b)
    }
    public final func mod(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other)
        return ModScalar(n)(a)
    }

    public final func pow(_ exponent: Tensor) -> Tensor { self ** exponent }
    public final func pow(_ exponent: some TensorScalar) -> Tensor { self ** exponent }

    /// The angle in radians of the point (other, self), from −π to π.
    public final func atan2(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, toFloat: true)
        return Atan2()(a, b)
    }

    /// These weights times values; what weighs 0 gives 0, even if it is infinite or NaN.
    package final func weighing(_ values: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, values, toFloat: true)
        return Weigh()(a, b)
    }

    /// The larger of each pair of elements; NaN wins.
    public final func maximum(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        return Maximum()(a, b)
    }
    public final func maximum(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other)
        return MaximumScalar(n)(a)
    }

    /// The smaller of each pair of elements; NaN wins.
    public final func minimum(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        return Minimum()(a, b)
    }
    public final func minimum(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other)
        return MinimumScalar(n)(a)
    }
}

extension NDArray {
    /// Whether any element equals `value`.
    func contains(_ value: Double) -> Bool {
        compare(.eq, Scalar(value)).reduce(.any, axes: nil).scalar != 0
    }
}
