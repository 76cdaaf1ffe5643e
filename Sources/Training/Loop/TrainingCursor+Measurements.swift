import Checkpoint
import Datasets

// What a cursor knows of measurements besides the best.
extension TrainingCursor {
    /// Counts a measurement at the step that was reached.
    mutating func noteMeasurement() {
        measurements += 1
        measuredStep = step
    }

    func saveMeasurements(into state: inout TrainingState) {
        state.extra["measuredStep"] = "\(measuredStep)"
        state.extra["measurements"] = "\(measurements)"
        if gradientNorms > 0 {
            state.extra["gradientNormSum"] = gradientNormSum.description
            state.extra["gradientNorms"] = gradientNorms.description
        }
        if let restoredEpoch { state.extra[TrainingCursor.restoredKey] = "\(restoredEpoch)" }
        guard let gain else { return }
        state.extra["gain.epoch"] = "\(gain.epoch)"
        state.extra["gain.by"] = gain.by
        state.extra["gain.value"] = gain.value.description
    }

    /// The key in a checkpoint's state of the epoch whose weights it has in place of the last
    /// one's.
    static let restoredKey = "restoredEpoch"

    mutating func readMeasurements(_ state: TrainingState, path: String) throws(CheckpointError) {
        func count(_ key: String) throws(CheckpointError) -> Int? {
            guard let text = state.extra[key] else { return nil }
            guard let value = Int(text), (0...TrainingCursor.limit).contains(value) else {
                throw CheckpointError(
                    .damaged, path,
                    "has no number of steps or epochs in \"\(key)\"; use another checkpoint")
            }
            return value
        }
        // Older versions measured at the ends of epochs alone.
        measuredStep = try count("measuredStep") ?? (sampler.position == 0 ? step : step - 1)
        measurements = try count("measurements") ?? sampler.epoch
        restoredEpoch = try count(TrainingCursor.restoredKey)
        let norms = ["gradientNormSum", "gradientNorms"].compactMap { key in
            state.extra[key].flatMap { Double($0) }
        }
        if norms.count == 2, norms.allSatisfy({ $0.isFinite && $0 >= 0 }) {
            (gradientNormSum, gradientNorms) = (norms[0], norms[1])
        }
        guard let epoch = try count("gain.epoch"), let by = state.extra["gain.by"],
            let value = state.extra["gain.value"].flatMap({ Double($0) })
        else { return }
        gain = Gain(epoch: epoch, by: by, value: value)
    }
}
