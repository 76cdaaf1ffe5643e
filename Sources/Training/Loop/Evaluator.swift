import Datasets
import NN
import Tensor

/// Measures a model on a set of examples, without changing it.
struct Evaluator {
    let model: Layer
    let loss: any Loss
    let metrics: [any Metric]
    let backend: any Backend

    /// The mean loss and all metrics; nil where `shouldStop` said so on the way.
    ///
    /// Throws where reading the data fails.
    func measure(_ loader: Loader, shouldStop: () -> Bool = { false }) throws -> Measurement? {
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
                let output = model(Tensor(batch.inputs.on(backend)))
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
