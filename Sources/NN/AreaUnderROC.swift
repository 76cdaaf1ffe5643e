internal import Autograd
public import Tensor

/// The probability that a positive example has a larger prediction than a negative one, equal ones
/// counting half: the area under the curve of true over false positive rates.
///
/// Positive are targets above one half. Of two logits an example [N, 2] beside class targets [N],
/// or beside the probabilities of both [N, 2] where they are said to be classes, the prediction is by
/// how much the second exceeds the first, whose order is that of the second's probability. It is
/// exact: the prediction and target of each element are kept, 16 or 24 bytes on the device, until it
/// is read, so at most `capacity` can be measured. Several elements of an example are pooled; or it
/// is the mean over the outputs, which are the places along the last axis, of those that have a
/// curve. NaN where there are only positive or only negative examples, or a prediction is NaN, for
/// then there is no curve. Mann and Whitney, "On a test of
/// whether one of two random variables is stochastically larger than the other", 1947.
public struct AreaUnderROC: Metric, MeanOverOutputs {
    /// The target of elements that aren't counted.
    public let ignoredIndex: Int?
    /// Whether two outputs of an example are the logits of two classes that exclude each other,
    /// beside targets of two, too.
    public let areClasses: Bool
    /// Whether it is the mean of the areas of the outputs, each of which says yes or no by itself.
    public let isPerOutput: Bool

    /// The area over all elements but those whose target is `ignoredIndex`, or the mean over the
    /// outputs.
    public init(ignoredIndex: Int? = nil, areClasses: Bool = false, perOutput: Bool = false) {
        self.ignoredIndex = ignoredIndex
        self.areClasses = areClasses
        isPerOutput = perOutput
    }
    /// `auc`, in configs and tables.
    public var name: String { "auc" }
    /// More is better.
    public var prefersHigher: Bool { true }
    /// 2,097,152 elements.
    public var capacity: Int? { 1 << 21 }

    /// The prediction of each element and its side: 1, 0 or, where ignored, −1. Where outputs are
    /// apart, their number stands before both.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        let (x, y) = pairs(prediction, target)
        let isPositive = (y .> 0.5).cast(to: .float64)
        let side = ignoredIndex.map { isPositive.maskedFill(y .== $0, -1) } ?? isPositive
        let width = x.rank > 1 ? x.shape[x.rank - 1] : 1
        let columns = ((isPerOutput ? [Tensor.full(like: x, width)] : []) + [x, side])
            .map { $0.reshape([x.count]) }
        return Tally(examples: Tensor.stack(columns, axis: 1).data, measure: value)
    }

    /// One prediction beside each target, in float64.
    private func pairs(_ prediction: NDArray, _ target: NDArray) -> (Tensor, Tensor) {
        guard prediction.rank > 0, prediction.shape[prediction.rank - 1] == 2 else {
            return Pairs.wide(prediction, target, name)
        }
        let isOfBoth = areClasses && target.shape == prediction.shape
        let examples = prediction.shape.removing(at: prediction.rank - 1)
        guard isOfBoth || target.shape == examples else {
            return Pairs.wide(prediction, target, name)
        }
        let logits = Tensor(prediction.cast(to: .float64))
        let (no, yes) = (
            logits.narrow(axis: -1, start: 0, count: 1), logits.narrow(axis: -1, start: 1, count: 1)
        )
        let wide = Tensor(target.cast(to: .float64))
        let side = isOfBoth ? wide.narrow(axis: -1, start: 1, count: 1).reshape(examples) : wide
        return ((yes - no).reshape(examples), side)
    }

    /// The area, or the mean of those of the outputs; NaN where there is no curve.
    public func value(of numbers: [Double]) -> Double {
        let outputs = outputs(of: numbers)
        let isOne = outputs.count == 1
        if !isOne, outputs.contains(where: { $0.contains(where: \.score.isNaN) }) { return .nan }
        let areas = outputs.map(AreaUnderROC.area).filter { isOne || !$0.isNaN }
        return areas.isEmpty ? .nan : areas.reduce(0, +) / Double(areas.count)
    }

    /// `there is one answer alone`.
    public static let reasonForNoValue = "there is one answer alone"

    /// Of a mean over outputs those that have no curve.
    public func outputsLeftOut(of numbers: [Double]) -> [Int] {
        guard isPerOutput else { return [] }
        let outputs = outputs(of: numbers)
        return outputs.indices.filter { AreaUnderROC.area(outputs[$0]).isNaN }
    }

    /// The predictions and sides of each output, of elements that count.
    private func outputs(of numbers: [Double]) -> [[(score: Double, isPositive: Bool)]] {
        let width = isPerOutput ? max(1, Int(numbers.first ?? 1)) : 1
        let size = isPerOutput ? 3 : 2
        var outputs = [[(score: Double, isPositive: Bool)]](repeating: [], count: width)
        for element in 0..<numbers.count / size {
            let (score, side) = (
                numbers[size * element + size - 2], numbers[size * (element + 1) - 1]
            )
            if side >= 0 { outputs[element % width].append((score, side > 0)) }
        }
        return outputs
    }

    /// The area of predictions and sides; NaN where there is no curve.
    static func area(_ unordered: [(score: Double, isPositive: Bool)]) -> Double {
        if unordered.contains(where: \.score.isNaN) { return .nan }
        let examples = unordered.sorted { $0.score < $1.score }
        // Positive ones ahead of negative ones, twice, so that halves are whole numbers.
        var (ahead, negatives, positives) = (0.0, 0.0, 0.0)
        var start = 0
        while start < examples.count {
            var (equalNegatives, equalPositives) = (0.0, 0.0)
            var end = start
            while end < examples.count, examples[end].score == examples[start].score {
                if examples[end].isPositive { equalPositives += 1 } else { equalNegatives += 1 }
                end += 1
            }
            ahead += equalPositives * (2 * negatives + equalNegatives)
            negatives += equalNegatives
            positives += equalPositives
            start = end
        }
        guard positives > 0, negatives > 0 else { return .nan }
        return ahead / (2 * positives * negatives)
    }

    /// Throws where targets are neither of the predictions' shape nor classes of two logits.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        if let classes = prediction.last, targetType.isInteger,
            target == prediction.removing(at: prediction.rank - 1)
        {
            if classes == 2 { return }
            if classes > 2 {
                throw ShapeError(
                    layer: name,
                    problem: "the model tells \(classes) classes apart, and one curve is of two",
                    remedy: "for the mean of each against the rest write "
                        + "{\"type\": \"auc\", \"average\": \"macro\"}")
            }
        }
        try Pairs.check(prediction, target, name)
    }
}
