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

    /// The loss of log-probabilities; `classWeights` has a weight for each class.
    public init(
        ignoredIndex: Int? = nil, classWeights: [Double]? = nil, reduction: LossReduction = .mean
    ) {
        self.ignoredIndex = ignoredIndex
        checkWeights("NegativeLogLikelihood", classWeights)
        self.classWeights = classWeights
        self.reduction = reduction
    }

    /// The loss, of shape [] or, without a reduction, of the targets' shape; traps where the
    /// targets are no integers of the shape without the last axis.
    public func callAsFunction(_ logarithms: Tensor, _ target: Tensor) -> Tensor {
        let labelled = LabelledRows(
            "NegativeLogLikelihood", logarithms, target, ignoring: ignoredIndex,
            classWeights: classWeights)
        return labelled.reduce(-labelled.picked(labelled.rows), reduction)
    }

    /// The sum of the weights of the targets that count, as `CrossEntropy` gives it.
    public func weight(_ logarithms: Tensor, _ target: Tensor) -> Tensor? {
        let loss = CrossEntropy(
            ignoredIndex: ignoredIndex, classWeights: classWeights, reduction: reduction)
        return loss.weight(logarithms, target)
    }

    /// Throws where the targets are no integer classes, or the class weights not as many as the
    /// classes.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try LabelledRows.check(
            "NegativeLogLikelihood", prediction, target, targetType, classWeights: classWeights)
    }

    /// Classes of the model.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .classes(prediction.last ?? 0) }
}
