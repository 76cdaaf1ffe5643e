import FTConfig
import Training

/// `fttrain profile CONFIG`: measures training steps by operation.
enum ProfileCommand {
    static let command = Command(
        name: "profile", summary: "Train a few steps and show the time and memory of operations.",
        arguments: [CommandArgument("CONFIG", doc: "a config file")],
        options: [
            .value("steps", "N", type: .int(min: 1, max: 100_000), doc: "how many; 10 by default"),
            .value("out", "FILE", doc: "a trace for chrome://tracing or ui.perfetto.dev"),
            Program.device, Program.threads, Program.json,
        ], takesOverrides: true)

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let config = try RunConfig(
            file: invocation.arguments[0], overrides: TrainCommand.overrides(invocation))
        TrainCommand.setThreads(invocation)
        if let path = invocation.string("out") { try FileWriting.check(path) }
        let profile = try Experiment(config).profile(steps: invocation.int("steps") ?? 10)
        let isJSON = invocation.flag("json")
        if !isJSON { Terminal.print(profile.lines.joined(separator: "\n")) }
        if let path = invocation.string("out") {
            try profile.writeTrace(to: path)
            if !isJSON { Terminal.print("wrote   \(path)   \(profile.eventCount) events") }
        }
        if isJSON { JSONReport.emit("profile", profile.json) }
        return .success
    }
}
