import Checkpoint
import Datasets
import FTConfig
import FTSupport

// When a run is over, and what makes it longer.
extension Trainer {
    var hasAllEpochs: Bool { cursor.sampler.epoch >= config.epochs }

    /// Whether nothing is left to train.
    var isOver: Bool { hasAllEpochs || reasonToStop != nil }

    /// The same, and it was measured where it ends.
    var isComplete: Bool { isOver && !owesMeasurement }

    /// Why nothing is left to train, in words.
    public var ending: String {
        if config.epochs == 0 { return "nothing was to be trained (training.epochs=0)" }
        return reasonToStop ?? "all \(Format.count(cursor.sampler.epoch, "epoch")) are done"
    }

    /// The settings that together let a run that is over, or about to be, go on; empty where none
    /// of its limits is reached.
    var longerSettings: [String] {
        var settings: [String] = []
        if hasAllEpochs { settings.append("training.epochs=\(2 * max(cursor.sampler.epoch, 1))") }
        if isAtStepLimit { settings.append("training.maxSteps=\(2 * max(cursor.step, 1))") }
        if isOutOfPatience { settings.append("training.patience=null") }
        if isOutOfTime { settings.append("training.maxMinutes=null") }
        return settings
    }

    /// What to say to settings of a run that is over with them and without.
    ///
    /// - Parameter ending: the keys of limits that the run is at with these settings.
    func nothingToTrain(_ path: String, asked: [String], ending: [String]) -> String {
        func key(_ setting: String) -> String { String(setting.prefix { $0 != "=" }) }
        func words(_ settings: [String]) -> String {
            settings.map(\.shellWord).joined(separator: " ")
        }
        // Of what was asked for, limits that end the run are no help.
        let shorter = asked.filter { ending.contains(key($0)) && !longerSettings.contains($0) }
        let kept = asked.filter { !shorter.contains($0) }
        let others = longerSettings.filter { setting in
            !kept.contains { key($0) == key(setting) }
        }
        let trained = Format.count(cursor.sampler.epoch, "epoch")
        let steps = Format.count(cursor.step, "step")
        let best = cursor.best.map { "; its best epoch is \($0.epoch), in \(store.bestPath)" } ?? ""
        let back =
            shorter.isEmpty
            ? ""
            : ", which takes nothing back of \(trained), \(steps)\(best); to train anew: "
                + "fttrain \(folder.configPath.shellPath) \(words(shorter))"
        return "\(path): nothing is left to train, so the run stays as it is, without "
            + "\(words(asked))\(back); to train on: fttrain resume \(path.shellPath) "
            + words(kept + others)
    }

    /// What decides on when a run is over, and with which weights.
    private static let ends = [
        "training.epochs", "training.maxSteps", "training.patience", "training.minimumChange",
        "training.maxMinutes", "training.bestBy", "training.restoreBest",
    ]

    /// Throws where changes end a run that wasn't over before more was trained, or others among
    /// them would train nothing.
    func checkEnd(by changes: [ConfigDifference]) throws(RunError) {
        let isWithinEpoch = cursor.sampler.position > 0
        let epochs = Format.count(cursor.sampler.epoch, "whole epoch")
        let steps = config.training.optionalInt("maxSteps") ?? cursor.step
        if steps < cursor.step || config.epochs < cursor.sampler.epoch
            || hasAllEpochs && isWithinEpoch
        {
            let asked = changes.filter { Trainer.ends.contains($0.path) }.map(\.setting)
            throw RunError(
                .usage,
                "\(folder.path): \(asked.joined(separator: " ")) takes nothing back of "
                    + "\(Format.count(cursor.step, "step")), \(epochs), that are trained; to end the "
                    + "run here: training.maxSteps=\(cursor.step)")
        }
        let idle = changes.filter { !Trainer.ends.contains($0.path) }.map(\.setting)
        guard !idle.isEmpty else { return }
        let ending = changes.filter { Trainer.ends.contains($0.path) }.map(\.setting)
        throw RunError(
            .usage,
            "\(folder.path): \(ending.joined(separator: " ")) ends the run where it stands, so "
                + "\(idle.joined(separator: " ")) would train nothing; leave out one of them")
    }
}
