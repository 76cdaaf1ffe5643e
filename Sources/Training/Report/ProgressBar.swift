import FTSupport

/// One line on standard error that is drawn over again, at most ten times a second.
final class ProgressBar {
    private var lastDraw = 0.0
    private var isVisible = false
    private let hasColor = Terminal.hasColor

    /// Draws where training stands, if the last drawing is old enough.
    func update(_ progress: StepProgress) {
        let now = Clock.seconds()
        guard now - lastDraw >= 0.1 else { return }
        lastDraw = now
        isVisible = true
        let line = String(line(progress).prefix(max(20, Terminal.width - 1)))
        Terminal.draw("\r\u{1B}[K" + (hasColor ? "\u{1B}[36m\(line)\u{1B}[0m" : line))
    }

    /// Removes the line, so that others can be printed.
    func clear() {
        guard isVisible else { return }
        isVisible = false
        Terminal.draw("\r\u{1B}[K")
    }

    private func line(_ progress: StepProgress) -> String {
        let share = Double(progress.stepInEpoch) / Double(max(1, progress.stepsPerEpoch))
        let filled = Int(share * 24)
        let bar =
            String(repeating: "━", count: filled) + String(repeating: "─", count: 24 - filled)
        let speed = Double(progress.samples) / max(progress.seconds, 1e-9)
        return "epoch \(progress.epoch)/\(progress.epochs) \(bar) "
            + "\(progress.stepInEpoch)/\(progress.stepsPerEpoch)  "
            + "loss \(Format.measure(progress.meanLoss))  "
            + "\(Format.whole(speed))/s  left \(Format.duration(progress.remaining))"
    }
}
