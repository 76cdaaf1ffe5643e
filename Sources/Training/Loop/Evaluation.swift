import Checkpoint
import Datasets
import FTConfig
public import FTJSON
import FTSupport
import NN

/// What a saved model scores on its validation data, or on other data of the same kind.
public struct Evaluation: Sendable {
    /// The checkpoint that was measured.
    public let path: String
    /// The file of the examples.
    public let dataPath: String
    /// How many examples were measured.
    public let count: Int
    /// The step of the checkpoint.
    public let step: Int
    /// The epochs that were finished then.
    public let epoch: Int
    /// What was measured.
    public let measurement: RunMeasurement
    /// How often examples of each class (rows) were taken for each class (columns), where the config has
    /// the metric `confusionMatrix`.
    public let confusion: [[Int]]?
    /// A sentence on each metric that has no value.
    public let notes: [String]

    /// Measures the best checkpoint of a run folder, or a checkpoint file.
    ///
    /// Throws where the checkpoint holds no config or doesn't fit it, or the data can't be used.
    public init(
        _ target: String, overrides: [String] = [], shouldStop: () -> Bool = { false }
    ) throws {
        let (path, experiment, state) = try Evaluation.loadAll(target, overrides: overrides)
        let loader = experiment.data.validation ?? experiment.data.train
        let evaluator = Evaluator(experiment)
        var confusion: [[Int]]?
        let measured = try evaluator.measure(loader, shouldStop: shouldStop) { metric, numbers in
            if let metric = metric as? ConfusionMatrix { confusion = metric.matrix(of: numbers) }
        }
        guard let measurement = measured else {
            throw RunError(.interrupted, "stopped before all examples were measured")
        }
        if !measurement.loss.isFinite, let blame = try experiment.spoiledRow(in: loader) {
            throw RunError(
                .data,
                "\(blame), so the loss is \(Format.measure(measurement.loss)); "
                    + "correct the data or leave the row out")
        }
        notes = measurement.metrics.filter(\.value.isNaN).map {
            Evaluation.undefined($0.name, loader)
        }
        self.confusion = confusion
        self.path = path
        dataPath = experiment.config.dataPath
        count = loader.dataset.count
        step = state.step
        epoch = state.epoch
        self.measurement = measurement
    }

    /// The checkpoint that a run folder or file stands for, and its model with what it is made for.
    static func load(
        _ target: String, overrides: [String]
    ) throws -> (path: String, experiment: Experiment) {
        let (path, experiment, _) = try loadAll(target, overrides: overrides)
        return (path, experiment)
    }

    private static func loadAll(
        _ target: String, overrides: [String]
    ) throws -> (path: String, experiment: Experiment, state: TrainingState) {
        let path = try Evaluation.checkpoint(target)
        let checkpoint = try TrainingCheckpoint(path: path)
        guard let text = checkpoint.state.config else {
            throw RunError(.data, "\(path): holds no config, so its model can't be built again")
        }
        let config = try RunConfig(
            text: text, file: "\(path) (config)", overrides: Evaluation.unsplit(overrides))
        let experiment = try Experiment(config)
        do {
            try experiment.model.load(checkpoint.model.map { ($0.name, $0.array) })
        } catch let error as StateError {
            throw RunError(.data, "\(path): \(error)")
        }
        return (path, experiment, checkpoint.state)
    }

    /// Why a metric has no value on some examples.
    static func undefined(_ metric: String, _ loader: Loader) -> String {
        "\(metric) has no value on \(loader.dataset.targetName), as where all targets are of one "
            + "class or equal"
    }

    /// Validation data of its own takes the place of a share of the training data.
    private static func unsplit(_ overrides: [String]) -> [String] {
        func names(_ key: String) -> Bool { overrides.contains { $0.hasPrefix("data.\(key)") } }
        return names("validation") && !names("split") ? overrides + ["data.split=null"] : overrides
    }

    private static func checkpoint(_ target: String) throws -> String {
        guard Folder.exists(target) else { return target }
        let store = try RunFolder(opening: target).checkpoints()
        do {
            _ = try TrainingCheckpoint.state(path: store.bestPath)
            return store.bestPath
        } catch {
            guard error.kind == .notFound else { throw error }
            guard let found = try store.newest() else {
                throw RunError(.data, "\(target): has no checkpoint yet")
            }
            return found.path
        }
    }

    /// The result for people.
    public var lines: [String] {
        let values =
            ["loss \(Format.measure(measurement.loss))"]
            + measurement.metrics.map { "\($0.name) \(Format.measure($0.value))" }
        return [
            "model   \(path)   epoch \(epoch), step \(Format.grouped(step))",
            "data    \(dataPath)   \(Format.count(count, "example"))",
            "result  \(values.joined(separator: ", "))",
        ] + notes.map { "note    \($0)" } + (confusion.map(Evaluation.table) ?? [])
    }

    /// A confusion matrix with its classes around it.
    private static func table(_ rows: [[Int]]) -> [String] {
        let heading = ["class"] + rows.indices.map { "→ \($0)" }
        let lines = rows.enumerated().map { index, row in
            ["\(index)"] + row.map { Format.grouped($0) }
        }
        return [""] + TextTable.aligned([heading] + lines) { _ in false }
    }

    /// The result for programs.
    public var json: JSONObject {
        var object: JSONObject = [
            "checkpoint": .string(path), "data": .string(dataPath), "examples": .int(count),
            "epoch": .int(epoch), "step": .int(step), "validation": measurement.json,
        ]
        if let confusion {
            object["confusionMatrix"] = .array(confusion.map { .ints($0) })
        }
        return object
    }
}
