import FTConfig
import Training

/// `fttrain verify RUN`: trains a run again and compares.
enum VerifyCommand {
    static let command = Command(
        name: "verify", summary: "Train a run again, elsewhere, and compare it to the bit.",
        arguments: [CommandArgument("RUN", doc: "a run folder, which is not touched")],
        options: [
            .value(
                "from", "STEP", type: .int(min: 0),
                doc: "begin at a kept checkpoint instead of the start"), Program.threads,
            Program.json,
        ])

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        TrainCommand.setThreads(invocation)
        let verification = try Verification(
            invocation.arguments[0], from: invocation.int("from") ?? 0,
            stop: StopSignal.listening())
        if invocation.flag("json") {
            JSONReport.emit("verify", verification.json)
        } else {
            Terminal.print(verification.lines.joined(separator: "\n"))
        }
        guard verification.difference == nil else {
            throw Shortfall(.failedCheck, "trained again, the run comes out another")
        }
        return .success
    }
}
