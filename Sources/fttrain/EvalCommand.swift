import FTConfig
import Training

/// `fttrain eval RUN|CHECKPOINT`: measures without training.
enum EvalCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        TrainCommand.setThreads(invocation)
        let evaluation = try Evaluation(
            invocation.arguments[0], overrides: TrainCommand.overrides(invocation))
        if invocation.flag("json") {
            JSONReport.emit("eval", evaluation.json)
        } else {
            Terminal.print(evaluation.lines.joined(separator: "\n"))
        }
        return .success
    }
}
