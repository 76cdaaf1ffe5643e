internal import Autograd
public import Tensor

/// The mean of the pinball loss, max(q (y − x), (q − 1)(y − x)), of predictions x of quantiles q;
/// shapes are those of `QuantileLoss`.
public struct PinballError: Metric {
    private let loss: QuantileLoss

    /// The mean over all elements of all examples and over the quantiles, each above 0 and below 1.
    public init(_ quantiles: [Double]) { loss = QuantileLoss(quantiles, reduction: .none) }
    /// `pinball`.
    public var name: String { "pinball" }
    /// false.
    public var prefersHigher: Bool { false }

    /// The sum of losses, in float64, over the number of predictions.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let losses = loss(Tensor(prediction.cast(to: .float64)), Tensor(target))
        return Tally(total: losses.sum().data, count: prediction.count)
    }

    /// Throws where the shapes don't fit the number of quantiles.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        do {
            try loss.check(prediction: prediction, target: target, targetType)
        } catch let error as ShapeError {
            throw ShapeError(layer: name, problem: error.problem)
        }
    }
}

/// A metric of one number for each target, where the model gives a distribution: of the means that
/// `GaussianNLL` trains, or of one quantile of several.
public struct PointMetric: Metric {
    /// Where the numbers stand along the predictions' last axis.
    public enum Point: Sendable {
        /// The first of each two halves: means, then logarithms of variances.
        case firstHalf
        /// One place of as many as the second number says, which the targets may have no axis for.
        case place(Int, of: Int)
    }

    package let base: any Metric
    private let point: Point

    /// What `base` says of the predictions at `point`.
    public init(_ base: any Metric, at point: Point) {
        self.base = base
        self.point = point
    }
    /// That of the metric itself.
    public var name: String { base.name }
    /// As the metric itself.
    public var prefersHigher: Bool { base.prefersHigher }
    /// That of the metric itself.
    public var capacity: Int? { base.capacity }

    /// What the metric counts of the numbers.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        guard let part = part(of: prediction.shape, target.shape) else {
            fail(name, "prediction \(prediction.shape) doesn't fit target \(target.shape)")
        }
        let numbers = prediction.slice(
            axis: prediction.rank - 1, start: part.start, count: part.count, step: 1)
        return base(numbers.reshape(target.shape), target)
    }

    /// What the numbers of the metric's tally come to.
    public func value(of numbers: [Double]) -> Double { base.value(of: numbers) }

    /// Throws where the targets don't fit the numbers.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard part(of: prediction, target) != nil else {
            throw ShapeError(
                layer: name,
                problem: "the model gives \(prediction) an example, the targets are \(target)")
        }
        try base.check(prediction: target, target: target, targetType)
    }

    private func part(of prediction: Shape, _ target: Shape) -> (start: Int, count: Int)? {
        guard let size = prediction.last else { return nil }
        let axis = prediction.rank - 1
        switch point {
        case .firstHalf:
            return size % 2 == 0 && target == prediction.replacing(axis, with: size / 2)
                ? (0, size / 2) : nil
        case .place(let index, let count):
            let fits =
                target == prediction.replacing(axis, with: 1)
                || target == prediction.removing(at: axis)
            return size == count && fits ? (index, 1) : nil
        }
    }
}
