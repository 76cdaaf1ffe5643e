internal import Autograd
internal import Tensor

extension CrossEntropy {
    /// The loss where `vmap` gives each example its own classes, which can't be read one by one: the
    /// same in tensor operations. The logits are [rows, classes].
    func ofExampleClasses(_ logits: Tensor, _ target: Tensor) -> Tensor {
        let classes = logits.shape[1]
        var classOf = target.reshape([target.count]).cast(to: .int64)
        var weights: Tensor?
        if let ignoredIndex {
            let isKept = classOf .!= ignoredIndex
            classOf = Tensor.where(isKept, classOf, Tensor(0, .int64))
            weights = isKept.cast(to: logits.dtype)
        }
        let all = classOf.everyElement
        if let wrong = all.values(as: Int64.self).first(where: { !(0..<Int64(classes) ~= $0) }) {
            fail("CrossEntropy", "target \(wrong) is no class of 0..<\(classes)")
        }
        let kept = weights
        if let classWeights {
            let byClass = Tensor(classWeights, logits.dtype).take(classOf)
            weights = weights.map { $0 * byClass } ?? byClass
        }
        let logarithms = logits.logSoftmax()
        var losses = -(logarithms * classOf.oneHot(classes, logits.dtype)).sum(axis: 1)
        if let weights { losses = losses * weights }
        if labelSmoothing > 0 {
            let uniform = weighted(logarithms).mean(axis: 1) * -labelSmoothing
            losses = losses * (1 - labelSmoothing) + (kept.map { uniform * $0 } ?? uniform)
        }
        switch reduction {
        case .none: return losses.reshape(target.shape)
        case .sum: return losses.sum()
        case .mean: return weights.map { losses.sum() / $0.sum() } ?? losses.mean()
        case .batchMean: return losses.sum() / Double(target.shape.first ?? 1)
        }
    }
}
