import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import Glibc
import Optim
import Tensor

/// A run folder that is about to be gone on with.
public struct Resumption {
    /// The trainer, standing where the checkpoint was made.
    public let trainer: Trainer
    /// Settings that differ from those the checkpoint was made with, as `key: old → new`.
    public let changes: [String]
    /// What a person should know: checkpoints that were passed over, other arithmetic.
    public let warnings: [String]
    /// Whether there is nothing left to train.
    public let isComplete: Bool
}

extension Trainer {
    /// Opens a run to go on with it, with `key=value` changes to its config.
    ///
    /// Throws where a change would make another run of it, the data changed or no checkpoint can
    /// be used. Without any checkpoint it starts from the beginning.
    public static func resume(
        _ path: String, overrides: [String] = [], stop: StopSignal = StopSignal()
    ) throws -> Resumption {
        let folder = try RunFolder(opening: path)
        let lock = try RunLock(folder)
        let found = try folder.checkpoints().newest()
        let saved = found?.checkpoint.state.config
        var warnings = found?.skipped.map { "passed over \($0.description)" } ?? []
        let config: RunConfig
        if let text = try FileWriting.read(folder.configPath) {
            do throws(ConfigError) {
                config = try RunConfig(
                    recorded: text, file: folder.configPath, overrides: overrides)
            } catch {
                let isOfFile =
                    (try? RunConfig(recorded: text, file: folder.configPath)) == nil
                throw isOfFile ? folder.withRemedy(error) : error
            }
        } else if let saved, let found {
            config = try RunConfig(
                recorded: saved, file: "\(found.path) (config)", overrides: overrides)
            warnings.append(
                "\(folder.configPath) is missing; going on with the config in \(found.path)")
        } else {
            throw RunError(
                .data, "\(folder.configPath): no such file, and no checkpoint holds the config")
        }
        let old = try saved.map { try effective($0, found?.path ?? path) }
        let changes = ConfigDifference.between(old ?? config.effective, config.effective)
        let anew =
            "fttrain "
            + ([folder.configPath.shellPath] + overrides.map(\.shellWord)).joined(separator: " ")
        let weights = "to begin with its weights, add model.from.path=\(path.shellPath)"
        if found != nil { try check(changes, "\(anew)\n  \(weights)") }

        let kept = found.flatMap { Preprocessing(of: $0.checkpoint.state) }
        let trainer = try Trainer(Experiment(config, as: kept), folder, stop, lock)
        if changes.contains(where: { $0.path == "data.path" }) {
            trainer.remedyOfData =
                "a resumed run keeps its data; to train on others: \(anew); \(weights)"
        }
        if let found {
            try trainer.checkAverage(found.checkpoint, changes)
            try trainer.restore(found.checkpoint, path: found.path)
            if trainer.isOver, !changes.isEmpty, let saved {
                let recorded = try RunConfig(recorded: saved, file: "\(found.path) (config)")
                let before = try Trainer(Experiment(recorded, as: kept), folder, stop, lock)
                try before.restore(found.checkpoint, path: found.path)
                guard !before.isOver else {
                    let asked = overrides.isEmpty ? changes.map(\.setting) : overrides
                    let ending = trainer.longerSettings.map { String($0.prefix { $0 != "=" }) }
                    warnings.append(before.nothingToTrain(path, asked: asked, ending: ending))
                    warnings += try before.goOn(from: found)
                    return Resumption(
                        trainer: before, changes: [], warnings: warnings,
                        isComplete: before.isComplete)
                }
                try trainer.checkEnd(by: changes)
                trainer.courseBefore = before.rates
            }
            warnings += try trainer.goOn(from: found)
            try trainer.note(changes, found.checkpoint.state)
            warnings += trainer.remarksOnBest(changes)
            warnings += try trainer.courseRemarks(path, found.checkpoint.state, changes)
            if let problem = trainer.experiment.averageProblem {
                warnings.append("training.average.startEpoch: \(problem)")
            }
        } else {
            warnings.append("\(folder.path) has no checkpoint yet; starting from the beginning")
            try trainer.begin()
        }
        return Resumption(
            trainer: trainer, changes: changes.map(\.description), warnings: warnings,
            isComplete: trainer.isComplete)
    }

    /// Goes back to a checkpoint and makes the folder agree with it; returns what a person should
    /// know.
    private func goOn(from found: CheckpointStore.Found) throws -> [String] {
        // Steps set it, and there may be none before the next row.
        if cursor.changes > 0 {
            optimizer.learningRate = (courseBefore ?? rates).rate(after: cursor.changes - 1)
        }
        var warnings: [String] = []
        let (past, now) = (found.checkpoint.state.extra["arithmetic"], backend.arithmetic)
        if let past, past != now {
            warnings.append(
                "the run was computed by \(past), from here on by \(now): the weights will "
                    + "differ in their last bits from those of a run that was never stopped")
        }
        let stated = cursor.best
        switch try store.repair(found) {
        case .asStated: break
        case .other(let state):
            cursor.best = try TrainingCursor(state, path: store.bestPath).best
            warnings.append(lost(stated, "the best that is left is epoch \(state.epoch)"))
        case .lost:
            cursor.best = nil
            warnings.append(lost(stated, "the best is now looked for among later epochs"))
        }
        if let remark = goOnFromRestored() { warnings.append(remark) }
        try writeConfig()
        return warnings
            + (try metricsLog.truncate(
                afterStep: cursor.measuredStep, expected: cursor.measurements))
    }

    private func lost(_ best: RunSummary.Best?, _ rest: String) -> String {
        "\(store.bestPath): the weights of the best epoch (\(best?.epoch ?? 0)) are lost; \(rest)"
    }

    /// The config in a checkpoint, with what an older version had no keys for.
    private static func effective(_ text: String, _ path: String) throws(RunError) -> JSONValue {
        do {
            return try RunConfig(recorded: text, file: "\(path) (config)").effective
        } catch {
            throw RunError(.data, "\(path): the config in it is damaged: \(error)")
        }
    }

    /// What may change without making another run of it.
    private static let changeable = [
        "training", "schedule", "optimizer", "device", "data.path", "data.prefetch",
        "data.batchSize", "name",
    ]

    private static func check(
        _ changes: [ConfigDifference], _ remedy: String
    ) throws(RunError) {
        let refused = changes.filter { change in
            change.path == "optimizer.type" || !changeable.contains { change.isInside($0) }
        }
        guard !refused.isEmpty else { return }
        let list = refused.map { "\n  \($0.description)" }.joined()
        throw RunError(
            .usage,
            "a resumed run keeps its model, data, loss, seed and metrics; start a new run for:"
                + "\(list)\nas by:\n  \(remedy)")
    }
}
