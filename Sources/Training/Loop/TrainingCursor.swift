import Checkpoint
import Datasets
import NN

/// Where a run stands, apart from its tensors: everything a resumed run must know to write the
/// same rows that an uninterrupted one would.
struct TrainingCursor: Equatable {
    /// Steps taken.
    var step = 0
    /// Epochs finished, and examples used of the next.
    var sampler = SamplerState()
    /// Sums over the examples of the unfinished epoch.
    var lossSum = 0.0
    var lossWeight = 0.0
    /// The sum of the gradients' norms over the steps of the unfinished epoch, and their number,
    /// where they are measured.
    var gradientNormSum = 0.0
    var gradientNorms = 0.0
    /// The numbers of the metrics that are measured during training, by name, when last read.
    var metricSums: [String: [Double]] = [:]
    /// Seconds since the run began, without the time between sessions; those in training steps;
    /// those of them spent waiting for data; and the examples that were trained on.
    var seconds = 0.0
    var stepSeconds = 0.0
    var waitSeconds = 0.0
    var samples = 0
    /// Steps that changed nothing because a loss scale was too large, and how many of them were the
    /// last ones.
    var skipped = 0
    var skippedInRow = 0
    /// The same at the start of the unfinished epoch.
    var epochStartStepSeconds = 0.0
    var epochStartWait = 0.0
    var epochStartSamples = 0
    /// The best epoch so far.
    var best: RunSummary.Best?
    /// The last epoch that was better than those before by more than `training.minimumChange`.
    var gain: Gain?
    /// The epoch whose weights the run ended with, where that is not its last.
    var restoredEpoch: Int?
    /// The step of the last measurement, and how many there were.
    var measuredStep = 0
    var measurements = 0
    /// The last measured training loss.
    var trainLoss: Double?
    /// Settings that became others on the way, a line each: `step 10: data.batchSize: 8 → 4`.
    var history: [String] = []

    /// What `training.patience` waits from.
    struct Gain: Equatable {
        var epoch: Int
        /// `loss` or a metric, and its value then.
        var by: String
        var value: Double

        init(epoch: Int, by: String, value: Double) {
            self.epoch = epoch
            self.by = by
            self.value = value
        }

        /// The best epoch; nil where it has no such value.
        init?(_ best: RunSummary.Best?, by: String) {
            guard let best, let value = best.measurement.value(by) else { return nil }
            self.init(epoch: best.epoch, by: by, value: value)
        }
    }

    /// Steps that changed the parameters: what schedules go by.
    var changes: Int { step - skipped }

    /// The mean loss of the unfinished epoch.
    var meanLoss: Double { lossWeight > 0 ? lossSum / lossWeight : 0 }

    /// The mean norm of its gradients; nil where none was measured.
    var meanGradientNorm: Double? {
        gradientNorms > 0 ? gradientNormSum / gradientNorms : nil
    }

    /// Forgets the sums of an epoch that is over.
    mutating func beginEpoch() {
        lossSum = 0
        lossWeight = 0
        gradientNormSum = 0
        gradientNorms = 0
        metricSums = [:]
        epochStartStepSeconds = stepSeconds
        epochStartWait = waitSeconds
        epochStartSamples = samples
    }
}

extension TrainingCursor {
    private typealias Number = WritableKeyPath<TrainingCursor, Double> & Sendable
    private static let numbers: [(key: String, path: any Number)] = [
        ("lossSum", \.lossSum), ("lossWeight", \.lossWeight), ("seconds", \.seconds),
        ("stepSeconds", \.stepSeconds), ("waitSeconds", \.waitSeconds),
        ("epochStartStepSeconds", \.epochStartStepSeconds), ("epochStartWait", \.epochStartWait),
    ]

    /// The key in a checkpoint's state of settings that became others.
    static let historyKey = "history"

    /// More than any run can count; a damaged checkpoint must not lead to an overflow.
    static let limit = 1 << 53

    private static func count(_ value: Double) -> Int {
        Int(exactly: min(max(value.rounded(), 0), Double(limit))) ?? 0
    }

    /// Puts everything into the state of a checkpoint.
    func save(into state: inout TrainingState, bestBy: String) {
        state.step = step
        state.epoch = sampler.epoch
        state.sampler = ["epoch": sampler.epoch, "position": sampler.position]
        for (key, path) in TrainingCursor.numbers {
            state.extra[key] = self[keyPath: path].description
        }
        state.extra["samples"] = "\(samples)"
        state.extra["epochStartSamples"] = "\(epochStartSamples)"
        if skipped > 0 { state.extra["skipped"] = "\(skipped) \(skippedInRow)" }
        if let trainLoss { state.extra["trainLoss"] = trainLoss.description }
        if !history.isEmpty {
            state.extra[TrainingCursor.historyKey] = history.joined(separator: "\n")
        }
        saveMeasurements(into: &state)
        for (name, numbers) in metricSums {
            state.extra["sums.\(name)"] = numbers.map(\.description).joined(separator: " ")
        }
        guard let best else { return }
        let value = best.measurement.value(bestBy) ?? best.measurement.loss
        state.best = BestMetric(bestBy, value, epoch: best.epoch, step: best.step)
        state.extra["best.loss"] = best.measurement.loss.description
        state.extra["best.metrics"] = best.measurement.metrics.map(\.name).joined(separator: " ")
        for metric in best.measurement.metrics {
            state.extra["best.metric.\(metric.name)"] = metric.value.description
        }
    }

    /// Reads what `save` wrote.
    init(_ state: TrainingState, path: String) throws(CheckpointError) {
        func number(_ key: String) throws(CheckpointError) -> Double {
            guard let text = state.extra[key], let value = Double(text), value.isFinite
            else {
                throw CheckpointError(
                    .damaged, path, "lacks the training state \"\(key)\"; use another checkpoint")
            }
            return value
        }
        guard state.step <= TrainingCursor.limit, state.epoch <= TrainingCursor.limit else {
            throw CheckpointError(
                .damaged, path, "claims more steps than any run can make; use another checkpoint")
        }
        step = state.step
        guard let epoch = state.sampler?["epoch"], let position = state.sampler?["position"],
            (0...TrainingCursor.limit).contains(epoch),
            (0...TrainingCursor.limit).contains(position)
        else {
            throw CheckpointError(
                .damaged, path, "lacks the position in the data; use another checkpoint")
        }
        sampler = SamplerState(epoch: epoch, position: position)
        for (key, keyPath) in TrainingCursor.numbers { self[keyPath: keyPath] = try number(key) }
        samples = TrainingCursor.count(try number("samples"))
        epochStartSamples = TrainingCursor.count(try number("epochStartSamples"))
        if let text = state.extra["skipped"] {
            let counts = text.split(separator: " ").compactMap { Int($0) }
            guard counts.count == 2, (0...step).contains(counts[0]),
                (0...counts[0]).contains(counts[1])
            else {
                throw CheckpointError(
                    .damaged, path, "its count of skipped steps is damaged; use another checkpoint")
            }
            (skipped, skippedInRow) = (counts[0], counts[1])
        }
        trainLoss = state.extra["trainLoss"].flatMap { Double($0) }
        let history = state.extra[TrainingCursor.historyKey] ?? ""
        self.history = history.split(separator: "\n").map { String($0) }
        for (key, text) in state.extra where key.hasPrefix("sums.") {
            metricSums[String(key.dropFirst(5))] = text.split(separator: " ").map {
                Double($0) ?? .nan
            }
        }
        try readMeasurements(state, path: path)
        best = try TrainingCursor.best(state, number)
    }

    /// The best epoch so far and what was measured after it.
    private static func best(
        _ state: TrainingState, _ number: (String) throws(CheckpointError) -> Double
    ) throws(CheckpointError) -> RunSummary.Best? {
        guard let saved = state.best else { return nil }
        let names = (state.extra["best.metrics"] ?? "").split(separator: " ").map { String($0) }
        var metrics: [(name: String, value: Double)] = []
        for name in names { metrics.append((name, try number("best.metric.\(name)"))) }
        return RunSummary.Best(
            epoch: saved.epoch, step: saved.step, by: saved.name,
            measurement: RunMeasurement(loss: try number("best.loss"), metrics: metrics))
    }
}
