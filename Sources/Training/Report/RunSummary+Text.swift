import FTSupport

extension RunSummary {
    /// The last lines of a run: how it ended, the best epoch, where things are, what to try next.
    func closingLines(_ path: String) -> [String] {
        var lines = [""] + (reason == nil ? endLine.folded : endLine.wrapped(indent: 8))
        lines += bestLines(path)
        if let noBest { lines += "best    \(noBest)".wrapped(indent: 8) }
        if let best, let note = units?.note(on: best.measurement) {
            lines += "        \(note)".folded
        }
        if let page { lines.append("page    \(page)") }
        lines.append("run     \(path)")
        return lines + nextLines(path)
    }

    /// The best epoch and where its weights are; empty where none is.
    package func bestLines(_ path: String) -> [String] {
        guard let best else { return [] }
        let values = best.measurement.metrics.map {
            "\(metricTitles[$0.name] ?? $0.name) \(Format.measure($0.value))"
        }
        let measured = (["loss \(Format.measure(best.measurement.loss))"] + values)
            .joined(separator: ", ")
        let which = best.epoch == 0 ? "as it was" : "epoch \(best.epoch)"
        return "best    \(which): \(measured) → \(path)/best.safetensors".folded
    }

    private var endLine: String {
        if status == .completed, steps == 0 {
            return "done    measured in \(Format.duration(seconds)); nothing was trained"
        }
        let wait = "waited for data \(Format.share(dataWaitShare)) of the time"
        // An epoch that was cut short isn't counted.
        let whole = epochs > 0 ? "\(Format.count(epochs, "epoch")), " : ""
        let work =
            "\(whole)\(Format.count(steps, "step")) in "
            + "\(Format.duration(seconds)), "
            + "\(Format.whole(samplesPerSecond)) samples/s, \(wait)"
        switch status {
        case .completed, .running: return "done    \(work)"
        case .interrupted: return "stopped \(work)"
        case .diverged, .failed: return "failed  \(reason ?? "the loss is not finite")"
        }
    }

    /// What trains a run that is over on.
    package func longerCommand(_ path: String) -> String {
        (["fttrain resume \(path.shellPath)"] + longerSettings).joined(separator: " ")
    }

    private func nextLines(_ path: String) -> [String] {
        switch status {
        case .interrupted, .running, .failed:
            return ["next    fttrain resume \(path.shellPath)"]
        case .diverged:
            return "next    \(remedy ?? "lower optimizer.learningRate, and train again")"
                .wrapped(indent: 8)
        case .completed:
            let use = writesText ? ["fttrain generate \(path.shellPath)"] : []
            let next =
                use + ["fttrain eval \(path.shellPath)", "fttrain inspect \(path.shellPath)"]
            return ["next    \(next[0])"] + next.dropFirst().map { "        \($0)" }
                + (canBeLonger ? ["        \(longerCommand(path))"] : [])
        }
    }
}
