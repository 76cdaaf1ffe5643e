import FTConfig
import Training

/// `fttrain find-rate CONFIG`: which learning rate a model learns fastest at.
enum FindRateCommand {
    static let command = Command(
        name: "find-rate", summary: "Try growing learning rates for some steps, and suggest one.",
        arguments: [CommandArgument("CONFIG", doc: "a config file")],
        options: [
            .value(
                "steps", "N", type: .int(min: 10, max: 100_000),
                doc: "how many steps at most; 100 by default"),
            .value("from", "RATE", type: .number(above: 0), doc: "the first rate; 1e-6 by default"),
            .value("to", "RATE", type: .number(above: 0), doc: "the last rate; 1 by default"),
            Program.device, Program.threads, Program.json,
        ], takesOverrides: true)

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let file = invocation.arguments[0]
        let config = try RunConfig(file: file, overrides: TrainCommand.overrides(invocation))
        TrainCommand.setThreads(invocation)
        let search = try RateSearch(
            Experiment(config), from: invocation.double("from") ?? 1e-6,
            to: invocation.double("to") ?? 1, steps: invocation.int("steps") ?? 100)
        if invocation.flag("json") {
            JSONReport.emit("rates", search.json)
        } else {
            let lines = search.lines(file: file, TrainCommand.overrides(invocation))
            Terminal.print(lines.joined(separator: "\n"))
        }
        guard search.suggestion != nil else {
            throw Shortfall(.failedCheck, "no rate of those tried makes the loss fall")
        }
        return .success
    }
}
