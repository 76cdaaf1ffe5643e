import Datasets
import FTSupport
import NN

// What a run's model is worth.
extension Trainer {
    /// Measures the finished epoch; nil where the run was stopped meanwhile.
    func measure() throws -> RunMeasurement? {
        if config.epochs == 0 { return try measure(data.measured) }
        guard let validation = data.validation else {
            try onDevice { readTallies() }
            let metrics = experiment.metrics.map { metric in
                (
                    name: metric.name,
                    value: metric.value(of: cursor.metricSums[metric.name] ?? [])
                )
            }
            return RunMeasurement(loss: cursor.meanLoss, metrics: metrics)
        }
        return try measure(validation)
    }

    /// Measures the model on examples; nil where the run was stopped meanwhile.
    private func measure(_ loader: Loader) throws -> RunMeasurement? {
        let evaluator = Evaluator(experiment)
        let measurement = try stop.during(.measuring) {
            func measured() throws -> RunMeasurement? {
                try onDevice {
                    try evaluator.measure(loader) {
                        giveSign()
                        return stop.isRequested
                    }
                }
            }
            guard let average = experiment.average else { return try measured() }
            return try average.during(measured)
        }
        if let measurement, !measurement.loss.isFinite {
            let problem =
                "the \(data.validation == nil ? "" : "validation ")loss is "
                + Format.measure(measurement.loss)
            if let blame = try experiment.spoiledRow(in: loader) {
                throw divergence("\(problem); \(blame.sentence)", remedy: blame.remedy)
            }
            throw divergence(problem)
        }
        return measurement
    }
}
