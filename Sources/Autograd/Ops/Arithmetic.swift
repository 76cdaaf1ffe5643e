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
        -(dy * (a / b).floor())
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

/// y = the angle of the point (b, a),  da = dy · b / (a² + b²),  db = −dy · a / (a² + b²)
final class Atan2: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .atan2 }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * b / (a.square() + b.square())
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        -(dy * a / (a.square() + b.square()))
    }
}

/// The larger (or smaller) of two elements; where they are equal each gets half of the gradient, and
/// beside NaN, which wins, both get all of it.
class Extremum: ElementwiseBinaryOp {
    override var saves: Saved { .inputs }
    func loses(_ a: Tensor, _ b: Tensor) -> Tensor { failNoGradient() }

    private func share(of dy: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        Where.of(loses(a, b), dy.constant(0), Where.of(a .== b, dy * 0.5, dy))
    }
    override final func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        share(of: dy, a, b)
    }
    override final func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        share(of: dy, b, a)
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
    /// aᵇ elementwise; integers become float32.
    public static func ** (a: consuming Tensor, b: consuming Tensor) -> Tensor {
        promote(&a, &b, toFloat: true)
        return Pow()(a, b)
    }
    public static prefix func - (x: Tensor) -> Tensor { Neg()(x.arithmetic) }

    public static func + (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let b = a.constant(b)
        return a + b
    }
    public static func + (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let a = b.constant(a)
        return a + b
    }
    public static func - (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let b = a.constant(b)
        return a - b
    }
    public static func - (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let a = b.constant(a)
        return a - b
    }
    public static func * (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let b = a.constant(b)
        return a * b
    }
    public static func * (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let a = b.constant(a)
        return a * b
    }
    public static func / (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let b = a.constant(b)
        return a / b
    }
    public static func / (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let a = b.constant(a)
        return a / b
    }
    public static func ** (a: consuming Tensor, b: some TensorScalar) -> Tensor {
        let b = a.constant(b)
        return a ** b
    }
    public static func ** (a: some TensorScalar, b: consuming Tensor) -> Tensor {
        let a = b.constant(a)
        return a ** b
    }

    public static func += (a: inout Tensor, b: Tensor) { a = a + b }
    public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
    public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
    public static func /= (a: inout Tensor, b: Tensor) { a = a / b }

    /// The floor of a / b. A divisor of zero traps, for integers and floats alike.
    public final func floorDivide(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        if b.everyElement.contains(0) { fail("floorDivide", "division by zero") }
        return FloorDiv()(a, b)
    }
    public final func floorDivide(_ other: some TensorScalar) -> Tensor {
        floorDivide(constant(other))
    }

    /// The remainder with the sign of the divisor. An integer divisor of zero traps.
    public final func mod(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        if b.dtype.isInteger, b.everyElement.contains(0) { fail("mod", "division by zero") }
        return Mod()(a, b)
    }
    public final func mod(_ other: some TensorScalar) -> Tensor { mod(constant(other)) }

    public final func pow(_ exponent: Tensor) -> Tensor { self ** exponent }
    public final func pow(_ exponent: some TensorScalar) -> Tensor { self ** exponent }

    /// The angle in radians of the point (other, self), from −π to π.
    public final func atan2(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, toFloat: true)
        return Atan2()(a, b)
    }

    /// The larger of each pair of elements; NaN wins.
    public final func maximum(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        return Maximum()(a, b)
    }
    public final func maximum(_ other: some TensorScalar) -> Tensor { maximum(constant(other)) }

    /// The smaller of each pair of elements; NaN wins.
    public final func minimum(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other)
        return Minimum()(a, b)
    }
    public final func minimum(_ other: some TensorScalar) -> Tensor { minimum(constant(other)) }
}

extension NDArray {
    /// Whether any element equals `value`.
    func contains(_ value: Double) -> Bool {
        let wanted = NDArray.full([], value, dtype, on: backend)
        return compare(.eq, wanted).reduce(.any, axes: nil).scalar != 0
    }
}
