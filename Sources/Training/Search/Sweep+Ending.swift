import FTConfig
import FTSupport

extension Sweep {
    /// What a person can do with what was trained: commands, in lines below the table.
    public var endLines: [String] { isOfFolds ? foldLines : trialEndLines }

    private var trialEndLines: [String] {
        guard isRanked else {
            return [
                "", "best    none, for their values don't compare; look at one by its folder",
                "next    fttrain compare \(path.shellPath)",
            ]
        }
        guard let best, let index = results.first?.index else { return [] }
        let name = best.path.shellPath
        let isText = best.config.data.optional("text") != nil
        var next = [
            "fttrain eval \(name)",
            isText
                ? "fttrain generate \(name)"
                : "fttrain predict \(name) \(best.config.dataPath.shellPath)",
        ]
        let epochs = best.config.epochs
        if best.config.value.child("schedule").type == "constant", best.rows.last?.epoch == epochs {
            next.append("fttrain resume \(name) training.epochs=\(2 * max(epochs, 1))")
        }
        return ["", "best    trial \(index + 1), in \(best.path)"] + Sweep.commands(next)
            + ["config  fttrain \(bestPath.shellPath)"]
    }

    private var foldLines: [String] {
        let folds = FoldSummary(records).folds
        guard let first = folds.first else { return [] }
        let epochs = folds.map(\.epoch).sorted()
        let (said, isGiven) = ownOverrides
        let data = try? RunConfig(text: base, file: file, overrides: said).data
        let isHeld = ["validation", "split"].contains { data?.optional($0) != nil }
        let whole =
            isGiven && isHeld
            ? said : said + ["data.folds=null", "training.epochs=\(epochs[epochs.count / 2])"]
        let why =
            isGiven && isHeld
            ? "its own validation data choose the best epoch"
            : "for as many epochs as folds had at their best, in the median"
        let note =
            "note    each folder holds a model that learned from the other folds; one for use learns "
            + "from all of them, and \(why)"
        let command = ([file.shellPath] + whole.map(\.shellWord)).joined(separator: " ")
        return note.wrapped(indent: 8) + [""]
            + Sweep.commands(["fttrain \(command)", "fttrain eval \(first.path.shellPath)"])
    }

    private static func commands(_ commands: [String]) -> [String] {
        commands.enumerated().map { ($0 == 0 ? "next    " : "        ") + $1 }
    }

    /// The `key=value` arguments that all folds share, as they were given, and whether the number
    /// of folds was given beside them.
    private var ownOverrides: (said: [String], isGiven: Bool) {
        let shared = Array(trials[0].dropLast())
        let added = shared.suffix(Sweep.unheld.count + 1)
        let isGiven =
            Array(added.dropLast()) == Sweep.unheld
            && added.last?.hasPrefix(Sweep.foldCount) == true
        return (isGiven ? Array(shared.dropLast(added.count)) : shared, isGiven)
    }

    /// What a given number of folds adds to the arguments, before that number.
    static let unheld = ["data.split=null", "data.validation=null"]
    static let foldCount = "data.folds="
}
