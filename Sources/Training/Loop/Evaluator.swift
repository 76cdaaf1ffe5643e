import Datasets
import NN
import Tensor

/// Measures a model on a set of examples, without changing it.
struct Evaluator {
    private let experiment: Experiment

    init(_ experiment: Experiment) { self.experiment = experiment }

    /// The mean loss and all metrics; nil where `shouldStop` said so on the way.
    ///
    /// Throws where reading the data fails.
    func measure(_ loader: Loader, shouldStop: () -> Bool = { false }) throws -> Measurement? {
        let (model, loss, metrics) = (experiment.model, experiment.loss, experiment.metrics)
        let backend = experiment.device.backend
        model.eval()
        defer { model.train() }
        var lossSum = 0.0
        var lossWeight = 0.0
        var sums = metrics.map { _ in Average() }
        let stream = loader.epoch()
        while let batch = try stream.next() {
            if shouldStop() { return nil }
            noGrad {
                let targets = batch.targets.on(backend)
                let output = experiment.output(batch.tensors(on: backend))
                let weight = loss.weight(output, Tensor(targets))?.item ?? Double(batch.count)
                lossSum += loss(output, Tensor(targets)).item * weight
                lossWeight += weight
                for (index, metric) in metrics.enumerated() {
                    sums[index] += metric(output.data, targets)
                }
            }
        }
        return Measurement(
            loss: lossWeight == 0 ? 0 : lossSum / lossWeight,
            metrics: zip(metrics, sums).map { ($0.name, $1.value) })
    }
}

extension Batch {
    /// The inputs on a device.
    func tensors(on backend: any Backend) -> [Tensor] {
        allInputs.map { Tensor($0.on(backend)) }
    }
}
