public import Tensor

/// A number that says how good predictions are. It needs no gradient.
public protocol Metric: Sendable {
    /// The name in configs and tables.
    var name: String { get }
    /// Whether more is better.
    var prefersHigher: Bool { get }
    /// The sum over a batch and what to divide it by; sums of several batches may be added.
    func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Average
    /// Throws a `ShapeError` where the metric could not be computed; see `Loss.check`.
    func check(prediction: Shape, target: Shape, _ targetType: DType) throws
}

/// A mean that batches are added to.
public struct Average: Sendable, Equatable {
    /// The sum of what was measured.
    public var total: Double
    /// How much was measured.
    public var count: Int

    public init(total: Double = 0, count: Int = 0) {
        self.total = total
        self.count = count
    }

    /// The mean; 0 of nothing.
    public var value: Double { count == 0 ? 0 : total / Double(count) }

    /// Joins two means into that of everything.
    public static func += (sum: inout Average, other: Average) {
        sum.total += other.total
        sum.count += other.count
    }
}

/// The share of examples whose largest logit is the target's. Targets are classes, or
/// probabilities of the predictions' shape.
public struct Accuracy: Metric {
    /// The class target of examples that aren't counted.
    public let ignoredIndex: Int?

    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    public var name: String { "accuracy" }
    public var prefersHigher: Bool { true }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Average {
        let chosen = prediction.argExtreme(maximum: true).values(as: Int64.self)
        let wanted = Classes.wanted(prediction, target, name).values(as: Int64.self)
        let ignored = ignoredIndex.map { Int64($0) }
        let counted = zip(chosen, wanted).filter { $0.1 != ignored }
        return Average(total: Double(counted.count { $0 == $1 }), count: counted.count)
    }

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

    public init(_ k: Int, ignoredIndex: Int? = nil) {
        self.ignoredIndex = ignoredIndex
        guard k > 0 else { fail("TopKAccuracy", "k is \(k); it must be positive") }
        self.k = k
    }
    public var name: String { "top\(k)Accuracy" }
    public var prefersHigher: Bool { true }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Average {
        let wanted = Classes.wanted(prediction, target, name).values(as: Int64.self)
        let logits = prediction.values(as: Double.self)
        let classes = prediction.shape[prediction.rank - 1]
        var hits = 0
        for (row, wanted) in wanted.enumerated()
        where wanted >= 0 && wanted < Int64(classes) && wanted != ignoredIndex.map({ Int64($0) }) {
            let start = row * classes
            let own = logits[start + Int(wanted)]
            var larger = 0
            for index in 0..<classes {
                let other = logits[start + index]
                if other > own || (other == own && index < Int(wanted)) { larger += 1 }
            }
            if larger < k, !own.isNaN { hits += 1 }
        }
        let ignored = ignoredIndex.map { Int64($0) }
        return Average(total: Double(hits), count: wanted.count { $0 != ignored })
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Classes.check(prediction, target, targetType, name)
    }
}

/// The share of logits on the right side of 0, targets being right above one half.
public struct BinaryAccuracy: Metric {
    public init() {}
    public var name: String { "binaryAccuracy" }
    public var prefersHigher: Bool { true }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Average {
        Pairs.sum(prediction, target, name) { ($0 > 0) == ($1 > 0.5) ? 1 : 0 }
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(prediction, target, name)
    }
}

/// The mean of (x − y)².
public struct SquaredError: Metric {
    public init() {}
    public var name: String { "meanSquaredError" }
    public var prefersHigher: Bool { false }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Average {
        Pairs.sum(prediction, target, name) { ($0 - $1) * ($0 - $1) }
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(prediction, target, name)
    }
}

/// The mean of |x − y|.
public struct AbsoluteError: Metric {
    public init() {}
    public var name: String { "meanAbsoluteError" }
    public var prefersHigher: Bool { false }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Average {
        Pairs.sum(prediction, target, name) { ($0 - $1).magnitude }
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(prediction, target, name)
    }
}

/// Metrics of class targets.
private enum Classes {
    /// The target class of each example.
    static func wanted(_ prediction: NDArray, _ target: NDArray, _ name: String) -> NDArray {
        guard prediction.rank > 0, prediction.shape[prediction.rank - 1] > 0 else {
            fail(name, "predictions \(prediction.shape) have no classes")
        }
        if target.shape == prediction.shape { return target.argExtreme(maximum: true) }
        guard target.shape == prediction.shape.removing(at: prediction.rank - 1) else {
            fail(name, "target \(target.shape) doesn't fit predictions \(prediction.shape)")
        }
        return target
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

/// Metrics of single elements.
private enum Pairs {
    static func sum(
        _ prediction: NDArray, _ target: NDArray, _ name: String,
        _ body: (Double, Double) -> Double
    ) -> Average {
        guard prediction.shape == target.shape else {
            fail(
                name, "prediction \(prediction.shape) and target \(target.shape) differ in shape")
        }
        let pairs = zip(prediction.values(as: Double.self), target.values(as: Double.self))
        return Average(total: pairs.reduce(0) { $0 + body($1.0, $1.1) }, count: prediction.count)
    }

    static func check(_ prediction: Shape, _ target: Shape, _ name: String) throws {
        guard prediction == target else {
            throw ShapeError(
                layer: name,
                problem: "the model gives \(prediction) an example, the targets are \(target)")
        }
    }
}
