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
    /// Quantities; of means and log-variances the means alone.
    case numbers(isFirstHalf: Bool)

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

    /// Of a model by its config, and by what happened to the targets it was trained on.
    init(_ config: RunConfig, _ preprocessing: Preprocessing) throws {
        let loss = config.value.child("loss")
        let target = try preprocessing.targetPipeline.outputDType
        switch loss.type {
        case "crossEntropy", "focal": self = .classes(.logits)
        case "nll": self = .classes(.logarithms)
        case "multiMargin": self = .classes(.scores)
        case "dice": self = target.isInteger ? .classes(.logits) : .answers(.logits)
        case "binaryCrossEntropy":
            let areLogits = loss.string("predictions") == "logits"
            self = .answers(areLogits ? .logits : .probabilities)
        case "binaryFocal", "softMargin": self = .answers(.logits)
        case "hinge", "squaredHinge": self = .answers(.scores)
        default: self = .numbers(isFirstHalf: loss.type == "gaussianNLL")
        }
    }

    /// Whether there are probabilities.
    var hasProbabilities: Bool {
        switch self {
        case .classes(.scores), .answers(.scores), .numbers: false
        case .classes, .answers: true
        }
    }

    /// Whether there are classes, or yes and no.
    var isOfClasses: Bool { if case .numbers = self { false } else { true } }

    /// Outputs [N, …] as probabilities, scores or quantities [N, …].
    func values(_ output: Tensor) -> Tensor {
        switch self {
        case .classes(.logits): output.softmax(axis: -1)
        case .classes(.logarithms): output.exp()
        case .answers(.logits): output.sigmoid()
        case .numbers(isFirstHalf: true):
            output.chunk(2, axis: -1)[0]
        case .classes, .answers, .numbers: output
        }
    }

    /// The classes, or 0 and 1, that such values mean: int64.
    func decisions(_ values: NDArray) -> NDArray? {
        switch self {
        case .classes: Tensor(values).argmax(axis: -1).data.cast(to: .int64)
        case .answers(.scores): (Tensor(values) .> 0).data.cast(to: .int64)
        case .answers: (Tensor(values) .> 0.5).data.cast(to: .int64)
        case .numbers: nil
        }
    }
}
