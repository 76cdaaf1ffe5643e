import FTConfig
import FTJSON
import Training

/// `fttrain check CONFIG`: everything but the training.
enum CheckCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let file = invocation.arguments[0]
        let config = try RunConfig(file: file, overrides: TrainCommand.overrides(invocation))
        TrainCommand.setThreads(invocation)
        let experiment = try Experiment(config)
        let weights = try experiment.loadInitialWeights()
        let info = experiment.info()
        let gradients = try invocation.flag("gradients") ? experiment.checkGradients() : nil
        let status = gradients?.passed ?? true ? ExitStatus.success : .failedCheck
        if invocation.flag("json") {
            var object: JSONObject = ["config": .string(file)]
            object.append(contentsOf: info.json)
            if let weights { object["from"] = .string(weights) }
            object["remarks"] = .strings(experiment.remarks)
            object["layers"] = experiment.layerTable.json
            if let gradients { object["gradients"] = .object(gradients.json) }
            JSONReport.emit("check", object)
            return status
        }
        var lines = info.headerLines + [""] + experiment.layerTable.lines + [""]
        if let weights { lines += ["from    \(weights)", ""] }
        if let gradients { lines += gradients.lines + [""] }
        for remark in experiment.remarks { Terminal.warn("fttrain: \(remark)") }
        lines.append("\(file): \(status == .success ? "fine" : "the gradients are not right")")
        Terminal.print(lines.joined(separator: "\n"))
        return status
    }
}
