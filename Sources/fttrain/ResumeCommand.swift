import FTConfig
import FTSupport
import Training

/// `fttrain resume RUN`: goes on from the last checkpoint.
enum ResumeCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let stop = StopSignal.listening()
        TrainCommand.setThreads(invocation)
        let path = invocation.arguments[0]
        let resumption = try Trainer.resume(
            path, overrides: TrainCommand.overrides(invocation), stop: stop)
        for warning in resumption.warnings { Terminal.warn("fttrain: \(warning)") }
        let isSilent = invocation.flag("json") || invocation.flag("quiet")
        let changes = resumption.changes.map { "  \($0)" }
        guard resumption.isComplete else {
            return try TrainCommand.run(
                resumption.trainer, invocation,
                preamble: changes.isEmpty ? [] : ["changed"] + changes)
        }
        let summary = try resumption.trainer.finishAtOnce()
        if invocation.flag("json") {
            JSONReport().handle(.ended(summary, path: resumption.trainer.folder.path))
        } else if isSilent {
            Terminal.print(resumption.trainer.folder.path)
        } else {
            let ending = "\(path): \(resumption.trainer.ending)".wrapped(indent: 8)
            let next = "next    \(summary.longerCommand(path))"
            Terminal.print((ending + summary.bestLines(path) + [next]).joined(separator: "\n"))
        }
        guard let problem = summary.noBest else { return .success }
        let sentence = "\(path): \(problem)"
        Terminal.warn("fttrain: \(sentence)")
        throw Shortfall(.failedCheck, sentence)
    }
}
