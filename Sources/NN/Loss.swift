internal import Autograd
public import Tensor

/// What training makes small: a function of predictions and targets.
///
///     let loss = CrossEntropy(labelSmoothing: 0.1)
///     loss(model(images), labels).backward()
public protocol Loss: Sendable {
    /// The loss of a batch: one number, or what the reduction `none` leaves. Its gradient flows to
    /// both.
    func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor

    /// What the mean of a batch is over, on its device: the sum of the targets' weights. nil where
    /// each example weighs the same.
    ///
    /// Means of several batches are joined by it: the loss of an epoch is Σ weight · mean / Σ
    /// weight.
    func weight(_ prediction: Tensor, _ target: Tensor) -> Tensor?

    /// Throws a `ShapeError` where the loss could not be computed. The shapes are those of one
    /// example, without the batch axis.
    func check(prediction: Shape, target: Shape, _ targetType: DType) throws

    /// The targets that the loss is defined for, where `check` passed. The shapes are those of one
    /// example.
    func domain(prediction: Shape, target: Shape, _ targetType: DType) -> TargetDomain
}

extension Loss {
    /// nil: each example weighs the same.
    public func weight(_ prediction: Tensor, _ target: Tensor) -> Tensor? { nil }

    /// Every finite number.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .numbers }
}

/// How the losses of single elements become one number.
public enum LossReduction: String, Sendable, CaseIterable {
    /// The sum divided by the number of elements, or by what they weigh.
    case mean
    /// The sum.
    case sum
    /// The losses as they are, an array.
    case none
    /// The sum divided by the size of the first axis.
    case batchMean

    package func callAsFunction(_ losses: Tensor) -> Tensor {
        switch self {
        case .none: losses
        case .sum: losses.sum()
        case .mean: losses.mean()
        case .batchMean: losses.sum() / Double(losses.rank == 0 ? 1 : losses.shape[0])
        }
    }
}

/// A loss of each element of the prediction by itself; the target has the prediction's shape.
public protocol ElementwiseLoss: Loss {
    /// How the losses become one number.
    var reduction: LossReduction { get }
    /// A target that contributes nothing, whatever is predicted beside it; nil where all count. The
    /// mean is over the others, and 0 where there is none.
    var ignoredIndex: Int? { get }
    /// The losses of all elements; the target has the prediction's shape and dtype.
    func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor
}

extension ElementwiseLoss {
    /// The reduced losses. Predictions that are no floats become float32; other shapes than the
    /// prediction's trap, for losses don't broadcast.
    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        reduced(prediction, target, weights: nil)
    }

    /// - Parameter weights: of the elements; what weighs 0 may be infinite or NaN. The mean is over
    ///   the number of elements.
    func reduced(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) -> Tensor {
        let prediction = prediction.dtype.isFloat ? prediction : prediction.cast(to: .float32)
        guard prediction.shape == target.shape else {
            fail(
                "\(Self.self)",
                "prediction \(prediction.shape) and target \(target.shape) differ in shape",
                hint: "reshape one of them; losses don't broadcast")
        }
        let given = AutocastRule.float32.cast([prediction])[0].dtype
        // In a half the square of 300 is infinite, though a mean of such need not be.
        let wide = prediction.dtype == .float64 ? prediction : prediction.cast(to: .float32)
        let wanted = target.cast(to: wide.dtype)
        return reduced(wide, wanted, isIgnored(target), weights).cast(to: given)
    }

    private func reduced(
        _ prediction: Tensor, _ target: Tensor, _ isIgnored: Tensor?, _ weights: Tensor?
    ) -> Tensor {
        func weighed(_ losses: Tensor) -> Tensor {
            weights.map { $0.cast(to: losses.dtype).weighing(losses) } ?? losses
        }
        guard let isIgnored else { return reduction(weighed(losses(prediction, target))) }
        let all = losses(prediction.maskedFill(isIgnored, 0), target.maskedFill(isIgnored, 0))
        let counted = weighed(all).maskedFill(isIgnored, 0)
        guard reduction == .mean else { return reduction(counted) }
        return counted.meanByWeights(of: isIgnored.logicalNot().cast(to: .int64).sum())
    }

    /// nil: all targets count.
    public var ignoredIndex: Int? { nil }

    /// The number of targets that count; nil where all do.
    public func weight(_ prediction: Tensor, _ target: Tensor) -> Tensor? {
        guard reduction == .mean, let isIgnored = isIgnored(target) else { return nil }
        return isIgnored.logicalNot().cast(to: .int64).sum().cast(to: .float64)
    }

    private func isIgnored(_ target: Tensor) -> Tensor? {
        ignoredIndex.map { target.equals(class: $0) }
    }

    /// Throws where the targets don't have the predictions' shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard prediction == target else {
            throw ShapeError(
                layer: "\(Self.self)",
                problem: "the model gives \(prediction) an example, the targets are \(target)",
                remedy: ShapeError.ofTargets(prediction, target))
        }
    }
}

extension Tensor {
    /// The sum of these weighted losses divided by the sum of their weights; 0 where nothing
    /// weighs. Half precision is summed in float32.
    final func meanByWeights(of weight: Tensor) -> Tensor {
        let type: DType = dtype == .float64 ? .float64 : .float32
        return cast(to: type).sum().meanByWeight(weight.cast(to: type)).cast(to: dtype)
    }

    /// This sum of weighted losses divided by the sum of their weights; 0 where nothing weighs.
    final func meanByWeight(_ weight: Tensor) -> Tensor {
        let isNothing = weight .== 0
        let divisor = Tensor.where(isNothing, Tensor.ones(like: weight), weight)
        return (self / divisor).maskedFill(isNothing, 0)
    }
}

/// Traps unless the weights of a loss are finite numbers from 0 up, those of classes not all 0.
func checkWeights(_ loss: String, _ weights: [Double]?, _ what: String = "class weight") {
    guard let weights, !weights.isEmpty else { return }
    if let wrong = weights.first(where: { !($0 >= 0 && $0.isFinite) }) {
        fail(loss, "a \(what) is \(wrong); weights are finite numbers from 0 up")
    }
    if what == "class weight", !weights.contains(where: { $0 > 0 }) {
        fail(loss, "each \(what) is 0, so nothing counts", hint: "give one that is above 0")
    }
}
