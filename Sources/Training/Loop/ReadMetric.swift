import Autograd
import NN
import Tensor

/// A metric under another name, or of what outputs stand for, where that isn't the outputs as they
/// are: of rates where a model gives their logarithms, of probabilities on the right side of a half.
struct ReadMetric: Metric {
    let base: any Metric
    /// Outputs [batch, …] as the metric takes them, of the same shape.
    let reading: (@Sendable (Tensor) -> Tensor)?
    let name: String

    init(
        base: any Metric, name: String? = nil, reading: (@Sendable (Tensor) -> Tensor)? = nil
    ) {
        (self.base, self.reading, self.name) = (base, reading, name ?? base.name)
    }

    var prefersHigher: Bool { base.prefersHigher }
    var capacity: Int? { base.capacity }

    func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        guard let reading else { return base(prediction, target) }
        return base(noGrad { reading(Tensor(prediction)).data }, target)
    }

    func value(of numbers: [Double]) -> Double { base.value(of: numbers) }

    /// The metric itself, without names and readings.
    static func core(_ metric: any Metric) -> any Metric {
        switch metric {
        case let read as ReadMetric: core(read.base)
        case let point as PointMetric: core(point.base)
        default: metric
        }
    }

    func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try base.check(prediction: prediction, target: target, targetType)
    }
}

extension OutputMeaning {
    /// A metric of what is said from some probabilities on, where it counts what is chosen.
    func parted(_ metric: any Metric, type: String, by thresholds: Thresholds) -> any Metric {
        guard Catalogs.metricsOfDecisions.contains(type) else { return metric }
        return ReadMetric(base: metric) { output in
            let chosen = thresholds.decisions(values(output).data, hasClassAxis: isOfClassAxis)
            let isYes = Tensor(chosen.cast(to: .float32))
            // On a side of 0, or the largest of two.
            return isOfClassAxis ? Tensor.stack([1 - isYes, isYes], axis: -1) : 2 * isYes - 1
        }
    }

    /// A metric that a config names, of what outputs mean.
    ///
    /// - Parameter outputRank: how many axes what the model says of an example has.
    func reading(_ metric: any Metric, type: String, outputRank: Int) -> any Metric {
        if Catalogs.metricsOfNumbers.contains(type) {
            if let point { return PointMetric(metric, at: point) }
            return isAsGiven ? metric : ReadMetric(base: metric, reading: values)
        }
        // Its sides are those of logits, which 0 parts.
        guard case .answers(let score) = self else { return metric }
        guard Catalogs.metricsOfSides.contains(type) else {
            return AnswerMetric.of(metric, hasOutputs: outputRank < 2)
        }
        let own = AnswerMetric.of(metric, hasOutputs: outputRank < 2)
        guard case .probabilities = score else { return own }
        return ReadMetric(base: own) { $0 - 0.5 }
    }
}
