internal import CKernels
public import Tensor

// Comparisons, predicates and logic: results are bool and carry no gradient.

/// y = a ◦ b for one of the six comparisons.
final class Compare: BinaryOp {
    let kernel: CompareFunction
    init(_ kernel: CompareFunction) { self.kernel = kernel }
    override var name: String { kernel.opName }
    override var isDifferentiable: Bool { false }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray { a.compare(kernel, b) }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }
}

/// y = x ◦ n for one of the six comparisons.
final class CompareScalar: UnaryOp {
    let kernel: CompareFunction
    let number: Scalar
    init(_ kernel: CompareFunction, _ number: Scalar) {
        self.kernel = kernel
        self.number = number
    }
    override var name: String { kernel.opName }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.compare(kernel, number) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension CompareFunction {
    fileprivate var opName: String {
        ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"][Int(rawValue)]
    }
}

/// y = whether each element passes a test.
final class Predicate: UnaryOp {
    let kernel: TestFunction
    init(_ kernel: TestFunction) { self.kernel = kernel }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.test(kernel) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y = a ∧ b or a ∨ b of bool tensors.
final class Logical: BinaryOp {
    let kernel: BinaryFunction
    init(_ kernel: BinaryFunction) { self.kernel = kernel }
    override var isDifferentiable: Bool { false }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray { a.zip(kernel, b) }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }
}

extension Tensor {
    private static func compare(_ kernel: CompareFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
        if a.dtype == .bool, b.dtype == .bool { return Compare(kernel)(a, b) }
        let (a, b) = promoted(a, b, kernel.sign)
        return Compare(kernel)(a, b)
    }

    private static func compare(
        _ kernel: CompareFunction, _ a: Tensor, _ b: some TensorScalar
    ) -> Tensor {
        let (a, n) = a.adopted(b, kernel.sign)
        return CompareScalar(kernel, n)(a)
    }

    /// Elementwise comparisons; the result is bool. NaN differs from everything.
    public static func .== (a: Tensor, b: Tensor) -> Tensor { compare(.eq, a, b) }
    /// Where broadcast elements differ: bool; NaN differs from everything.
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { compare(.ne, a, b) }
    /// Where the left element is smaller: bool, false beside NaN.
    public static func .< (a: Tensor, b: Tensor) -> Tensor { compare(.lt, a, b) }
    /// Where the left element is smaller or equal: bool, false beside NaN.
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { compare(.le, a, b) }
    /// Where the left element is larger: bool, false beside NaN.
    public static func .> (a: Tensor, b: Tensor) -> Tensor { compare(.gt, a, b) }
    /// Where the left element is larger or equal: bool, false beside NaN.
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { compare(.ge, a, b) }

    /// Where an element equals a number: bool. Compared exactly, integers beside a fraction in
    /// float32.
    public static func .== (a: Tensor, b: some TensorScalar) -> Tensor { compare(.eq, a, b) }
    /// Where an element differs from a number: bool, true for NaN.
    public static func .!= (a: Tensor, b: some TensorScalar) -> Tensor { compare(.ne, a, b) }
    /// Where an element is below a number: bool, false for NaN.
    public static func .< (a: Tensor, b: some TensorScalar) -> Tensor { compare(.lt, a, b) }
    /// Where an element is at most a number: bool, false for NaN.
    public static func .<= (a: Tensor, b: some TensorScalar) -> Tensor { compare(.le, a, b) }
    /// Where an element is above a number: bool, false for NaN.
    public static func .> (a: Tensor, b: some TensorScalar) -> Tensor { compare(.gt, a, b) }
    /// Where an element is at least a number: bool, false for NaN.
    public static func .>= (a: Tensor, b: some TensorScalar) -> Tensor { compare(.ge, a, b) }

    /// Where an element is NaN: bool, false for integers.
    public final func isNaN() -> Tensor { Predicate(.isnan)(floating) }
    /// Where an element is infinite, of either sign: bool, false for integers.
    public final func isInfinite() -> Tensor { Predicate(.isinf)(floating) }
    /// Where an element is neither infinite nor NaN: bool, true for integers.
    public final func isFinite() -> Tensor { Predicate(.isfinite)(floating) }

    /// True where the element is zero or false.
    public final func logicalNot() -> Tensor { CompareScalar(.eq, Scalar(0))(truth) }
    /// Where both broadcast elements are not zero: bool; NaN counts as true.
    public final func logicalAnd(_ other: Tensor) -> Tensor {
        logical(other, "logicalAnd") { Logical(.minimum)($0, $1) }
    }
    /// Where at least one of two broadcast elements is not zero: bool; NaN counts as true.
    public final func logicalOr(_ other: Tensor) -> Tensor {
        logical(other, "logicalOr") { Logical(.maximum)($0, $1) }
    }
    /// Where exactly one of two broadcast elements is not zero: bool; NaN counts as true.
    public final func logicalXor(_ other: Tensor) -> Tensor {
        logical(other, "logicalXor") { Compare(.ne)($0, $1) }
    }

    private func logical(
        _ other: Tensor, _ operation: String, _ join: (Tensor, Tensor) -> Tensor
    ) -> Tensor {
        if Shape.broadcast(shape, other.shape) == nil {
            fail(operation, "shapes \(shape) and \(other.shape) don't broadcast")
        }
        return join(truth, other.truth)
    }

    /// This tensor as bool: true where it is not zero.
    private final var truth: Tensor { cast(to: .bool) }
}
