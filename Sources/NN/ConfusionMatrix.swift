internal import Autograd
public import Tensor

/// How often examples of each class (rows) were taken for each class (columns).
///
///     let confusion = ConfusionMatrix()
///     let tally = confusion(logits.data, labels.data) + confusion(more.data, moreLabels.data)
///     print(confusion.matrix(tally))
///
/// Its number as a metric is the accuracy. Targets that are no class are left out.
public struct ConfusionMatrix: Metric {
    /// Whether predictions are single logits and targets of their shape: class 1 are logits above 0
    /// and targets above one half.
    public let isBinary: Bool
    /// The target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The matrix over all examples but those whose target is `ignoredIndex`.
    public init(isBinary: Bool = false, ignoredIndex: Int? = nil) {
        self.isBinary = isBinary
        self.ignoredIndex = ignoredIndex
    }
    /// `confusionMatrix`, in configs and tables.
    public var name: String { "confusionMatrix" }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// The number of examples of each pair of classes.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let pairs = ClassPairs(prediction, target, isBinary: isBinary, name, ignoredIndex)
        let size = pairs.classes
        let isOut = (pairs.wanted .== size).logicalOr(pairs.chosen .== size)
        let cells = (pairs.wanted * size + pairs.chosen).maskedFill(isOut, size * size)
        let counts = ClassPairs.count(cells, size * size).reshape([size, size])
        return Tally(sums: counts.data, measure: value)
    }

    /// The matrix that a tally of this metric holds, read from its device.
    public func matrix(_ tally: Tally) -> [[Int]] { matrix(of: tally.numbers) }

    /// The matrix that the numbers of a tally of this metric stand for.
    public func matrix(of numbers: [Double]) -> [[Int]] {
        let size = Int(Double(numbers.count).squareRoot())
        return (0..<size).map { row in
            (0..<size).map { Int(exactly: numbers[row * size + $0]) ?? 0 }
        }
    }

    /// The share of the examples on the diagonal; 0 of nothing.
    public func value(of numbers: [Double]) -> Double {
        let rows = matrix(of: numbers)
        let hits = rows.indices.reduce(0) { $0 + rows[$1][$1] }
        let count = rows.joined().reduce(0, +)
        return Average(total: Double(hits), count: count).value
    }

    /// Throws where the targets don't fit the model, or it has more than 1,000 classes.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        if isBinary {
            return try Pairs.check(
                prediction, target, name, ofClasses: "leave \"binary\" out for logits of classes")
        }
        try Classes.check(prediction, target, targetType, name)
        if let classes = prediction.last, classes > ConfusionMatrix.mostClasses {
            throw ShapeError(
                layer: name,
                problem: "a matrix of \(classes) classes is too large; the most is "
                    + "\(ConfusionMatrix.mostClasses)")
        }
    }

    private static let mostClasses = 1000
}
