import Checkpoint
import FTSupport

/// Training as text: lines on standard output, a bar while a terminal watches, all of it in the
/// run's `log.txt`.
public final class TextReport: TrainingObserver {
    private let isQuiet: Bool
    private let warn: ((String) -> Void)?
    private let bar: ProgressBar?
    private let logSeconds: Double
    private var logPath: String?
    private var table = EpochTable(metrics: [])
    private var lastLine = Clock.seconds()

    /// A report on standard output, with a progress bar on a terminal.
    ///
    /// - Parameters:
    ///   - isQuiet: print nothing; the log is written all the same.
    ///   - logSeconds: seconds between progress lines where no bar can be drawn; 0 for none.
    ///   - logPath: where to keep what is printed.
    ///   - warn: is told of warnings that nothing is printed of.
    public init(
        isQuiet: Bool = false, logSeconds: Double = 10, logPath: String? = nil,
        warn: ((String) -> Void)? = nil
    ) {
        self.isQuiet = isQuiet
        self.warn = warn
        self.logSeconds = logSeconds
        self.logPath = logPath
        bar = isQuiet || !Terminal.canDraw ? nil : ProgressBar()
    }

    /// Prints and logs what the event says.
    public func handle(_ event: TrainingEvent) {
        switch event {
        case .started(let info): start(info)
        case .firstLoss(let loss, let step):
            line("first   loss \(Format.measure(loss)) at step \(Format.grouped(step))")
            line("")
            line(table.heading)
        case .step(let progress): show(progress)
        // Of a run that trains nothing the last lines say what was measured.
        case .epoch(let record) where record.step == 0: lastLine = Clock.seconds()
        case .epoch(let record):
            line(table.row(record))
            lastLine = Clock.seconds()
        case .warning(let text):
            if isQuiet, let warn { warn(text) }
            note(text)
        case .note(let text): note(text)
        case .saved: break
        case .ended(let summary, let path): end(summary, path)
        }
    }

    private func note(_ text: String) {
        for text in "note    \(text)".wrapped(indent: 8) { line(text) }
    }

    /// Prints a line and logs it.
    public func line(_ text: String) {
        bar?.clear()
        if !isQuiet { Terminal.print(text) }
        // A log that can't be written must not end a run; checkpoints report a full disk.
        if let logPath { try? FileWriting.append(text.harmlessLines + "\n", to: logPath) }
    }

    private func start(_ info: RunInfo) {
        let titles = info.metricTitles
        table = EpochTable(metrics: info.metrics.map { titles[$0] ?? $0 })
        if let logPath {
            let title = "fttrain \(FrameworkVersion.current)   \(TrainingState.timestamp())\n"
            try? FileWriting.append(title, to: logPath)
        }
        for text in info.headerLines { line(text) }
    }

    private func show(_ progress: StepProgress) {
        if let bar { return bar.update(progress) }
        guard logSeconds > 0, !isQuiet else { return }
        let now = Clock.seconds()
        guard now - lastLine >= logSeconds else { return }
        lastLine = now
        let speed = Double(progress.samples) / max(progress.seconds, 1e-9)
        line(
            "        epoch \(progress.epoch)/\(progress.epochs)  step "
                + "\(progress.stepInEpoch)/\(progress.stepsPerEpoch)  loss "
                + "\(Format.measure(progress.meanLoss))  \(Format.whole(speed)) samples/s  left "
                + Format.duration(progress.remaining))
    }

    private func end(_ summary: RunSummary, _ path: String) {
        for text in summary.closingLines(path) { line(text) }
    }
}
