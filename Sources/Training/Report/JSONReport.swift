public import FTJSON
import FTSupport

/// Training for programs: one JSON object per line on standard output.
public final class JSONReport: TrainingObserver {
    private var lastStep = Clock.seconds()

    /// A report that prints its first step after a second.
    public init() {}

    /// Prints the event; steps at most once a second.
    public func handle(_ event: TrainingEvent) {
        switch event {
        case .started(let info): JSONReport.emit("start", info.json)
        case .firstLoss(let loss, let step):
            JSONReport.emit(
                "firstStep", ["step": .int(step), "loss": JSONValue(number: loss)])
        case .step(let progress):
            let now = Clock.seconds()
            guard now - lastStep >= 1 else { return }
            lastStep = now
            JSONReport.emit("step", progress.json)
        case .epoch(let record): JSONReport.emit("epoch", record.json)
        case .warning(let text): JSONReport.emit("warning", ["message": .string(text)])
        case .note(let text): JSONReport.emit("note", ["message": .string(text)])
        case .saved(let path, let step):
            JSONReport.emit("checkpoint", ["path": .string(path), "step": .int(step)])
        case .ended(let summary, let path):
            var object: JSONObject = ["run": .string(path)]
            object.append(contentsOf: summary.json)
            JSONReport.emit("end", object)
        }
    }

    /// Prints an object whose first key is the name of the event.
    public static func emit(_ event: String, _ object: JSONObject) {
        var line: JSONObject = ["event": .string(event)]
        line.append(contentsOf: object)
        Terminal.print(JSONValue.object(line).text())
    }
}

extension StepProgress {
    fileprivate var json: JSONObject {
        [
            "epoch": .int(epoch), "step": .int(step), "loss": JSONValue(number: meanLoss),
            "samplesPerSecond": JSONValue(number: Double(samples) / max(seconds, 1e-9)),
            "remaining": JSONValue(number: remaining),
        ]
    }
}
