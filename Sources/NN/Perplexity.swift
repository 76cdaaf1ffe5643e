internal import Autograd
public import Tensor

/// e to the mean of −ln softmax(x)[target]: among how many classes the model is as if choosing at
/// random. Logits along the last axis, class targets or probabilities; 1 of nothing.
public struct Perplexity: Metric {
    /// The class target of examples that aren't counted.
    public let ignoredIndex: Int?

    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    public var name: String { "perplexity" }
    public var prefersHigher: Bool { false }

    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let (x, y) = (Tensor(prediction.cast(to: .float64)), Tensor(target))
        let total = CrossEntropy(ignoredIndex: ignoredIndex, reduction: .sum)(x, y).data
        guard let ignoredIndex, target.shape != prediction.shape else {
            let count = prediction.shape.removing(at: prediction.rank - 1).elementCount
            return Tally(total: total, count: count).measured(by: value)
        }
        let count = (y .!= ignoredIndex).cast(to: .int64).sum().data
        return Tally(total: total, count: count).measured(by: value)
    }

    public func value(of numbers: [Double]) -> Double { exponential(Average(numbers).value) }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Classes.check(prediction, target, targetType, name)
    }
}
