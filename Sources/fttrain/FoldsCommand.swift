import FTConfig
import FTSupport
import Glibc
import Tensor
import Training

/// `fttrain folds CONFIG`: a config trained on each of its folds, and what they came to on average.
enum FoldsCommand {
    static let command = Command(
        name: "folds", summary: "Train a config on each of k folds; means and deviations.",
        arguments: [
            CommandArgument(
                "CONFIG|FOLDS", doc: "a config file; or the folder of folds, to go on with them")
        ],
        options: [
            .value(
                "folds", "K", type: .int(min: 2, max: 1000),
                doc: "cut data.train into so many, instead of what the config says"),
            .value("out", "DIR", doc: "the folder, instead of folds/NAME-NNN"), SweepCommand.jobs,
            Program.device, Program.tensorboard, Program.threads, Program.quiet, Program.json,
        ], takesOverrides: true)

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        try SweepCommand.run(invocation, sweep(invocation))
    }

    private static func sweep(_ invocation: CommandInvocation) throws -> Sweep {
        let target = invocation.arguments[0]
        if Folder.exists(target) {
            let options = ["folds", "out", "device"].filter { invocation.string($0) != nil }
            guard invocation.overrides.isEmpty, options.isEmpty else {
                throw UsageError(
                    "folds: \(target) goes on as it was begun and takes no key=value, --folds, "
                        + "--device or --out; name a config for others")
            }
            return try Sweep(opening: target)
        }
        if let fold = invocation.overrides.first(where: { $0.hasPrefix("data.fold=") }) {
            throw UsageError("folds: trains all folds; leave \(fold) out, or train that one alone")
        }
        return try Sweep(
            folds: invocation.int("folds"), of: target, TrainCommand.overrides(invocation),
            out: invocation.string("out"))
    }
}
