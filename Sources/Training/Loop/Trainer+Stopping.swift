import Checkpoint
import Datasets
import FTConfig
import FTSupport
import Optim

extension Trainer {
    /// Why a run ends before all its epochs are done, by what its config says; nil where it goes
    /// on.
    var reasonToStop: String? {
        let epoch = cursor.sampler.epoch
        let training = config.training
        guard epoch < config.epochs else { return nil }
        if let wishToEnd { return wishToEnd }
        if isAtStepLimit {
            return "stopped after step \(Format.grouped(cursor.step)) (training.maxSteps)"
        }
        if isOutOfPatience, gain == nil {
            return "stopped after epoch \(epoch): \(experiment.bestBy) never had a value "
                + "(training.patience)"
        }
        if isOutOfPatience, let patience = training.optionalInt("patience"), let gain {
            let least = training.double("minimumChange")
            let better = least > 0 ? "better by more than \(Format.number(least))" : "better"
            return "stopped after epoch \(epoch): \(experiment.bestBy) was no \(better) in "
                + "\(Format.count(patience, "epoch")) than in epoch \(gain.epoch) (training.patience)"
        }
        if isOutOfTime {
            let place =
                isCut ? "step \(Format.grouped(cursor.step))" : "epoch \(epoch)"
            return "stopped after \(place): it has taken \(Format.duration(secondsTaken)) "
                + "(training.maxMinutes)"
        }
        return nil
    }

    /// What patience waits from.
    private var gain: TrainingCursor.Gain? {
        cursor.gain ?? TrainingCursor.Gain(cursor.best, by: experiment.bestBy)
    }

    /// Whether no epoch was better for as many as the run waits.
    var isOutOfPatience: Bool {
        guard let patience = config.training.optionalInt("patience"),
            gain != nil || cursor.measurements > 0
        else { return false }
        return cursor.sampler.epoch - (gain?.epoch ?? 0) >= patience
    }

    /// Seconds that the run has taken so far.
    private var secondsTaken: Double { cursor.seconds + clock.unstamped }

    /// Whether the run has taken the minutes that it may; a step is always made.
    var isOutOfTime: Bool {
        cursor.step > 0
            && config.training.optionalDouble("maxMinutes").map { secondsTaken >= $0 * 60 }
                ?? false
    }

    /// Whether its last checkpoint doesn't know that.
    var isTimeUnsaved: Bool {
        guard isOutOfTime, !hasAllEpochs, let limit = config.training.optionalDouble("maxMinutes")
        else { return false }
        return savedSeconds < limit * 60
    }

    /// Whether a limit ends the run within an epoch.
    var isCut: Bool {
        cursor.sampler.position > 0 && !isEpochWhole && (isAtStepLimit || isOutOfTime)
    }

    /// Whether steps were made that wait to be measured, at the end of an epoch or of the run, or
    /// the weights of a run that trains nothing do.
    var owesMeasurement: Bool {
        cursor.sampler.position > 0 && isEpochWhole || isCut && cursor.measuredStep != cursor.step
            || config.epochs == 0 && cursor.measurements == 0
    }

    /// Whether the run has made as many steps as it may.
    var isAtStepLimit: Bool {
        config.training.optionalInt("maxSteps").map { cursor.step >= $0 } ?? false
    }

    /// Says once that a search has come to its end before the run has.
    func warnOfConvergence() {
        guard let search = (optimizer as? QuasiNewton)?.search, search.hasConverged,
            !hasWarnedOfConvergence, cursor.sampler.epoch < config.epochs, reasonToStop == nil
        else { return }
        hasWarnedOfConvergence = true
        emit(
            .note(
                "lbfgs finds nothing to improve any more after epoch \(cursor.sampler.epoch), so "
                    + "further epochs change nothing (optimizer.tolerance, or rounding)"))
    }

    /// Why no epoch of a run that is over is its best; nil where one is, or none was measured.
    var noBest: String? {
        guard cursor.best == nil, cursor.measurements > 0 else { return nil }
        return "no epoch is the best, for \(experiment.bestBy) never had a value; train again by "
            + "another measure, such as training.bestBy=loss, or measure on other data; the last "
            + "weights are \(store.lastPath)"
    }

    /// Notes what patience waits from, `best` being the best that there was before a measurement.
    func noteGain(_ measurement: RunMeasurement, isBest: Bool, before best: RunSummary.Best?) {
        let by = experiment.bestBy
        guard isBest, let value = measurement.value(by) else { return }
        let known = cursor.gain?.by == by ? cursor.gain : TrainingCursor.Gain(best, by: by)
        let least = config.training.double("minimumChange")
        let gained = known.map { experiment.prefersHigher ? value - $0.value : $0.value - value }
        // Of equal epochs the one with the smaller loss is better.
        let isGain = gained.map { $0 > least || least == 0 } ?? true
        cursor.gain =
            isGain
            ? TrainingCursor.Gain(epoch: cursor.sampler.epoch + 1, by: by, value: value) : known
    }

    /// Gives the model the weights of the best epoch at the end of a run that asks for it, and
    /// saves them as the last. What the optimizer knows stays that of the last epoch.
    func restoreBest() throws {
        guard config.training.bool("restoreBest"), let best = cursor.best,
            best.step != cursor.step, cursor.restoredEpoch == nil
        else { return }
        let found = try? TrainingCheckpoint(path: store.bestPath)
        guard let found, found.state.step == best.step else {
            emit(
                .warning(
                    "\(store.bestPath) doesn't hold the best epoch, \(best.epoch), so the run ends "
                        + "with the weights of its last"))
            return
        }
        try loadWeights(found)
        cursor.restoredEpoch = best.epoch
        try save()
        emit(
            .note(
                "the run ends with the weights of epoch \(best.epoch), its best "
                    + "(training.restoreBest)"))
    }

    /// What to say where another measure decides from here on which epoch is best; a run that is
    /// over keeps its weights then.
    func remarksOnBest(_ changes: [ConfigDifference]) -> [String] {
        let changed = changes.map(\.path).filter {
            $0 == "training.restoreBest" || $0 == "training.bestBy"
        }
        guard !changed.isEmpty, let best = cursor.best else { return [] }
        mayRestoreBest = false
        if cursor.sampler.epoch >= config.epochs {
            return [
                "the run is over, so \(changed.joined(separator: " and ")) changes nothing in it"
            ]
        }
        guard best.by != experiment.bestBy else { return [] }
        return [
            "the best epoch so far, \(best.epoch), is that by \(best.by); later ones are compared "
                + "with its \(experiment.bestBy), whatever other epochs had"
        ]
    }

    /// Notes where a run whose weights went back to those of its best epoch goes on from them;
    /// returns what a person should know.
    func goOnFromRestored() -> String? {
        guard let epoch = cursor.restoredEpoch, cursor.sampler.epoch < config.epochs,
            reasonToStop == nil
        else { return nil }
        cursor.restoredEpoch = nil
        cursor.history.append("step \(cursor.step): weights of epoch \(epoch) restored")
        return "the run ended with the weights of epoch \(epoch) (training.restoreBest) and goes "
            + "on from them, so they won't be those of a run that was longer from the start"
    }
}
