import FTConfig
import FTJSON
import FTSupport
import Glibc

/// A config trained with one set of values after another, in a folder that remembers which are
/// left.
public final class Sweep {
    /// What the sets differ in.
    enum Kind: String {
        /// Values of keys, of which one set is best.
        case trial
        /// The examples that are measured on.
        case fold
    }

    /// The folder: `sweep.json`, a run folder for each trial, and in the end `best.json`.
    public let path: String
    /// The `key=value` arguments of each trial.
    let trials: [[String]]
    let kind: Kind
    /// Whether trials end early that are worse than the median of those before.
    let endsByMedian: Bool
    let base: String
    /// The config file that it was begun with.
    let file: String
    /// Whether trials write what they measure for TensorBoard, too.
    public var logsForTensorBoard = false
    /// Whether nobody reads what is reported: why a trial can't be goes to standard error then.
    public var isSilent = false
    /// The warnings of trials that were told already.
    private var told: Set<String> = []
    /// The trials' folders as far as they were read, until more is trained.
    var readings = SweepReadings()
    /// What a person should know of the trials; nil mostly.
    public private(set) var remark: String?

    private static func planPath(_ path: String) -> String { "\(path)/sweep.json" }
    /// The config of the best trial.
    public var bestPath: String { "\(path)/best.json" }

    /// A new sweep over `key=a,b,c` and `key=lo..hi`; every config that it will train is checked.
    ///
    /// - Parameters:
    ///   - count: how many trials to draw; all combinations of lists if nil.
    ///   - out: the folder, instead of `sweeps/NAME-NNN`.
    ///   - endsByMedian: whether trials end early that are worse than the median of those before.
    public convenience init(
        config file: String, _ arguments: [String], trials count: Int?, seed: UInt64, out: String?,
        endsByMedian: Bool = false
    ) throws {
        let trials = try SweepSpace(arguments).fractions(in: file).trials(count, seed: seed)
        try self.init(.trial, file, trials, out: out, endsByMedian: endsByMedian)
        if let count, trials.count < count {
            remark =
                "\(Format.count(trials.count, "trial")) and not \(Format.grouped(count)): there "
                + "are no more different ones"
        }
    }

    /// A new training for each of the folds of `data.folds`.
    ///
    /// - Parameters:
    ///   - count: into how many folds `data.train` is cut, in place of what the config says, or of
    ///     its validation data.
    ///   - out: the folder, instead of `folds/NAME-NNN`.
    public convenience init(
        folds count: Int?, of file: String, _ overrides: [String], out: String?
    ) throws {
        let others = ["data.split", "data.validation"] + (count == nil ? [] : ["data.folds"])
        let given = overrides.first { override in
            others.contains { override.hasPrefix("\($0)=") || override.hasPrefix("\($0).") }
                && !override.hasSuffix("=null")
        }
        if let given {
            throw UsageError(
                "folds: each fold of data.train is measured on in its turn, so \(given) has no use; "
                    + "leave it out")
        }
        let said = overrides
        var overrides = overrides
        if let count {
            overrides += Sweep.unheld + ["\(Sweep.foldCount)\(count)"]
        }
        let config = try RunConfig(file: file, overrides: overrides + ["data.fold=1"])
        guard let folds = config.data.optionalInt("folds") else {
            throw UsageError(
                "folds: the config names none; say into how many the training examples are cut, "
                    + "as in --folds 5, or set data.folds")
        }
        let trials = (1...folds).map { overrides + ["data.fold=\($0)"] }
        try self.init(.fold, file, trials, out: out, endsByMedian: false)
        guard count != nil else { return }
        let data = try RunConfig(file: file, overrides: said).data
        let unused = ["validation", "split"].first { data.optional($0) != nil }
        remark = unused.map { "data.\($0) isn't used: the folds are of data.train" }
    }

    private init(
        _ kind: Kind, _ file: String, _ trials: [[String]], out: String?, endsByMedian: Bool
    ) throws {
        if let out, access(Sweep.planPath(out), F_OK) == 0 {
            let isOfFolds = (try? Sweep(opening: out))?.isOfFolds ?? false
            throw RunError(
                .usage,
                "\(out): holds \(isOfFolds ? "folds; go on with them" : "a sweep; go on with it") "
                    + "by: fttrain \(isOfFolds ? "folds" : "sweep") \(out.shellPath), or name "
                    + "another folder")
        }
        (self.kind, self.trials, self.endsByMedian) = (kind, trials, endsByMedian)
        self.file = file
        // What all share need not be right without what differs.
        let first = try RunConfig(file: file, overrides: trials[0])
        base = try FileWriting.read(file) ?? ""
        for trial in trials.dropFirst() {
            _ = try RunConfig(text: base, file: file, overrides: trial)
        }
        try Sweep.check(trials, of: base, file, kind)
        if let out {
            path = try RunFolder.create(out).path
        } else {
            path = try RunFolder.claim(first.name, in: kind == .fold ? "folds" : "sweeps").path
        }
        let plan: JSONValue = [
            "config": .string(file), "kind": .string(kind.rawValue),
            "endsByMedian": .bool(endsByMedian), "base": .string(base),
            "trials": .array(trials.map { .strings($0) }),
        ]
        do {
            try FileWriting.replace(Sweep.planPath(path), with: plan.text(.pretty) + "\n")
        } catch {
            rmdir(path)
            throw error
        }
    }

    /// A sweep that goes on.
    ///
    /// Throws where the folder holds none.
    public init(opening path: String) throws {
        self.path = path
        let planFile = Sweep.planPath(path)
        guard let text = try FileWriting.read(planFile) else {
            throw RunError(.data, "\(path): is no sweep, it has no sweep.json; name a config")
        }
        let plan = try? JSONNode(parsing: text)
        let trials = plan?["trials"]?.elements?.map { $0.elements?.map(\.string) ?? [] } ?? []
        guard let base = plan?["base"]?.string, let first = trials.first,
            trials.allSatisfy({ $0.count == first.count && !$0.contains(nil) })
        else {
            throw RunError(.data, "\(planFile): is damaged; begin the sweep again")
        }
        (self.base, self.trials) = (base, trials.map { $0.compactMap(\.self) })
        self.file = plan?["config"]?.string ?? ""
        kind = plan?["kind"]?.string.flatMap(Kind.init) ?? .trial
        endsByMedian = plan?["endsByMedian"]?.bool ?? false
    }

    /// How many trainings it has.
    public var count: Int { trials.count }
    /// Whether it trains folds.
    public var isOfFolds: Bool { kind == .fold }

    /// The places of the arguments that differ among the trials; of a single trial all.
    var varying: [Int] {
        trials[0].indices.filter { place in
            trials.count == 1 || trials.contains { $0[place] != trials[0][place] }
        }
    }

    /// The folder of a trial.
    func folder(_ index: Int) -> String {
        "\(path)/\(kind.rawValue)-\(Format.digits(index + 1, 3))"
    }

    /// The trials that are left to train, by their numbers from 0.
    var left: [Int] {
        trials.indices.filter { !((try? RunRecord(folder($0)))?.isOver ?? false) }
    }

    /// Trains what is left; `report` is told of each trial.
    ///
    /// - Returns: Whether it came to the end, and was not stopped.
    public func run(stop: StopSignal, report: (String) -> Void) throws -> Bool {
        for index in left {
            guard try train(index, stop, report) else { return false }
        }
        try writeBest()
        return true
    }

    /// Trains one trial, given by its number from 1, whatever the others are.
    ///
    /// - Returns: Whether it was not stopped, and whether it came to its end then.
    public func run(
        only number: Int, stop: StopSignal, report: (String) -> Void
    ) throws -> (isDone: Bool, isSound: Bool) {
        guard trials.indices.contains(number - 1) else {
            throw UsageError("sweep: there is no trial \(number); there are \(trials.count)")
        }
        let isDone = try left.contains(number - 1) ? train(number - 1, stop, report) : true
        return (isDone, [.completed, .unmeasured].contains(outcome(of: number - 1)))
    }

    private func train(
        _ index: Int, _ stop: StopSignal, _ report: (String) -> Void
    ) throws -> Bool {
        let shown = varying.map { trials[index][$0] }
        let values = kind == .fold ? "" : "   \(shown.joined(separator: " "))"
        defer { readings = SweepReadings() }
        let name = "\(kind.rawValue.padded(to: 8, left: true))\(index + 1)/\(trials.count)\(values)"
        do {
            let trainer = try trainer(index, stop)
            if logsForTensorBoard { trainer.observers.append(TensorBoardLog(trainer)) }
            var warnings: [String] = []
            trainer.observers.append(
                TextReport(
                    isQuiet: true, logPath: trainer.folder.logPath, warn: { warnings.append($0) }))
            if endsByMedian {
                let others = trials.indices.filter { $0 != index }.map(folder)
                trainer.observers.append(MedianRule(trainer, others))
            }
            let summary = try trainer.run()
            for line in "\(name)   \(outcome(summary, trainer))".wrapped(indent: 8) { report(line) }
            for warning in warnings where told.insert(warning).inserted && isFirst(warning) {
                tell("\(kind.rawValue) \(index + 1): \(warning)", report)
            }
            if summary.status == .interrupted { return false }
        } catch {
            let lines = "\(error)".split(separator: "\n").map { $0.drop { $0 == " " } }
            let line = "\(name)   can't be: \(lines.joined(separator: "; "))"
            if isSilent {
                Terminal.warn("fttrain: \(line.drop { $0 == " " })")
            } else {
                for line in line.wrapped(indent: 8) { report(line) }
            }
        }
        return !stop.isRequested
    }

    /// Tells a warning, whose words need not be repeated for each trial.
    private func tell(_ warning: String, _ report: (String) -> Void) {
        if isSilent { return Terminal.warn("fttrain: \(path): \(warning)") }
        for line in "note    \(warning)".wrapped(indent: 8) { report(line) }
    }

    /// Writes the config of the best trial, where it is one of values.
    func writeBest() throws {
        guard kind == .trial, let best,
            let index = trials.indices.first(where: { folder($0) == best.path })
        else { return }
        // As the trial was asked for: its folder may have been resumed otherwise since.
        let config = try RunConfig(text: base, file: path, overrides: trials[index])
        let text = config.effective.text(.pretty) + "\n"
        try FileWriting.replace(bestPath, with: text)
    }

    private func trainer(_ index: Int, _ stop: StopSignal) throws -> Trainer {
        let folder = folder(index)
        if (try? RunFolder(opening: folder)) != nil {
            return try Trainer.resume(folder, stop: stop).trainer
        }
        let config = try RunConfig(text: base, file: path, overrides: trials[index])
        return try Trainer(
            starting: Experiment(config), in: RunFolder.create(folder), stop: stop)
    }

    private func outcome(_ summary: RunSummary, _ trainer: Trainer) -> String {
        guard summary.status != .completed else {
            let value = summary.best.flatMap { best in
                best.measurement.value(best.by).map {
                    "\(MetricTitle.of(best.by, in: trainer.config)) \(Format.measure($0))"
                }
            }
            let isEarly = trainer.wishToEnd != nil && summary.epochs < trainer.config.epochs
            let end = !isEarly ? "" : ", ended after epoch \(summary.epochs)"
            return (value ?? "no epoch has a value") + end
        }
        return summary.status.rawValue
    }
}

extension RunRecord {
    /// Whether there is nothing left to train.
    fileprivate var isOver: Bool { ["completed", "diverged", "failed"].contains(status) }
}
