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
        self.classWeights = classWeights
        self.reduction = reduction
    }

    /// The loss, of shape [] or, without a reduction, of the targets' shape; traps where the
    /// targets are no integers of the shape without the last axis.
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
        let rule = LabelRule(
            smoothing: 0, ignored: ignoredIndex,
            classWeights: classWeights.map { NDArray($0, on: logarithms.data.backend.home) },
            of: "NegativeLogLikelihood")
        let labels = target.reshape([target.count]).cast(to: .int64)
        let weights = labels.labelWeights(rule, classes: classes, logarithms.weightType)
        // What an ignored row holds weighs 0; its label, which may be no class, is replaced by one.
        let safe = rule.isIgnored(labels).map { labels.maskedFill($0, 0) } ?? labels
        let picked = logarithms.reshape([target.count, classes])
            .gather(safe.unsqueeze(1), axis: 1).squeeze(1)
        let losses = weights.cast(to: logarithms.dtype).weighing(-picked)
        switch reduction {
        case .none: return losses.reshape(target.shape)
        case .sum: return losses.sum()
        case .mean: return losses.sum().meanByWeight(weights.sum().cast(to: logarithms.dtype))
        case .batchMean: return losses.sum() / Double(target.shape.first ?? 1)
        }
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

extension Tensor {
    /// The dtype that weights of this tensor's rows are computed in.
    fileprivate final var weightType: DType { dtype == .float64 ? .float64 : .float32 }
}
