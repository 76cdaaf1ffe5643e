internal import Autograd
public import Tensor

/// e to the mean of −ln softmax(x)[target]: among how many classes the model is as if choosing at
/// random. Logits along the last axis, class targets or probabilities; 1 of nothing.
public struct Perplexity: Metric {
    /// The class target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The perplexity over all examples but those of the class `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `perplexity`, in configs and tables.
    public var name: String { "perplexity" }
    /// Less is better.
    public var prefersHigher: Bool { false }

    /// The sum of the cross-entropies, in float64, over the number of examples that count.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let (x, y) = (Tensor(prediction.cast(to: .float64)), Tensor(target))
        let total = CrossEntropy(ignoredIndex: ignoredIndex, reduction: .sum)(x, y).data
        guard let ignoredIndex, target.shape != prediction.shape else {
            let count = prediction.shape.removing(at: prediction.rank - 1).elementCount
            return Tally(total: total, count: count).measured(by: value)
        }
        let count = y.equals(class: ignoredIndex).logicalNot().cast(to: .int64).sum().data
        return Tally(total: total, count: count).measured(by: value)
    }

    /// e to the mean; 1 of nothing.
    public func value(of numbers: [Double]) -> Double { exponential(Average(numbers).value) }

    /// Throws where the model gives no logits, or the targets are neither classes nor of their
    /// shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Classes.check(prediction, target, targetType, name)
    }
}
