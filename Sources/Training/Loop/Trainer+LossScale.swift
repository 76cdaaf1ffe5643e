import Checkpoint
import Optim
import Tensor

extension Trainer {
    /// Has the next step made at the rate of those that counted: the host doesn't know yet whether
    /// the last one did.
    func setRate() throws {
        // Somebody asked the optimizer for its count, which settled that.
        if let last = unread, last.numbers.tellsIfFinite, !optimizer.isOpen(step: last.launch) {
            try settle()
        }
        let changes = cursor.changes
        optimizer.learningRate = rates.rate(after: changes)
        guard experiment.lossScale != nil else { return }
        optimizer.rateHeldUp = { [rates] heldUp in rates.rate(after: changes - heldUp) }
    }

    /// Counts a step that a loss scale may have held up.
    ///
    /// - Parameter isTaken: whether its gradients were finite.
    func note(_ last: UnreadStep, isTaken: Bool, weight: Double) throws {
        optimizer.settle(step: last.launch, counts: isTaken && weight != 0)
        experiment.average?.weights.settle(update: last.update, counts: isTaken && weight != 0)
        if isTaken {
            // Gradients of nothing say nothing of the scale.
            if weight != 0 { cursor.skippedInRow = 0 }
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
