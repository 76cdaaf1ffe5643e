internal import Autograd
public import Tensor

/// A number that says how good predictions are. It needs no gradient.
public protocol Metric: Sendable {
    /// The name in configs and tables.
    var name: String { get }
    /// Whether more is better.
    var prefersHigher: Bool { get }
    /// What a batch adds, float64 numbers on its device. Predictions are [batch, …] of any dtype;
    /// targets are what the metric says of them. Traps where `check` throws, which asks for the
    /// shapes of one example.
    func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally
    /// What the numbers of a tally, or of several added, come to. By default they are a sum and a
    /// count, and this is the mean.
    func value(of numbers: [Double]) -> Double
    /// The most examples' elements that can be measured together; nil for any number.
    var capacity: Int? { get }
    /// Throws a `ShapeError` where the metric could not be computed; see `Loss.check`.
    func check(prediction: Shape, target: Shape, _ targetType: DType) throws
}

extension Metric {
    /// The mean of a sum and a count; 0 of nothing.
    public func value(of numbers: [Double]) -> Double { Average(numbers).value }
    /// nil: any number.
    public var capacity: Int? { nil }
}

/// The share of examples whose largest logit is the target's. Targets are classes, or
/// probabilities of the predictions' shape.
public struct Accuracy: Metric {
    /// The class target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The accuracy over all examples but those of the class `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `accuracy`, in configs and tables.
    public var name: String { "accuracy" }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// The number of hits among the examples that count. Of equal logits the first is the choice.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let wanted = Classes.wanted(prediction, target, name)
        let chosen = Tensor(prediction.argExtreme(maximum: true))
        return Classes.share(chosen .== wanted, wanted, ignoring: ignoredIndex)
    }

    /// Throws where the model gives no logits, or the targets are neither classes nor of their
    /// shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Classes.check(prediction, target, targetType, name)
    }
}

/// The share of examples whose target is among the `k` largest logits; of equal ones the first
/// count as larger.
public struct TopKAccuracy: Metric {
    /// How many classes are looked at.
    public let k: Int
    /// The class target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The share of targets among the `k` likeliest classes, examples of the class `ignoredIndex`
    /// not counted; a `k` below 1 traps.
    public init(_ k: Int, ignoredIndex: Int? = nil) {
        self.ignoredIndex = ignoredIndex
        guard k > 0 else { fail("TopKAccuracy", "k is \(k); it must be positive") }
        self.k = k
    }
    /// `top5Accuracy` for k = 5.
    public var name: String { "top\(k)Accuracy" }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// The number of hits among the examples that count. An example whose own logit is NaN is none.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let wanted = Classes.wanted(prediction, target, name)
        let classes = prediction.shape[prediction.rank - 1]
        let logits = Tensor(prediction)
        let isClass = (wanted .>= 0).logicalAnd(wanted .< classes)
        let label = Tensor.where(isClass, wanted, Tensor.zeros(like: wanted)).unsqueeze(-1)
        let own = logits.gather(label, axis: -1)
        let order = Tensor(NDArray.range(0, classes, on: prediction.backend))
        let isAhead = (logits .> own).logicalOr((logits .== own).logicalAnd(order .< label))
        let isNear = isAhead.cast(to: .int64).sum(axis: -1) .< k
        let isHit = isNear.logicalAnd(isClass).logicalAnd((own .== own).squeeze(-1))
        return Classes.share(isHit, wanted, ignoring: ignoredIndex)
    }

    /// Throws where the model gives no logits, or the targets are neither classes nor of their
    /// shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Classes.check(prediction, target, targetType, name)
    }
}

/// The share of logits on the right side of 0, targets being right above one half.
public struct BinaryAccuracy: Metric {
    /// The target of what isn't counted.
    public let ignoredIndex: Int?

    /// The accuracy of independent yes-or-no answers, as `BinaryCrossEntropy` trains them.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `binaryAccuracy`, in configs and tables.
    public var name: String { "binaryAccuracy" }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// The number of right answers among the elements that count.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        guard let ignoredIndex else {
            return Pairs.sum(prediction, target, name) { ($0 .> 0) .== ($1 .> 0.5) }
        }
        let (x, y) = Pairs.wide(prediction, target, name)
        return Classes.share((x .> 0) .== (y .> 0.5), y, ignoring: ignoredIndex)
    }

    /// Throws where the targets don't have the predictions' shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(
            prediction, target, name, ofClasses: "for logits of classes write \"accuracy\"")
    }
}

/// Metrics of class targets.
enum Classes {
    /// The target class of each example: int64.
    static func wanted(_ prediction: NDArray, _ target: NDArray, _ name: String) -> Tensor {
        guard prediction.rank > 0, prediction.shape[prediction.rank - 1] > 0 else {
            fail(name, "predictions \(prediction.shape) have no classes")
        }
        if target.shape == prediction.shape { return Tensor(target.argExtreme(maximum: true)) }
        guard target.shape == prediction.shape.removing(at: prediction.rank - 1) else {
            fail(name, "target \(target.shape) doesn't fit predictions \(prediction.shape)")
        }
        return Tensor(target.asIndex)
    }

    /// The share of hits among the examples whose class isn't ignored.
    static func share(_ isHit: Tensor, _ wanted: Tensor, ignoring ignored: Int?) -> Tally {
        func count(_ marks: Tensor) -> NDArray { marks.cast(to: .int64).sum().data }
        guard let ignored else { return Tally(total: count(isHit), count: wanted.count) }
        let counts = wanted .!= ignored
        return Tally(total: count(isHit.logicalAnd(counts)), count: count(counts))
    }

    static func check(
        _ prediction: Shape, _ target: Shape, _ targetType: DType, _ name: String
    ) throws {
        guard prediction.rank > 0, prediction[prediction.rank - 1] > 0 else {
            throw ShapeError(layer: name, problem: "the model gives no logits: \(prediction)")
        }
        let isClass = targetType.isInteger && target == prediction.removing(at: prediction.rank - 1)
        guard isClass || target == prediction else {
            throw ShapeError(
                layer: name,
                problem: "the model gives \(prediction) an example, which \(targetType) targets "
                    + "\(target) don't fit")
        }
    }
}
