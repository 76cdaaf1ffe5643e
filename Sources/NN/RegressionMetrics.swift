internal import Autograd
public import Tensor

/// The mean of (x − y)².
public struct SquaredError: Metric {
    public init() {}
    public var name: String { "meanSquaredError" }
    public var prefersHigher: Bool { false }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name) { ($0 - $1).square() }
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

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name) { ($0 - $1).abs() }
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(prediction, target, name)
    }
}

/// The root of the mean of (x − y)².
public struct RootMeanSquaredError: Metric {
    public init() {}
    public var name: String { "rootMeanSquaredError" }
    public var prefersHigher: Bool { false }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name) { ($0 - $1).square() }.measured(by: value)
    }

    public func value(of numbers: [Double]) -> Double { Average(numbers).value.squareRoot() }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(prediction, target, name)
    }
}

/// The mean of |x − y| / max(|y|, ε), a share, not per cent; as scikit-learn has it, ε is 2⁻⁵², so a
/// target of 0 that is missed gives a huge number.
public struct AbsolutePercentageError: Metric {
    public init() {}
    public var name: String { "meanAbsolutePercentageError" }
    public var prefersHigher: Bool { false }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Pairs.sum(prediction, target, name) { ($0 - $1).abs() / $1.abs().maximum(0x1p-52) }
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Pairs.check(prediction, target, name)
    }
}

/// Metrics of single elements.
enum Pairs {
    static func sum(
        _ prediction: NDArray, _ target: NDArray, _ name: String,
        _ body: (Tensor, Tensor) -> Tensor
    ) -> Tally {
        let (x, y) = wide(prediction, target, name)
        return Tally(total: body(x, y).cast(to: .float64).sum().data, count: prediction.count)
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

    static func check(_ prediction: Shape, _ target: Shape, _ name: String) throws {
        guard prediction == target else {
            throw ShapeError(
                layer: name,
                problem: "the model gives \(prediction) an example, the targets are \(target)")
        }
    }
}
