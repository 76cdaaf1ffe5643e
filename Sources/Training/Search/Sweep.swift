import FTConfig
import FTJSON
import FTSupport
import Glibc

/// A config trained with one set of values after another, in a folder that remembers which are
/// left.
public final class Sweep {
    /// The folder: `sweep.json`, a run folder for each trial, and in the end `best.json`.
    public let path: String
    /// The `key=value` arguments of each trial.
    let trials: [[String]]
    private let base: String

    private var planPath: String { "\(path)/sweep.json" }
    /// The config of the best trial.
    public var bestPath: String { "\(path)/best.json" }

    /// A new sweep over `key=a,b,c` and `key=lo..hi`; every config that it will train is checked.
    ///
    /// - Parameters:
    ///   - count: how many trials to draw; all combinations of lists if nil.
    ///   - out: the folder, instead of `sweeps/NAME-NNN`.
    public init(
        config file: String, _ arguments: [String], trials count: Int?, seed: UInt64, out: String?
    ) throws {
        if let out, access("\(out)/sweep.json", F_OK) == 0 {
            throw RunError(
                .usage,
                "\(out): holds a sweep; go on with it by 'fttrain sweep \(out)', or name "
                    + "another folder")
        }
        trials = try SweepSpace(arguments).trials(count, seed: seed)
        // What all share need not be right without what differs.
        let first = try RunConfig(file: file, overrides: trials[0])
        base = try FileWriting.read(file) ?? ""
        for trial in trials.dropFirst() {
            _ = try RunConfig(text: base, file: file, overrides: trial)
        }
        if let out {
            path = try RunFolder.create(out).path
        } else {
            path = try RunFolder.claim(first.name, in: "sweeps").path
        }
        let plan: JSONValue = [
            "config": .string(file), "base": .string(base),
            "trials": .array(trials.map { .strings($0) }),
        ]
        try FileWriting.replace(planPath, with: plan.text(.pretty) + "\n")
    }

    /// A sweep that goes on.
    ///
    /// Throws where the folder holds none.
    public init(opening path: String) throws {
        self.path = path
        let file = "\(path)/sweep.json"
        guard let text = try FileWriting.read(file) else {
            throw RunError(.data, "\(path): is no sweep, it has no sweep.json; name a config")
        }
        let plan = try? JSONNode(parsing: text)
        let trials = plan?["trials"]?.elements?.map { $0.elements?.compactMap(\.string) ?? [] }
        guard let base = plan?["base"]?.string, let trials, !trials.isEmpty else {
            throw RunError(.data, "\(file): is damaged; begin the sweep again")
        }
        (self.base, self.trials) = (base, trials)
    }

    /// The folder of a trial.
    private func folder(_ index: Int) -> String { "\(path)/trial-\(Format.digits(index + 1, 3))" }

    /// Trains what is left; `report` is told of each trial.
    ///
    /// - Returns: Whether it came to the end, and was not stopped.
    public func run(stop: StopSignal, report: (String) -> Void) throws -> Bool {
        for index in trials.indices {
            let name = "\(index + 1)/\(trials.count)   \(trials[index].joined(separator: " "))"
            if let record = try? RunRecord(folder(index)), record.isOver { continue }
            do {
                let trainer = try trainer(index, stop)
                trainer.observers.append(
                    TextReport(isQuiet: true, logPath: trainer.folder.logPath))
                let summary = try trainer.run()
                report("trial   \(name)   \(outcome(summary))")
                if summary.status == .interrupted { return false }
            } catch {
                let lines = "\(error)".split(separator: "\n").map { $0.drop { $0 == " " } }
                report("trial   \(name)   can't be: \(lines.joined(separator: "; "))")
            }
            if stop.isRequested { return false }
        }
        if let best {
            let text = best.config.effective.text(.pretty) + "\n"
            try FileWriting.replace(bestPath, with: text)
        }
        return true
    }

    /// The trial with the best value, if one has any.
    private var best: RunRecord? {
        results.map(\.record).first { record in
            let by = record.watched
            return record.best(by: by, prefersHigher: record.prefersHigher(by)) != nil
        }
    }

    /// Whether `best.json` is of use.
    public var hasBest: Bool { best != nil }

    private func trainer(_ index: Int, _ stop: StopSignal) throws -> Trainer {
        let folder = folder(index)
        if (try? RunFolder(opening: folder)) != nil {
            return try Trainer.resume(folder, stop: stop).trainer
        }
        let config = try RunConfig(text: base, file: path, overrides: trials[index])
        return try Trainer(
            starting: Experiment(config), in: RunFolder.create(folder), stop: stop)
    }

    private func outcome(_ summary: RunSummary) -> String {
        guard summary.status != .completed else {
            let value = summary.best.flatMap { best in
                best.measurement.value(best.by).map { "\(best.by) \(Format.measure($0))" }
            }
            return value ?? "no epoch has a value"
        }
        return summary.status.rawValue
    }

    /// The trials that were trained, the best first, with their numbers from 0.
    var results: [(index: Int, record: RunRecord)] {
        let records = trials.indices.compactMap { index in
            (try? RunRecord(folder(index))).map { (index: index, record: $0) }
        }
        guard let comparison = try? RunComparison(records.map(\.record)) else { return [] }
        return comparison.runs.compactMap { run in
            records.first { $0.record.path == run.path }
        }
    }
}

extension RunRecord {
    /// Whether there is nothing left to train.
    fileprivate var isOver: Bool { ["completed", "diverged", "failed"].contains(status) }
}
