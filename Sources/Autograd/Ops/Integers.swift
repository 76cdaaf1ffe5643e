internal import CKernels
public import Tensor

/// y = a function of two integers, or two bool: no gradient.
final class IntegerFunction: BinaryOp {
    let kernel: BinaryFunction
    init(_ kernel: BinaryFunction) { self.kernel = kernel }
    override var isDifferentiable: Bool { false }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray { a.zip(kernel, b) }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }
}

extension Tensor {
    /// The bits that both have; of bool, logical and.
    public final func bitwiseAnd(_ other: Tensor) -> Tensor { bits(.bit_and, "bitwiseAnd", other) }
    /// The bits that an element and a number both have.
    public final func bitwiseAnd(_ other: Int) -> Tensor {
        bitwiseAnd(constant(other, for: "bitwiseAnd"))
    }

    /// The bits that either has; of bool, logical or.
    public final func bitwiseOr(_ other: Tensor) -> Tensor { bits(.bit_or, "bitwiseOr", other) }
    /// The bits that an element or a number has.
    public final func bitwiseOr(_ other: Int) -> Tensor {
        bitwiseOr(constant(other, for: "bitwiseOr"))
    }

    /// The bits that one of both has; of bool, logical exclusive or.
    public final func bitwiseXor(_ other: Tensor) -> Tensor { bits(.bit_xor, "bitwiseXor", other) }
    /// The bits that one of an element and a number has.
    public final func bitwiseXor(_ other: Int) -> Tensor {
        bitwiseXor(constant(other, for: "bitwiseXor"))
    }

    /// Every bit inverted, which is −x − 1; of bool, logical not.
    public final func bitwiseNot() -> Tensor {
        if dtype == .bool { return logicalNot() }
        requireIntegers("bitwiseNot", self)
        return -self - 1
    }

    /// The bits moved up, zeros behind them; all zeros beyond the dtype's width or below 0.
    public final func leftShift(_ other: Tensor) -> Tensor {
        whole(.shift_left, "leftShift", other)
    }
    /// The bits moved up by a number of places; all zeros beyond the dtype's width or below 0.
    public final func leftShift(_ other: Int) -> Tensor {
        leftShift(constant(other, for: "leftShift"))
    }

    /// The bits moved down, copies of the sign behind them; only those beyond the dtype's width or
    /// below 0.
    public final func rightShift(_ other: Tensor) -> Tensor {
        whole(.shift_right, "rightShift", other)
    }
    /// The bits moved down by a number of places, copies of the sign behind them.
    public final func rightShift(_ other: Int) -> Tensor {
        rightShift(constant(other, for: "rightShift"))
    }

    /// The greatest common divisor, not negative; of 0 and 0 it is 0.
    public final func gcd(_ other: Tensor) -> Tensor { whole(.gcd, "gcd", other) }

    /// The least common multiple, not negative; with 0 it is 0.
    public final func lcm(_ other: Tensor) -> Tensor { whole(.lcm, "lcm", other) }

    private final func bits(_ kernel: BinaryFunction, _ name: String, _ other: Tensor) -> Tensor {
        if dtype == .bool, other.dtype == .bool { return IntegerFunction(kernel)(self, other) }
        return whole(kernel, name, other)
    }

    private final func whole(_ kernel: BinaryFunction, _ name: String, _ other: Tensor) -> Tensor {
        requireIntegers(name, self)
        requireIntegers(name, other)
        let (a, b) = Tensor.promoted(self, other, name)
        return IntegerFunction(kernel)(a, b)
    }

    private final func requireIntegers(_ name: String, _ x: Tensor) {
        if x.dtype.isFloat {
            fail(name, "\(x.dtype) has no whole numbers", hint: "cast to an integer dtype")
        }
    }
}
