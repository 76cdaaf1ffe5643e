import FTConfig
import FTJSON
import Training

/// `fttrain check CONFIG`: everything but the training.
enum CheckCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let file = invocation.arguments[0]
        let config = try RunConfig(file: file, overrides: TrainCommand.overrides(invocation))
        TrainCommand.setThreads(invocation)
        let info = try Experiment(config).info()
        if invocation.flag("json") {
            var object: JSONObject = ["config": .string(file)]
            object.append(contentsOf: info.json)
            object["layers"] = .array(info.layers.map(\.json))
            JSONReport.emit("check", object)
            return .success
        }
        let lines = info.headerLines + [""] + info.layerLines + ["", "\(file): fine"]
        Terminal.print(lines.joined(separator: "\n"))
        return .success
    }
}
