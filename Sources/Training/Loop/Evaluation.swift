import Checkpoint
package import Datasets
import FTConfig
public import FTJSON
import FTSupport
import NN
import Tensor

/// What a saved model scores on its validation data, or on other data of the same kind.
public struct Evaluation: Sendable {
    /// The checkpoint that was measured.
    public let path: String
    /// The file of the examples.
    public let dataPath: String
    /// Hashes of the checkpoint's file, of the data that was measured and of the config that the
    /// checkpoint holds.
    public let hashes: (checkpoint: String, data: String, config: String)
    /// How many examples were measured.
    public let count: Int
    /// The step of the checkpoint.
    public let step: Int
    /// The epochs that were finished then.
    public let epoch: Int
    /// The same in words, or the epoch within which the checkpoint was written.
    private let progress: String
    /// What was measured.
    public let measurement: RunMeasurement
    /// How often examples of each class (rows) were predicted as each class (columns), where the
    /// config has the metric `confusionMatrix`.
    public let confusion: [[Int]]?
    /// A sentence on a best checkpoint that is lost, and on each metric that has no value.
    public let notes: [String]
    /// How what was measured becomes what it is in the units of the data.
    public let units: TargetUnits
    /// A sentence on weights of classes or of examples, which probabilities and the loss are of;
    /// nil without.
    public let weighting: String?
    /// From which probabilities on it is one of two classes, or yes; nil for what is likelier.
    public let threshold: String?
    /// Errors in the units of the data by their names, where a report has them more exactly than
    /// metrics in 32 bits do.
    var known: [String: Double] = [:]
    /// What people read over each metric.
    private let titles: [String: String]

    /// Measures the best checkpoint of a run folder, or a checkpoint file.
    ///
    /// Throws where the checkpoint holds no config or doesn't fit it, or the data can't be used.
    public init(
        _ target: String, overrides: [String] = [], shouldStop: () -> Bool = { false }
    ) throws {
        try self.init(Loaded(target, overrides), overrides, shouldStop)
    }

    /// - Parameters:
    ///   - decimal: what stands before the decimals of a table; nil for what did in the training
    ///     table.
    ///   - skipped: notes examples of a table or of images that can't be used, which then are left
    ///     out.
    ///   - threshold: from which probabilities on it is one of two classes, or yes, as
    ///     `Predictor.decide(by:)` takes it; nil for what is likelier.
    package init(
        _ target: String, overrides: [String], decimal: DecimalMark?,
        skipping skipped: SkippedRows?, threshold: String? = nil
    ) throws {
        let loaded = try Loaded(target, overrides, decimal: decimal, skipping: skipped)
        try self.init(loaded, overrides, parting: loaded.thresholds(threshold))
    }

    /// - Parameters:
    ///   - thresholds: what metrics part at that count what is chosen.
    ///   - observe: is shown the model's outputs, batch by batch.
    init(
        _ loaded: Loaded, _ overrides: [String], _ shouldStop: () -> Bool = { false },
        parting thresholds: Thresholds? = nil, observe: (Tensor) -> Void = { _ in }
    ) throws {
        let (path, experiment, state) = (loaded.path, loaded.experiment, loaded.state)
        let loader = experiment.data.measured
        let evaluator = Evaluator(experiment, metrics: try loaded.metrics(thresholds))
        var confusion: [[Int]]?
        var leftOut: [String] = []
        let measured = try evaluator.measure(
            loader, shouldStop: shouldStop, observe: observe
        ) { metric, numbers in
            let core = ReadMetric.core(metric)
            if let matrix = core as? ConfusionMatrix { confusion = matrix.matrix(of: numbers) }
            let names = loaded.preprocessing.outputNames
            leftOut += [core.noteOnMean(of: numbers, title: metric.name, names)].compactMap(\.self)
        }
        guard let measurement = measured else {
            throw RunError(.interrupted, "stopped before all examples were measured")
        }
        if !measurement.loss.isFinite, let blame = try experiment.spoiledRow(in: loader) {
            throw RunError(
                .data,
                "\(blame.sentence), so the loss is \(Format.measure(measurement.loss)); "
                    + "correct the data or leave the row out")
        }
        let isOwnData = !overrides.contains { override in
            override.hasPrefix("data")
                && !["data.batchSize=", "data.prefetch="].contains(where: override.hasPrefix)
        }
        notes =
            [loaded.remark].compactMap(\.self) + (experiment.data.given?.notes ?? [])
            + (isOwnData && experiment.data.validation == nil ? [Evaluation.ofTrainingData] : [])
            + (isOwnData ? try experiment.data.changes(since: state.extra) : [])
            + (loaded.isCopy ? [Evaluation.ofCopy(experiment.config.dataPath)] : [])
            + measurement.metrics.filter(\.value.isNaN).map {
                Evaluation.undefined($0.name, loader)
            } + leftOut
        self.confusion = confusion
        let fileHash = try Provenance.hash(path)
        hashes = (
            "xxh64:" + fileHash,
            try experiment.data.contentHash(),
            XXHash64.text(of: loaded.config)
        )
        self.path = path
        dataPath = experiment.data.measuredPath
        count = loader.dataset.count
        step = state.step
        epoch = state.epoch
        progress = state.progress
        self.measurement = measurement
        threshold = thresholds?.text
        units = TargetUnits(loaded.preprocessing)
        weighting = Weighting.sentence(of: loaded.own, measuring: experiment.config)
        titles = MetricTitle.all(of: measurement.metrics.map(\.name), in: experiment.config)
    }

    private static let ofTrainingData =
        "these are the examples that the model was trained on, for its config names no others"

    private static func ofCopy(_ path: String) -> String {
        "\(path) holds what the model was trained on; these are the examples that it kept to measure "
            + "on"
    }

    /// Why a metric has no value on some examples.
    static func undefined(_ metric: String, _ loader: Loader) -> String {
        "\(metric) has no value on \(loader.dataset.targetName), as where all targets are of one "
            + "class or equal"
    }

    /// The parts of a config that a checkpoint was trained by, which measuring can't change.
    static let settled = ["model", "optimizer", "schedule", "training", "seed", "name"]

    /// The overrides as they apply to what a checkpoint holds: a loss of another type takes none of
    /// the old one's options, and validation data of its own takes the place of a share of the
    /// training data.
    static func fitting(_ overrides: [String]) throws(RunError) -> [String] {
        for override in overrides {
            let key = override.prefix { $0 != "." && $0 != "=" && $0 != "[" }
            guard settled.contains(String(key)) else { continue }
            throw RunError(
                .usage,
                "eval: \(override) changes nothing that is measured: \(key) is the checkpoint's; "
                    + "set keys of data, loss, metrics or device")
        }
        func names(_ key: String) -> Bool { overrides.contains { $0.hasPrefix("data.\(key)") } }
        let isUnsplit = names("validation") && !names("split") && !names("folds")
        let losses = overrides.map { override in
            let prefix = "loss.type="
            guard override.hasPrefix(prefix) else { return override }
            let type = override.dropFirst(prefix.count).filter { $0 != "\"" }
            return "loss={\"type\":\"\(type)\"}"
        }
        // What decided on the best epoch need not be among other metrics.
        let hasMetrics = overrides.contains { $0.hasPrefix("metrics") }
        return losses + (isUnsplit ? ["data.split=null", "data.folds=null"] : [])
            + (hasMetrics ? ["training.bestBy=null"] : [])
    }

    /// What is to be measured, and a remark where that isn't what the run calls its best.
    static func checkpoint(_ target: String) throws -> (path: String, remark: String?) {
        guard Folder.exists(target) else { return (target, nil) }
        let store = try RunFolder(opening: target).checkpoints()
        do {
            let held = try TrainingCheckpoint.state(path: store.bestPath)
            let last = try? TrainingCheckpoint.state(path: store.lastPath)
            guard let best = last?.best, best.step > held.step else { return (store.bestPath, nil) }
            return (
                store.bestPath,
                "the best epoch was \(best.epoch), but \(store.bestPath) holds epoch "
                    + "\(held.epoch); fttrain resume \(target.shellPath) repairs what can be repaired"
            )
        } catch {
            guard error.kind == .notFound else { throw error }
            guard let found = try store.newest() else {
                throw RunError(.data, "\(target): has no checkpoint yet")
            }
            let remark = found.checkpoint.state.best.map { best in
                "\(store.bestPath) is missing, which the best epoch, \(best.epoch), is kept in; "
                    + "this is \(found.path)"
            }
            return (found.path, remark)
        }
    }

    /// A sentence where the loss isn't finite though the data are; nil where it is.
    package var lossProblem: String? {
        measurement.loss.isFinite
            ? nil
            : "\(dataPath): the loss of \(path) is \(Format.measure(measurement.loss)) on it, though the "
                + "data are finite: the model's outputs, or what the loss makes of them, are beyond "
                + "the numbers of float32; look for values far from those that it was trained on"
    }

    /// The result for people.
    public var lines: [String] { facts + (confusion.map(Evaluation.table) ?? []) }

    /// The same without a confusion matrix.
    var facts: [String] {
        let values =
            ["loss \(Format.measure(measurement.loss))"]
            + measurement.metrics.map {
                "\(titles[$0.name] ?? $0.name) \(Format.measure($0.value))"
            }
        let head = [
            "model   \(path)   \(progress), step \(Format.grouped(step))",
            "data    \(dataPath)   \(Format.count(count, "example"))",
            "result  \(values.joined(separator: ", "))",
        ]
        let tail = [
            "hashes  checkpoint \(hashes.checkpoint), data \(hashes.data), config \(hashes.config)"
        ]
        let parted = threshold.map { ["parted  at --threshold \($0)"] } ?? []
        let own = units.note(on: measurement, known).map { ["        \($0)"] } ?? []
        let unit = units.sentence.map { "units   \($0)".wrapped(indent: 8) } ?? []
        return (head + parted + own).flatMap(\.folded) + unit + tail.flatMap(\.folded)
            + ([weighting].compactMap(\.self).map { "weights \($0)" }
            + notes.map { "note    \($0)" }).flatMap { $0.wrapped(indent: 8) }
    }

    /// A confusion matrix with its classes around it: rows are targets, columns predictions.
    private static func table(_ rows: [[Int]]) -> [String] {
        let heading = ["target"] + rows.indices.map { "→ \($0)" }
        let lines = rows.enumerated().map { index, row in
            ["\(index)"] + row.map { Format.grouped($0) }
        }
        let title =
            "confusionMatrix: how often each target (rows) was predicted as each class"
        return ["", title] + TextTable.aligned([heading] + lines) { _ in false }
    }

    /// The result for programs.
    public var json: JSONObject {
        var object: JSONObject = [
            "checkpoint": .string(path), "data": .string(dataPath), "examples": .int(count),
            "epoch": .int(epoch), "step": .int(step), "validation": measurement.json,
            "hashes": [
                "checkpoint": .string(hashes.checkpoint), "data": .string(hashes.data),
                "config": .string(hashes.config),
            ],
        ]
        if !units.areOwn { object["units"] = units.json(measurement) }
        if let weighting { object["weighting"] = .string(weighting) }
        if let threshold { object["threshold"] = .string(threshold) }
        if let confusion {
            object["confusionMatrix"] = .array(confusion.map { .ints($0) })
        }
        return object
    }
}
