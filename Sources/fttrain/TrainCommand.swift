import FTConfig
import FTSupport
import Glibc
import Tensor
import Training

/// `fttrain CONFIG`: trains in a new run folder.
enum TrainCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let stop = StopSignal.listening()
        let path = invocation.arguments[0]
        let config = try RunConfig(file: path, overrides: overrides(invocation))
        setThreads(invocation)
        if let out = invocation.string("out") { try RunFolder.checkFree(out) }
        let experiment = try Experiment(config)
        let folder = try invocation.string("out").map { out throws(RunError) in
            try RunFolder.create(out)
        }
        let trainer = try Trainer(
            starting: experiment, in: folder ?? RunFolder.claim(config.name), stop: stop)
        return try run(trainer, invocation)
    }

    /// Trains while reporting as the options say; `preamble` stands above the report.
    static func run(
        _ trainer: Trainer, _ invocation: CommandInvocation, preamble: [String] = []
    ) throws -> ExitStatus {
        let isJSON = invocation.flag("json")
        let isQuiet = invocation.flag("quiet")
        if isJSON { trainer.observers.append(JSONReport()) }
        if invocation.flag("tensorboard") { trainer.observers.append(TensorBoardLog(trainer)) }
        let report = TextReport(
            isQuiet: isQuiet || isJSON, logSeconds: trainer.experiment.config.logEverySeconds,
            logPath: trainer.folder.logPath,
            warn: isJSON ? nil : { Terminal.warn("fttrain: \(trainer.folder.path): \($0)") })
        for line in preamble { report.line(line) }
        trainer.observers.append(report)
        let summary = try trainer.run()
        if isQuiet, !isJSON { Terminal.print(trainer.folder.path) }
        switch summary.status {
        case .completed, .running:
            guard let problem = summary.noBest else { return .success }
            let sentence = "\(trainer.folder.path): \(problem)"
            if isQuiet || isJSON { Terminal.warn("fttrain: \(sentence)") }
            throw Shortfall(.failedCheck, sentence)
        case .interrupted: return .interrupted
        case .failed: throw Shortfall(.data, summary.reason ?? "the run failed")
        case .diverged:
            let reason = summary.reason ?? "it diverged"
            if isQuiet || isJSON { Terminal.warn("fttrain: \(reason)") }
            throw Shortfall(.diverged, reason)
        }
    }

    /// The `key=value` arguments with those that options stand for.
    static func overrides(_ invocation: CommandInvocation) -> [String] {
        var overrides = invocation.overrides
        if let device = invocation.string("device") { overrides.append("device=\(device)") }
        if let data = invocation.string("data") { overrides.append("data.path=\(data)") }
        return overrides
    }

    /// Applies `--threads`; more than the machine has are as many as it has.
    static func setThreads(_ invocation: CommandInvocation) {
        if let threads = invocation.int("threads") { CPUBackend.shared.threads = threads }
    }
}
