import Autograd
import Datasets
import FTConfig
import NN
import Tensor

/// What the numbers that a model gives stand for, which follows from the loss it was trained by.
enum OutputMeaning: Sendable {
    /// Scores of classes along the last axis, and how they become probabilities.
    case classes(Score)
    /// Yes or no, each output for itself.
    case answers(Score)
    /// Quantities.
    case numbers(Quantity)

    /// How outputs become quantities.
    enum Quantity: Sendable {
        /// They are.
        case asGiven
        /// They are the first half; logarithms of variances follow.
        case firstHalf
        /// They are logarithms.
        case logarithms
        /// They are several quantiles, one of which stands for them all.
        case quantiles(PointMetric.Point)
    }

    /// How outputs become probabilities.
    enum Score: Sendable {
        /// By softmax, or the logistic function.
        case logits
        /// By e to their power.
        case logarithms
        /// They are.
        case probabilities
        /// They don't; the largest, or those above 0, are meant.
        case scores
    }

    /// Of a model by its config, by what happened to the targets it was trained on, and by how many
    /// axes its output for an example has, where that is known.
    init(_ config: RunConfig, _ preprocessing: Preprocessing, outputRank: Int? = nil) throws {
        switch try Catalogs.losses.make(config.value.child("loss")).facts.outputs {
        case .are(let meaning): self = meaning
        case .asTargets(let score):
            let target = try preprocessing.targetPipeline
            let hasClassAxis = outputRank.map { $0 > target.outputShape.rank } ?? true
            let areClasses = target.outputDType.isInteger && hasClassAxis
            self = areClasses ? .classes(score) : .answers(score)
        }
    }

    /// Whether there are probabilities.
    var hasProbabilities: Bool {
        switch self {
        case .classes(.scores), .answers(.scores), .numbers: false
        case .classes, .answers: true
        }
    }

    /// Whether the last axis of outputs is one of classes.
    var isOfClassAxis: Bool { if case .classes = self { true } else { false } }

    /// Whether each output is a yes or no.
    var isOfAnswers: Bool { if case .answers = self { true } else { false } }

    /// Whether they are quantities of a table's labels.
    func areOfTable(_ preprocessing: Preprocessing) -> Bool {
        guard case .numbers = self, let labels = preprocessing.table?.labels else { return false }
        return labels.contains { $0.kind == .numbers }
    }

    /// Whether there are classes, or yes and no.
    var isOfClasses: Bool { if case .numbers = self { false } else { true } }

    /// Outputs [N, …] as probabilities, scores or quantities [N, …].
    func values(_ output: Tensor) -> Tensor {
        switch self {
        case .classes(.logits): output.softmax(axis: -1)
        case .classes(.logarithms): output.exp()
        case .answers(.logits): output.sigmoid()
        case .numbers(.firstHalf): output.chunk(2, axis: -1)[0]
        case .numbers(.logarithms): output.exp()
        case .classes, .answers, .numbers: output
        }
    }

    /// Whether outputs are what they stand for.
    var isAsGiven: Bool {
        switch self {
        case .classes(.scores), .classes(.probabilities), .answers(.scores),
            .answers(.probabilities), .numbers(.asGiven), .numbers(.quantiles):
            true
        default: false
        }
    }

    /// Of what `values` gives, one after another, what is compared with targets.
    func compared(_ values: [Double]) -> [Double] {
        guard case .numbers(.quantiles(.place(let index, of: let count))) = self else {
            return values
        }
        return stride(from: index, to: values.count, by: count).map { values[$0] }
    }

    /// Which of the outputs are compared with targets; nil for all.
    var point: PointMetric.Point? {
        switch self {
        case .numbers(.firstHalf): .firstHalf
        case .numbers(.quantiles(let point)): point
        default: nil
        }
    }

    /// The classes, or 0 and 1, that such values mean: int64.
    ///
    /// - Parameter thresholds: from which probabilities on it is one of two classes, or yes; nil for
    ///   what is likelier.
    func decisions(_ values: NDArray, by thresholds: Thresholds? = nil) -> NDArray? {
        if let thresholds {
            return thresholds.decisions(values, hasClassAxis: isOfClassAxis)
        }
        return switch self {
        case .classes: Tensor(values).argmax(axis: -1).data.cast(to: .int64)
        case .answers(.scores): (Tensor(values) .> 0).data.cast(to: .int64)
        case .answers: (Tensor(values) .> 0.5).data.cast(to: .int64)
        case .numbers: nil
        }
    }
}
