internal import CKernels
public import Tensor

// Comparisons, predicates and logic: results are bool and carry no gradient.

/// y = a ◦ b for one of the six comparisons.
final class Compare: BinaryOp {
    let kernel: ft_compare_op
    init(_ kernel: ft_compare_op) { self.kernel = kernel }
    override var name: String {
        ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"][Int(kernel.rawValue)]
    }
    override var isDifferentiable: Bool { false }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray { a.compare(kernel.rawValue, b) }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }
}

/// y = whether each element passes a test.
final class Predicate: UnaryOp {
    let kernel: ft_unary_op
    init(_ kernel: ft_unary_op) { self.kernel = kernel }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.test(kernel.rawValue) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y = a ∧ b or a ∨ b of bool tensors.
final class Logical: BinaryOp {
    let kernel: ft_binary_op
    init(_ kernel: ft_binary_op) { self.kernel = kernel }
    override var isDifferentiable: Bool { false }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray { a.zip(kernel.rawValue, b) }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }
}

extension Tensor {
    private static func compare(_ kernel: ft_compare_op, _ a: Tensor, _ b: Tensor) -> Tensor {
        if a.dtype == .bool, b.dtype == .bool { return Compare(kernel)(a, b) }
        let (a, b) = promoted(a, b)
        return Compare(kernel)(a, b)
    }

    /// Elementwise comparisons; the result is bool. NaN differs from everything.
    public static func .== (a: Tensor, b: Tensor) -> Tensor { compare(FT_COMPARE_eq, a, b) }
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { compare(FT_COMPARE_ne, a, b) }
    public static func .< (a: Tensor, b: Tensor) -> Tensor { compare(FT_COMPARE_lt, a, b) }
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { compare(FT_COMPARE_le, a, b) }
    public static func .> (a: Tensor, b: Tensor) -> Tensor { compare(FT_COMPARE_gt, a, b) }
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { compare(FT_COMPARE_ge, a, b) }

    public static func .== (a: Tensor, b: some TensorScalar) -> Tensor { a .== a.constant(b) }
    public static func .!= (a: Tensor, b: some TensorScalar) -> Tensor { a .!= a.constant(b) }
    public static func .< (a: Tensor, b: some TensorScalar) -> Tensor { a .< a.constant(b) }
    public static func .<= (a: Tensor, b: some TensorScalar) -> Tensor { a .<= a.constant(b) }
    public static func .> (a: Tensor, b: some TensorScalar) -> Tensor { a .> a.constant(b) }
    public static func .>= (a: Tensor, b: some TensorScalar) -> Tensor { a .>= a.constant(b) }

    public final func isNaN() -> Tensor { Predicate(FT_TEST_isnan)(floating) }
    public final func isInfinite() -> Tensor { Predicate(FT_TEST_isinf)(floating) }
    public final func isFinite() -> Tensor { Predicate(FT_TEST_isfinite)(floating) }

    /// True where the element is zero or false.
    public final func logicalNot() -> Tensor { Compare(FT_COMPARE_eq)(truth, falsehood) }
    public final func logicalAnd(_ other: Tensor) -> Tensor {
        Logical(FT_BINARY_minimum)(truth, other.truth)
    }
    public final func logicalOr(_ other: Tensor) -> Tensor {
        Logical(FT_BINARY_maximum)(truth, other.truth)
    }
    public final func logicalXor(_ other: Tensor) -> Tensor {
        Compare(FT_COMPARE_ne)(truth, other.truth)
    }

    /// This tensor as bool: true where it is not zero.
    private final var truth: Tensor { cast(to: .bool) }
    private final var falsehood: Tensor {
        Tensor(NDArray.full([], 0, .bool, on: data.backend))
    }
}
