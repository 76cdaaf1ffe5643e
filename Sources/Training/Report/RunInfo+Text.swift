import Checkpoint
import FTSupport

extension RunInfo {
    /// The lines above the table: the run, its device, data and model.
    public var headerLines: [String] {
        var lines: [String] = []
        if !path.isEmpty {
            let place = resumedStep.map { step in
                "   resumed at step \(Format.grouped(step)), epoch \(resumedEpoch + 1)"
            }
            lines.append("run     \(path)   seed \(seed)\(place ?? "")")
        }
        lines.append("device  \(device)\(deviceNote.isEmpty ? "" : " (\(deviceNote))")")
        lines.append("data    \(dataLine)")
        lines.append("model   \(modelLine)")
        lines.append("train   \(trainLine)")
        if let sentence = units?.sentence { lines.append("target  \(sentence)") }
        return lines.flatMap(\.folded)
            + ([weighting].compactMap(\.self).flatMap { "weights \($0)".wrapped(indent: 8) })
    }

    private var trainLine: String {
        if epochs == 0 {
            return "nothing, for training.epochs is 0   the weights are measured and kept as "
                + "they are"
        }
        return "\(Format.count(epochs, "epoch")) of \(Format.count(stepsPerEpoch, "step")), batch "
            + "\(batchSize)   \(loss), \(optimizer), \(schedule) schedule"
            + (precision == "fp32" ? "" : ", \(precision)")
    }

    private var dataLine: String {
        var counts = "train \(Format.grouped(trainCount))"
        if validationCount > 0 { counts += ", validation \(Format.grouped(validationCount))" }
        let input = storedInput == modelInput ? storedInput : "\(storedInput) → \(modelInput)"
        return "\(dataPath)   \(counts)   \(input)\(targetNote.isEmpty ? "" : ", \(targetNote)")"
            + (isInMemory ? "" : "   streamed from disk")
    }

    private var modelLine: String {
        let frozen =
            trainableCount == parameterCount
            ? "" : ", \(Format.grouped(trainableCount)) trainable"
        let layerCount = layers.filter { $0.depth == 0 }.count
        return "\(Format.count(layerCount, "layer"))   \(Format.count(parameterCount, "parameter"))"
            + " (\(Format.mebibytes(parameterBytes)) MiB)\(frozen)"
    }
}
