internal import Autograd
public import Tensor

/// −ln p[target] for log-probabilities along the last axis, such as those of `logSoftmax`; weights,
/// ignored targets and reduction are those of `CrossEntropy`.
public struct NegativeLogLikelihood: Loss {
    /// A target that contributes nothing, even if it is no class.
    public let ignoredIndex: Int?
    /// A weight for each class.
    public let classWeights: [Double]?
    /// How the losses of the examples become one number.
    public var reduction: LossReduction

    public init(
        ignoredIndex: Int? = nil, classWeights: [Double]? = nil, reduction: LossReduction = .mean
    ) {
        self.ignoredIndex = ignoredIndex
        self.classWeights = classWeights
        self.reduction = reduction
    }

    public func callAsFunction(_ logarithms: Tensor, _ target: Tensor) -> Tensor {
        guard logarithms.rank > 0, logarithms.dtype.isFloat, target.dtype.isInteger,
            target.shape == logarithms.shape.removing(at: logarithms.rank - 1)
        else {
            fail(
                "NegativeLogLikelihood",
                "a \(target.dtype) target \(target.shape) doesn't fit \(logarithms.shape)",
                hint: "pass integer classes without the last axis")
        }
        let classes = logarithms.shape[logarithms.rank - 1]
        if let classWeights, classWeights.count != classes {
            fail(
                "NegativeLogLikelihood",
                "\(classWeights.count) class weights for \(classes) classes")
        }
        if target.isExample {
            return ofExampleClasses(logarithms.reshape([target.count, classes]), target)
        }
        let targets = ClassTargets(
            target.data, classes: classes, ignoring: ignoredIndex, weights: classWeights,
            dtype: logarithms.dtype, on: logarithms.data.backend, "NegativeLogLikelihood")
        var losses = -logarithms.reshape([logarithms.count]).take(Tensor(targets.positions))
        if let weights = targets.weights { losses = losses * Tensor(weights) }
        switch reduction {
        case .none: return losses.reshape(target.shape)
        case .sum: return losses.sum()
        case .mean: return losses.sum() / targets.totalWeight
        case .batchMean: return losses.sum() / Double(target.shape.first ?? 1)
        }
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard let classes = prediction.last, targetType.isInteger,
            target == prediction.removing(at: prediction.rank - 1)
        else {
            throw ShapeError(
                layer: "NegativeLogLikelihood",
                problem: "the model gives \(prediction) an example, which \(targetType) targets "
                    + "\(target) don't fit; integer classes are needed")
        }
        if let classWeights, classWeights.count != classes {
            throw ShapeError(
                layer: "NegativeLogLikelihood",
                problem:
                    "\(classWeights.count) class weights for the \(classes) classes of the model")
        }
    }
}
