internal import Autograd
public import Tensor

/// How a metric of classes becomes one number.
public enum ClassAverage: Sendable, Equatable {
    /// That of the positive class, for predictions of single logits and targets of their shape:
    /// positive are logits above 0 and targets above one half.
    case binary
    /// Of all examples together, whatever their class.
    case micro
    /// The mean over the classes that occur among targets or predictions.
    case macro
    /// The mean over the classes, each weighed by the number of its targets.
    case weighted
    /// That of one class.
    case of(Int)
    /// The mean over the outputs, each of which says yes or no by itself, for targets of their
    /// shape: that of `binary` along the last axis. As `macro`, over those that occur; NaN where none
    /// does.
    case perOutput
}

/// A ratio of what was counted of a class: how often it was right, predicted and wanted.
///
/// A metric of your own needs an average, a title and a ratio.
public protocol ClassRatio: MeanOverOutputs {
    /// How the classes become one number.
    var average: ClassAverage { get }
    /// The target of examples that aren't counted.
    var ignoredIndex: Int? { get }
    /// The metric's name where the average is `macro`.
    static var title: String { get }
    /// What is divided; 0 / 0 counts as 0.
    static func ratio(hits: Double, predicted: Double, wanted: Double) -> (Double, Double)
}

extension ClassRatio {
    /// The title, or that with the average: `f1Micro`, `f1Class3` and so on.
    public var name: String { average.name(Self.title) }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// How often each class was right, predicted and wanted.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        ClassCounts.tally(prediction, target, average, name, ignoredIndex, value)
    }

    /// `no target or prediction is yes`.
    public static var reasonForNoValue: String { "no target or prediction is yes" }

    /// Of a mean over outputs those that have no yes and are given none.
    public func outputsLeftOut(of numbers: [Double]) -> [Int] {
        guard average == .perOutput else { return [] }
        let classes = ClassCounts(numbers).classes
        return classes.indices.filter { !classes[$0].occurs }
    }

    /// That of the classes, as one number; 0 of nothing, and NaN of outputs of which none occurs.
    public func value(of numbers: [Double]) -> Double {
        ClassCounts(numbers).mean(average, Self.divided)
    }

    /// That of each class, from a tally of this metric.
    public func perClass(_ tally: Tally) -> [Double] {
        ClassCounts(tally.numbers).classes.map { ClassCounts.quotient($0, Self.divided) }
    }

    /// Throws where the targets don't fit what the average needs, or there is no such class.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try average.check(prediction, target, targetType, name)
    }

    private static func divided(_ part: ClassCounts.Class) -> (Double, Double) {
        ratio(hits: part.hits, predicted: part.predicted, wanted: part.wanted)
    }
}

/// hits / predicted: the share of the predictions of a class that are right; 0 where there is none,
/// as in scikit-learn.
public struct Precision: ClassRatio {
    /// How the classes become one number.
    public let average: ClassAverage
    /// The target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The precision over all examples but those whose target is `ignoredIndex`.
    public init(_ average: ClassAverage = .macro, ignoredIndex: Int? = nil) {
        self.average = average
        self.ignoredIndex = ignoredIndex
    }
    /// `precision`.
    public static let title = "precision"

    /// The hits and the predictions.
    public static func ratio(
        hits: Double, predicted: Double, wanted: Double
    ) -> (Double, Double) { (hits, predicted) }
}

/// hits / targets: the share of the examples of a class that are found; 0 where there is none, as
/// in scikit-learn.
public struct Recall: ClassRatio {
    /// How the classes become one number.
    public let average: ClassAverage
    /// The target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The recall over all examples but those whose target is `ignoredIndex`.
    public init(_ average: ClassAverage = .macro, ignoredIndex: Int? = nil) {
        self.average = average
        self.ignoredIndex = ignoredIndex
    }
    /// `recall`.
    public static let title = "recall"

    /// The hits and the targets.
    public static func ratio(
        hits: Double, predicted: Double, wanted: Double
    ) -> (Double, Double) { (hits, wanted) }
}

/// 2 hits / (predicted + targets), the harmonic mean of precision and recall; 0 where both are
/// none, as in scikit-learn.
public struct F1Score: ClassRatio {
    /// How the classes become one number.
    public let average: ClassAverage
    /// The target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The score over all examples but those whose target is `ignoredIndex`.
    public init(_ average: ClassAverage = .macro, ignoredIndex: Int? = nil) {
        self.average = average
        self.ignoredIndex = ignoredIndex
    }
    /// `f1`.
    public static let title = "f1"

    /// Twice the hits, and predictions and targets.
    public static func ratio(
        hits: Double, predicted: Double, wanted: Double
    ) -> (Double, Double) { (2 * hits, predicted + wanted) }
}

/// The mean of the recalls of the classes that occur among the targets, so that rare ones count as
/// much as common ones; 0 of nothing.
public struct BalancedAccuracy: Metric {
    /// The target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The accuracy over all examples but those whose target is `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `balancedAccuracy`, in configs and tables.
    public var name: String { "balancedAccuracy" }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// How often each class was right, predicted and wanted.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        ClassCounts.tally(prediction, target, .macro, name, ignoredIndex, value)
    }

    /// The mean recall; 0 of nothing.
    public func value(of numbers: [Double]) -> Double {
        let recalls = ClassCounts(numbers).classes.filter { $0.wanted > 0 }
            .map { $0.hits / $0.wanted }
        return recalls.isEmpty ? 0 : recalls.reduce(0, +) / Double(recalls.count)
    }

    /// Throws where the model gives no logits, or the targets are neither classes nor of their
    /// shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Classes.check(prediction, target, targetType, name)
    }
}

extension ClassAverage {
    /// The name of a metric with this average: `f1`, `f1Micro`, `f1Class3`.
    func name(_ metric: String) -> String {
        switch self {
        case .macro, .perOutput: metric
        case .binary: "\(metric)Binary"
        case .micro: "\(metric)Micro"
        case .weighted: "\(metric)Weighted"
        case .of(let index): "\(metric)Class\(index)"
        }
    }

    func check(_ prediction: Shape, _ target: Shape, _ targetType: DType, _ name: String) throws {
        if self == .binary || self == .perOutput {
            return try Pairs.check(
                prediction, target, name,
                ofClasses: "for one of several classes write \"average\": \"class\", \"class\": 1")
        }
        try Classes.check(prediction, target, targetType, name)
        if case .of(let index) = self, let classes = prediction.last, !(0..<classes).contains(index)
        {
            throw ShapeError(
                layer: name,
                problem: "the model has the classes 0 to \(classes - 1), and no \(index)")
        }
    }
}
