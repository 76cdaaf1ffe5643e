import Checkpoint
import Datasets
import FTConfig
import FTJSON
import Glibc
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
        let config = try RunConfig(file: folder.configPath, overrides: overrides)
        let found = try folder.checkpoints().newest()
        let saved = try found?.checkpoint.state.config.map { try parse($0, found?.path ?? path) }
        let old = try saved ?? RunConfig(file: folder.configPath).effective
        let changes = ConfigDifference.between(old, config.effective)
        if found != nil { try check(changes) }

        let trainer = try Trainer(Experiment(config), folder, stop)
        var warnings = found?.skipped.map { "passed over \($0.description)" } ?? []
        if let found {
            try trainer.restore(found.checkpoint, path: found.path)
            let (past, now) = (
                found.checkpoint.state.extra["arithmetic"], trainer.backend.arithmetic
            )
            if let past, past != now {
                warnings.append(
                    "the run was computed by \(past), from here on by \(now): the weights will "
                        + "differ in their last bits from those of a run that was never stopped")
            }
            try trainer.writeConfig()
            try trainer.metricsLog.truncate(afterEpoch: trainer.cursor.sampler.epoch)
        } else {
            warnings.append("\(folder.path) has no checkpoint yet; starting from the beginning")
            try trainer.begin()
        }
        return Resumption(
            trainer: trainer, changes: changes.map(\.description), warnings: warnings,
            isComplete: trainer.cursor.sampler.epoch >= config.epochs)
    }

    private static func parse(_ text: String, _ path: String) throws(RunError) -> JSONValue {
        do {
            return JSONValue(try JSONNode(parsing: text))
        } catch {
            throw RunError(.data, "\(path): the config in it is damaged: \(error.message)")
        }
    }

    /// What may change without making another run of it.
    private static let changeable = [
        "training", "schedule", "optimizer", "device", "data.path", "data.prefetch", "name",
    ]

    private static func check(_ changes: [ConfigDifference]) throws(RunError) {
        let refused = changes.filter { change in
            change.path == "optimizer.type" || !changeable.contains { change.isInside($0) }
        }
        guard !refused.isEmpty else { return }
        let list = refused.map { "\n  \($0.description)" }.joined()
        throw RunError(
            .usage,
            "a resumed run keeps its model, data, loss, seed and metrics; start a new run for:"
                + list)
    }
}
