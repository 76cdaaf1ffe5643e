import FTConfig
import FTSupport
import Glibc
import Tensor
import Training

/// `fttrain sweep CONFIG key=a,b key2=lo..hi`: one training after another, or several at once.
enum SweepCommand {
    static let jobs = CommandOption.value(
        "jobs", short: "j", "N", type: .int(min: 1, max: 256),
        doc: "train so many at once, each with its share of the processors; the bits are the same")

    static let command = Command(
        name: "sweep", summary: "Train a config with many values of its keys, and find the best.",
        arguments: [
            CommandArgument(
                "CONFIG|SWEEP", doc: "a config file; or the folder of a sweep, to go on with it")
        ],
        options: [
            .value(
                "trials", "N", type: .int(min: 1, max: 10_000),
                doc: "draw so many sets of values at random, instead of all of them"),
            .value("seed", "N", type: .int(min: 0), doc: "of the draws; 0 by default"),
            .flag(
                "median",
                doc: "end trials whose best is worse than the median of what three others or more "
                    + "were on average up to the same step"),
            .value("out", "DIR", doc: "the folder, instead of sweeps/NAME-NNN"), jobs,
            .value(
                "only", "K", type: .int(min: 1),
                doc: "of a sweep that is there: train its trial K alone"),
            Program.device, Program.tensorboard, Program.threads, Program.quiet, Program.json,
        ], takesOverrides: true, overrideExample: "optimizer.learningRate=1e-4..1e-1, model.x=1,2")

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        try run(invocation, sweep(invocation))
    }

    /// Trains what is left of a sweep, and tells what all came to.
    static func run(_ invocation: CommandInvocation, _ sweep: Sweep) throws -> ExitStatus {
        let stop = StopSignal.listening()
        TrainCommand.setThreads(invocation)
        sweep.logsForTensorBoard = invocation.flag("tensorboard")
        let (isJSON, isQuiet) = (invocation.flag("json"), invocation.flag("quiet"))
        let isSilent = isJSON || isQuiet
        sweep.isSilent = isSilent
        func report(_ line: String) { if !isSilent { Terminal.print(line) } }
        if let number = invocation.int("only") {
            Sweep.endWithParent()
            let (isDone, isSound) = try sweep.run(only: number, stop: stop, report: report)
            return isDone ? (isSound ? .success : .failedCheck) : .interrupted
        }
        if let remark = sweep.remark { Terminal.note(remark) }
        report("\(sweep.isOfFolds ? "folds" : "sweep")   \(sweep.path)")
        let isDone: Bool
        if let jobs = invocation.int("jobs"), jobs > 1 {
            isDone = try sweep.run(
                jobs: jobs, program: program, threads: CPUBackend.shared.threads,
                stop: stop)
        } else {
            isDone = try sweep.run(stop: stop, report: report)
        }
        if isJSON {
            JSONReport.emit(sweep.isOfFolds ? "folds" : "sweep", sweep.json)
        } else if !isQuiet {
            Terminal.print(([""] + sweep.lines + ending(sweep, isDone)).joined(separator: "\n"))
        }
        if !isDone { return .interrupted }
        if let problem = sweep.problem {
            Terminal.warn("fttrain: \(problem)")
            throw Shortfall(.failedCheck, problem)
        }
        guard sweep.hasValue else { throw Shortfall(.failedCheck, noValue(sweep)) }
        return .success
    }

    /// What can be done next.
    private static func ending(_ sweep: Sweep, _ isDone: Bool) -> [String] {
        let name = sweep.isOfFolds ? "folds" : "sweep"
        if !isDone { return ["", "next    fttrain \(name) \(sweep.path.shellPath)"] }
        return sweep.hasValue ? sweep.endLines : ["", noValue(sweep)]
    }

    private static func noValue(_ sweep: Sweep) -> String {
        sweep.isOfFolds
            ? "no fold came to a value; look at the first one's folder"
            : "no trial came to a value; see what the first one's folder says, and give the keys "
                + "other values, or training.bestBy another measure"
    }

    /// Where this program lies.
    private static var program: String {
        let link = "/proc/self/exe"
        let own = Folder.real(link)
        return own == link ? Arguments.program : own
    }

    private static func sweep(_ invocation: CommandInvocation) throws -> Sweep {
        let target = invocation.arguments[0]
        if Folder.exists(target) {
            let sweep = try Sweep(opening: target)
            let options = ["trials", "seed", "out", "device"].filter {
                invocation.string($0) != nil
            }
            guard invocation.overrides.isEmpty, options.isEmpty, !invocation.flag("median") else {
                throw UsageError(
                    "sweep: \(target) goes on as it was begun and takes no key=value, --trials, "
                        + "--seed, --median, --device or --out; name a config for another sweep")
            }
            return sweep
        }
        guard invocation.int("only") == nil else {
            throw UsageError("sweep: --only is for a sweep that is there; name its folder")
        }
        guard !invocation.overrides.isEmpty else {
            throw UsageError(
                "sweep: nothing varies; give keys, as in optimizer.learningRate=0.1,0.01")
        }
        return try Sweep(
            config: target, TrainCommand.overrides(invocation), trials: invocation.int("trials"),
            seed: UInt64(invocation.int("seed") ?? 0), out: invocation.string("out"),
            endsByMedian: invocation.flag("median"))
    }
}
