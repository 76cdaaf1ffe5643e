import NN
import Tensor

/// A metric of one output of several, each of which says yes or no.
struct AnswerMetric: Metric {
    /// Of single outputs.
    let base: any Metric
    /// The output's place along the last axis.
    let index: Int
    let name: String

    var prefersHigher: Bool { base.prefersHigher }
    var capacity: Int? { base.capacity }

    func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        base(output(of: prediction), output(of: target))
    }

    private func output(of array: NDArray) -> NDArray {
        array.select(axis: array.rank - 1, index: index).contiguous()
    }

    func value(of numbers: [Double]) -> Double { base.value(of: numbers) }

    func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard prediction == target, let outputs = prediction.last, index < outputs else {
            throw ShapeError(
                layer: name,
                problem: "the model gives \(prediction) an example, the targets are \(target), and "
                    + "output \(index) is asked for",
                remedy: "name one that both have")
        }
        let one = Shape(prediction.dropLast())
        try base.check(prediction: one, target: one, targetType)
    }

    /// A metric of classes as one of answers: the mean over classes is that over outputs, all
    /// examples together are all answers together, and a class is an output.
    ///
    /// - Parameter hasOutputs: whether outputs are questions of their own; those of a picture are
    ///   alike, and all answers taken together.
    static func of(_ metric: any Metric, hasOutputs: Bool) -> any Metric {
        switch metric {
        case let read as ReadMetric:
            return ReadMetric(
                base: of(read.base, hasOutputs: hasOutputs), name: read.name, reading: read.reading)
        case let ratio as Precision:
            return of(ratio, hasOutputs) { Precision($0, ignoredIndex: ratio.ignoredIndex) }
        case let ratio as Recall:
            return of(ratio, hasOutputs) { Recall($0, ignoredIndex: ratio.ignoredIndex) }
        case let ratio as F1Score:
            return of(ratio, hasOutputs) { F1Score($0, ignoredIndex: ratio.ignoredIndex) }
        case let area as OneVsRestAUC:
            let mean = AreaUnderROC(ignoredIndex: area.ignoredIndex, perOutput: hasOutputs)
            return ReadMetric(base: mean, name: area.name)
        default: return metric
        }
    }

    private static func of(
        _ ratio: some ClassRatio, _ hasOutputs: Bool, _ make: (ClassAverage) -> any Metric
    ) -> any Metric {
        switch ratio.average {
        case .macro where hasOutputs: make(.perOutput)
        case .macro: ReadMetric(base: make(.binary), name: ratio.name)
        case .micro: ReadMetric(base: make(.binary), name: ratio.name)
        case .of(let index): AnswerMetric(base: make(.binary), index: index, name: ratio.name)
        case .binary, .perOutput, .weighted: ratio
        }
    }
}
