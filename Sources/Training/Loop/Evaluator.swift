import Autograd
import Datasets
import NN
import Tensor

/// Measures a model on a set of examples, without changing it.
struct Evaluator {
    private let experiment: Experiment
    private let metrics: [any Metric]

    /// - Parameter metrics: what is measured; nil for what the config names.
    init(_ experiment: Experiment, metrics: [any Metric]? = nil) {
        self.experiment = experiment
        self.metrics = metrics ?? experiment.metrics
    }

    /// The mean loss and all metrics; nil where `shouldStop` said so on the way.
    ///
    /// Throws where reading the data fails or no target counts.
    ///
    /// - Parameters:
    ///   - observe: is shown the model's outputs, batch by batch.
    ///   - inspect: is shown the numbers behind each metric.
    func measure(
        _ loader: Loader, shouldStop: () -> Bool = { false },
        observe: (Tensor) -> Void = { _ in },
        inspect: (any Metric, [Double]) -> Void = { _, _ in }
    ) throws -> RunMeasurement? {
        let model = experiment.model
        let backend = experiment.device.backend
        model.eval()
        defer { model.train() }
        // Everything stays on the device until the last batch.
        var losses = WeightedSum()
        var tallies: [Tally?] = metrics.map { _ in nil }
        let stream = loader.epoch()
        while true {
            let group = try EvenBatch.group(of: stream)
            if group.isEmpty { break }
            if shouldStop() { return nil }
            noGrad {
                let outputs = EvenBatch.outputs(group, on: backend, experiment.output)
                for (batch, output) in zip(group, outputs) {
                    let targets = batch.targets.sent(to: backend)
                    observe(output)
                    losses.add(
                        experiment.loss(output, Tensor(targets)),
                        experiment.loss.weight(output, Tensor(targets)), examples: batch.count)
                    for (index, metric) in metrics.enumerated() {
                        let tally = metric(output.data, targets)
                        tallies[index] = tallies[index].map { $0 + tally } ?? tally
                    }
                }
            }
        }
        guard let loss = losses.mean else { throw experiment.nothingCounts(loader) }
        return RunMeasurement(
            loss: loss,
            metrics: zip(metrics, tallies).map { metric, tally in
                let numbers = tally?.numbers ?? []
                inspect(metric, numbers)
                return (metric.name, metric.value(of: numbers))
            })
    }
}

/// Σ weight · mean and Σ weight over batches: float64 [], on their device.
private struct WeightedSum {
    private var total: Tensor?
    private var weight: Tensor?

    /// - Parameter given: what the batch weighs; nil for the number of its examples.
    mutating func add(_ mean: Tensor, _ given: Tensor?, examples: Int) {
        let mean = mean.cast(to: .float64)
        let own =
            given?.cast(to: .float64)
            ?? Tensor(NDArray.full([], examples, .float64, on: mean.data.backend))
        total = total.map { $0 + mean * own } ?? mean * own
        weight = weight.map { $0 + own } ?? own
    }

    /// The mean over all batches; nil where nothing weighs.
    var mean: Double? {
        guard let total, let weight, weight.item != 0 else { return nil }
        return total.item / weight.item
    }
}

extension Batch {
    /// The inputs on a device.
    func tensors(on backend: any Backend) -> [Tensor] {
        allInputs.map { Tensor($0.sent(to: backend)) }
    }
}
