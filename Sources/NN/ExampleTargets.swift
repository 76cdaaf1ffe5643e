internal import Autograd
internal import Tensor

/// Class targets that `vmap` gives each example of its own, which can't be read one by one:
/// `ClassTargets` in tensor operations.
struct ExampleTargets {
    /// [rows, classes]: 1 at the targets, else 0.
    private let oneHot: Tensor
    /// 0 for rows that are ignored, else 1; nil where none can be.
    let kept: Tensor?
    /// The weight of each row; nil where all are 1.
    private let weights: Tensor?
    private let shape: Shape

    init(
        _ target: Tensor, classes: Int, ignoring ignored: Int?, weights classWeights: [Double]?,
        dtype: DType, _ operation: String
    ) {
        shape = target.shape
        var classOf = target.reshape([target.count]).cast(to: .int64)
        let isKept = ignored.map { classOf .!= $0 }
        if let isKept { classOf = Tensor.where(isKept, classOf, Tensor(0, .int64)) }
        let all = classOf.everyElement.values(as: Int64.self)
        if let wrong = all.first(where: { !(0..<Int64(classes) ~= $0) }) {
            fail(operation, "target \(wrong) is no class of 0..<\(classes)")
        }
        oneHot = classOf.oneHot(classes, dtype)
        let kept = isKept?.cast(to: dtype)
        let byClass = classWeights.map { Tensor($0, dtype).take(classOf) }
        weights = byClass.map { weight in kept.map { weight * $0 } ?? weight } ?? kept
        self.kept = kept
    }

    /// The weighted losses of the rows.
    func losses(_ logarithms: Tensor) -> Tensor {
        let losses = -(logarithms * oneHot).sum(axis: 1)
        return weights.map { losses * $0 } ?? losses
    }

    /// The losses as one number; the mean is one by weight.
    func reduce(_ losses: Tensor, _ reduction: LossReduction) -> Tensor {
        switch reduction {
        case .none: losses.reshape(shape)
        case .sum: losses.sum()
        case .mean: weights.map { losses.sum() / $0.sum() } ?? losses.mean()
        case .batchMean: losses.sum() / Double(shape.first ?? 1)
        }
    }
}

extension CrossEntropy {
    /// The loss of logits [rows, classes] by targets of single examples.
    func ofExampleClasses(_ logits: Tensor, _ target: Tensor) -> Tensor {
        let targets = ExampleTargets(
            target, classes: logits.shape[1], ignoring: ignoredIndex, weights: classWeights,
            dtype: logits.dtype, "CrossEntropy")
        let logarithms = logits.logSoftmax()
        var losses = targets.losses(logarithms)
        if labelSmoothing > 0 {
            let uniform = weighted(logarithms).mean(axis: 1) * -labelSmoothing
            losses =
                losses * (1 - labelSmoothing) + (targets.kept.map { uniform * $0 } ?? uniform)
        }
        return targets.reduce(losses, reduction)
    }
}

extension NegativeLogLikelihood {
    /// The loss of log-probabilities [rows, classes] by targets of single examples.
    func ofExampleClasses(_ logarithms: Tensor, _ target: Tensor) -> Tensor {
        let targets = ExampleTargets(
            target, classes: logarithms.shape[1], ignoring: ignoredIndex, weights: classWeights,
            dtype: logarithms.dtype, "NegativeLogLikelihood")
        return targets.reduce(targets.losses(logarithms), reduction)
    }
}
