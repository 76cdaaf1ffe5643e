import Checkpoint
import Optim
import Tensor

extension Trainer {
    /// Counts a step that a loss scale may have held up.
    func note(isTaken: Bool) throws {
        optimizer.settleCount()
        if isTaken {
            cursor.skippedInRow = 0
            experiment.average?.noteStep()
            return
        }
        cursor.skipped += 1
        cursor.skippedInRow += 1
        // From the largest scale to 1 there are 32.
        guard cursor.skippedInRow <= 40 else {
            throw divergence(
                "the gradients hold NaN or infinity in \(cursor.skippedInRow) steps in a row, at "
                    + "last without a loss scale", remedy: "train in training.precision=bf16")
        }
    }

    /// What goes on of a loss scale from session to session; nil without one.
    var lossScaleText: String? {
        experiment.lossScale.map { "\($0.state.scale) \($0.state.cleanSteps)" }
    }

    /// Throws where a loss scale is none. One that began later, by another precision, has no state.
    func restoreLossScale(_ state: TrainingState, path: String) throws(RunError) {
        guard let lossScale = experiment.lossScale, let text = state.extra["lossScale"] else {
            return
        }
        let parts = text.split(separator: " ")
        guard parts.count == 2, let scale = Double(parts[0]), let clean = Int(parts[1]),
            LossScale.limits.contains(scale), (0..<lossScale.interval).contains(clean)
        else {
            throw RunError(
                .data, "\(path): its loss scale is damaged; resume from another checkpoint")
        }
        lossScale.state = LossScale.State(scale: scale, cleanSteps: clean)
    }
}
