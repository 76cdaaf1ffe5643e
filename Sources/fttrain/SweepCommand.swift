import FTConfig
import FTSupport
import Glibc
import Training

/// `fttrain sweep CONFIG key=a,b key2=lo..hi`: one training after another.
enum SweepCommand {
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
            .value("out", "DIR", doc: "the folder, instead of sweeps/NAME-NNN"), Program.threads,
            Program.json,
        ], takesOverrides: true, overrideExample: "optimizer.learningRate=1e-4..1e-1, model.x=1,2")

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let stop = StopSignal.listening()
        TrainCommand.setThreads(invocation)
        let isJSON = invocation.flag("json")
        let sweep = try sweep(invocation)
        if !isJSON { Terminal.print("sweep   \(sweep.path)") }
        let isDone = try sweep.run(stop: stop) { if !isJSON { Terminal.print($0) } }
        if isJSON {
            JSONReport.emit("sweep", sweep.json)
        } else {
            var lines = sweep.lines
            if !isDone {
                lines += ["", "next    fttrain sweep \(sweep.path)"]
            } else if sweep.hasBest {
                lines += ["", "best    fttrain \(sweep.bestPath)"]
            } else {
                lines += ["", "no trial came to a value; give the keys other values"]
            }
            Terminal.print(([""] + lines).joined(separator: "\n"))
        }
        if !isDone { return .interrupted }
        return sweep.hasBest ? .success : .failedCheck
    }

    private static func sweep(_ invocation: CommandInvocation) throws -> Sweep {
        let target = invocation.arguments[0]
        if Folder.exists(target) {
            let sweep = try Sweep(opening: target)
            let options = ["trials", "seed", "out"].filter { invocation.string($0) != nil }
            guard invocation.overrides.isEmpty, options.isEmpty else {
                throw UsageError(
                    "sweep: \(target) goes on as it was begun and takes no key=value, --trials, "
                        + "--seed or --out; name a config for another sweep")
            }
            return sweep
        }
        guard access(target, F_OK) == 0 else {
            throw UsageError("\(target): there is no such file; name a config or a sweep's folder")
        }
        guard !invocation.overrides.isEmpty else {
            throw UsageError(
                "sweep: nothing varies; give keys, as in optimizer.learningRate=0.1,0.01")
        }
        return try Sweep(
            config: target, invocation.overrides, trials: invocation.int("trials"),
            seed: UInt64(invocation.int("seed") ?? 0), out: invocation.string("out"))
    }
}
