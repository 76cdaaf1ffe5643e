internal import Autograd
public import Tensor

/// A metric of pairs of numbers x and y: predictions x are [batch, …], targets y have their shape,
/// both of any dtype, and all elements count alike. Traps on other shapes. Less is better, unless
/// it says otherwise.
public protocol PairMetric: Metric {}

extension PairMetric {
    /// Less is better.
    public var prefersHigher: Bool { false }

    /// Throws where the targets don't have the predictions' shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(prediction, target, name)
    }
}

/// The mean of (x − y)², in the square of the targets' unit.
public struct SquaredError: PairMetric {
    /// A target that counts nothing; nil where all count.
    public let ignoredIndex: Int?

    /// The mean over all elements of all examples, but for targets of `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `meanSquaredError`, in configs and tables.
    public var name: String { "meanSquaredError" }

    /// The sum of squares, in float64, over the number of elements.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name, ignoredIndex) { ($0 - $1).square() }
    }
}

/// The mean of |x − y|, in the targets' unit.
public struct AbsoluteError: PairMetric {
    /// A target that counts nothing; nil where all count.
    public let ignoredIndex: Int?

    /// The mean over all elements of all examples, but for targets of `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `meanAbsoluteError`, in configs and tables.
    public var name: String { "meanAbsoluteError" }

    /// The sum of distances, in float64, over the number of elements.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name, ignoredIndex) { ($0 - $1).abs() }
    }
}

/// The root of the mean of (x − y)², in the targets' unit.
public struct RootMeanSquaredError: PairMetric {
    /// A target that counts nothing; nil where all count.
    public let ignoredIndex: Int?

    /// The root of the mean over all elements of all examples, but for targets of `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `rootMeanSquaredError`, in configs and tables.
    public var name: String { "rootMeanSquaredError" }

    /// The sum of squares, in float64, over the number of elements.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name, ignoredIndex) { ($0 - $1).square() }.measured(by: value)
    }

    /// The root of the mean; 0 of nothing.
    public func value(of numbers: [Double]) -> Double { Average(numbers).value.squareRoot() }
}

/// The mean of |x − y| / max(|y|, ε), a share, not per cent; as scikit-learn has it, ε is 2⁻⁵², so
/// a target of 0 that is missed gives a huge number.
public struct AbsolutePercentageError: PairMetric {
    /// A target that counts nothing; nil where all count.
    public let ignoredIndex: Int?

    /// The mean over all elements of all examples, but for targets of `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `meanAbsolutePercentageError`, in configs and tables.
    public var name: String { "meanAbsolutePercentageError" }

    /// The sum of shares, in float64, over the number of elements.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name, ignoredIndex) {
            ($0 - $1).abs() / $1.abs().maximum(0x1p-52)
        }
    }
}

/// Metrics of single elements.
enum Pairs {
    static func sum(
        _ prediction: NDArray, _ target: NDArray, _ name: String, _ ignoredIndex: Int? = nil,
        _ body: (Tensor, Tensor) -> Tensor
    ) -> Tally {
        let (x, y) = wide(prediction, target, name)
        let values = body(x, y).cast(to: .float64)
        guard let ignoredIndex else {
            return Tally(total: values.sum().data, count: prediction.count)
        }
        let isOut = y.equals(class: ignoredIndex)
        return Tally(
            total: values.maskedFill(isOut, 0).sum().data,
            count: isOut.logicalNot().cast(to: .int64).sum().data)
    }

    /// Predictions and targets in float64, of one shape.
    static func wide(
        _ prediction: NDArray, _ target: NDArray, _ name: String
    ) -> (Tensor, Tensor) {
        guard prediction.shape == target.shape else {
            fail(
                name, "prediction \(prediction.shape) and target \(target.shape) differ in shape")
        }
        return (Tensor(prediction.cast(to: .float64)), Tensor(target.cast(to: .float64)))
    }

    /// - Parameter ofClasses: what to do about targets that are classes of several logits.
    static func check(
        _ prediction: Shape, _ target: Shape, _ name: String, ofClasses: String? = nil
    ) throws {
        guard prediction == target else {
            throw ShapeError(
                layer: name,
                problem: "the model gives \(prediction) an example, the targets are \(target)",
                remedy: areClasses(prediction, target) ? ofClasses : nil)
        }
    }

    /// Whether targets are single numbers beside several logits.
    private static func areClasses(_ prediction: Shape, _ target: Shape) -> Bool {
        guard let size = prediction.last, size > 1 else { return false }
        return target == prediction.removing(at: prediction.rank - 1)
    }
}
