import FTConfig
import FTJSON
import FTSupport
import Training

/// `fttrain check CONFIG`: everything but the training.
enum CheckCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let file = invocation.arguments[0]
        let config = try RunConfig(file: file, overrides: TrainCommand.overrides(invocation))
        TrainCommand.setThreads(invocation)
        let experiment = try Experiment(config)
        let weights = try experiment.initialWeightNotes()
        let info = experiment.info()
        let gradients = try invocation.flag("gradients") ? checkGradients(experiment) : nil
        let first = try experiment.firstStep()
        let passed = gradients?.passed ?? true && first.problem == nil
        let wrong = first.problem ?? "the gradients are not right"
        let shortfall = passed ? nil : Shortfall(.failedCheck, "\(file): \(wrong)")
        if invocation.flag("json") {
            var object: JSONObject = ["config": .string(file)]
            object.append(contentsOf: info.json)
            if let weights { object["from"] = .string(weights.joined(separator: "; ")) }
            object["remarks"] = .strings(experiment.remarks)
            object["layers"] = experiment.layerTable.json
            object.append(contentsOf: first.json)
            if let gradients { object["gradients"] = .object(gradients.json) }
            JSONReport.emit("check", object)
            if let shortfall { throw shortfall }
            return .success
        }
        var lines = info.headerLines + [""] + experiment.layerTable.lines + [""]
        if let weights {
            lines += weights.flatMap { "from    \($0)".wrapped(indent: 8) } + [""]
        }
        if let gradients { lines += gradients.lines + [""] }
        for remark in experiment.remarks { Terminal.note(remark) }
        lines += [first.line, ""]
        lines += "\(file): \(passed ? "fine" : wrong)".wrapped(indent: 8)
        if let remedy = first.remedy { lines += "next    \(remedy)".wrapped(indent: 8) }
        Terminal.print(lines.joined(separator: "\n"))
        if let shortfall { throw shortfall }
        return .success
    }

    /// Says how far it is, on a terminal all the time and elsewhere every ten seconds.
    private static func checkGradients(_ experiment: Experiment) throws -> GradientReport {
        let note = PassingNote()
        defer { note.clear() }
        return try experiment.checkGradients { done, all, name in
            note.show("gradients of parameter \(done) of \(all): \(name)")
        }
    }
}
