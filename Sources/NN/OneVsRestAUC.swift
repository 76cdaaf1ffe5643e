internal import Autograd
public import Tensor

/// The mean over the classes of the area under the ROC curve of each against all others, by its
/// share in the softmax of the logits, as scikit-learn's `roc_auc_score(multi_class="ovr")`.
///
/// Classes without an example of their own, or without one of another, have no curve and don't
/// count; NaN where none has one, or a prediction is NaN. It is exact: the logits and label of each
/// example are kept on the device until it is read. See `AreaUnderROC`.
public struct OneVsRestAUC: Metric {
    /// The class target of examples that aren't counted.
    public let ignoredIndex: Int?

    /// The mean area over all examples but those of the class `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `aucMacro`.
    public var name: String { "aucMacro" }
    /// true.
    public var prefersHigher: Bool { true }
    /// 131,072 examples.
    public var capacity: Int? { 1 << 17 }

    /// For each example the number of classes, its own, or −1 where that is ignored or no class,
    /// and ln softmax of its logits.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let pairs = ClassPairs(prediction, target, isBinary: false, name, ignoredIndex)
        let logits = Tensor(prediction.cast(to: .float64))
            .reshape([pairs.wanted.count, pairs.classes])
        let label = Tensor.where(pairs.wanted .== pairs.classes, -1, pairs.wanted)
        let marks = [Tensor.full(like: label, pairs.classes), label].map { $0.cast(to: .float64) }
        let columns = [Tensor.stack(marks, axis: 1), logits.logSoftmax()]
        return Tally(examples: Tensor.concat(columns, axis: 1).data, measure: value)
    }

    /// The mean area; NaN where there is no curve.
    public func value(of numbers: [Double]) -> Double {
        let classes = Int(numbers.first ?? 0)
        let rows = stride(from: 0, to: numbers.count, by: classes + 2)
            .filter { numbers[$0 + 1] >= 0 }
        let areas = (0..<classes).compactMap { index -> Double? in
            let examples = rows.map { row in
                (score: numbers[row + 2 + index], isPositive: numbers[row + 1] == Double(index))
            }
            let positives = examples.count { $0.isPositive }
            return positives == 0 || positives == examples.count
                ? nil : AreaUnderROC.area(examples)
        }
        return areas.isEmpty ? .nan : areas.reduce(0, +) / Double(areas.count)
    }

    /// Throws where the model gives no logits, or the targets are neither classes nor of their
    /// shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try Classes.check(prediction, target, targetType, name)
    }
}
