import Checkpoint
public import FTJSON
import FTSupport
import Glibc

/// A run trained again, elsewhere, and compared with what it left behind.
public struct Verification: Sendable {
    /// The first kept checkpoint that came out otherwise.
    public struct Difference: Sendable, Equatable {
        /// Its step.
        public let step: Int
        /// The tensors that differ, in the order of the file: weights, then the optimizer's.
        public let tensors: [String]
    }

    /// The run folder.
    public let path: String
    /// The step that training began at again, 0 for the start.
    public let from: Int
    /// The steps whose kept checkpoints came out the same, to the bit, in order.
    public let same: [Int]
    /// nil where all came out the same.
    public let difference: Difference?
    /// What is another than when the run was trained: a sentence each on data, config, version,
    /// processor and arithmetic.
    public let circumstances: [String]

    /// Trains a run again in a folder of its own, which is removed afterwards; nothing of the run
    /// is touched.
    ///
    /// Throws where it can't be trained again, or was stopped.
    ///
    /// - Parameter from: the step of a kept checkpoint to begin at; 0 for the start.
    public init(_ path: String, from: Int = 0, stop: StopSignal = StopSignal()) throws {
        let kept = try KeptCheckpoints(path)
        let start = try from == 0 ? nil : kept.checkpoint(at: from)
        let config = try kept.config(from: from)
        let folder = try RunFolder.temporary()
        defer { Folder.remove(folder.path) }
        let trainer = try Trainer(Experiment(config), folder, stop, RunLock(folder))
        if start == nil { try trainer.loadInitialWeights() }
        let begun = try start ?? kept.checkpoint(at: kept.steps[0])
        circumstances = trainer.circumstances(since: begun, folder: kept.folder)
        if let start { try trainer.restore(start, path: path, checksData: false) }
        try trainer.metricsLog.begin()
        let steps = kept.steps.filter { $0 > from || kept.trainsNothing }
        let comparison = StepComparison(trainer, steps, kept)
        trainer.observers.append(comparison)
        _ = try trainer.run()
        try comparison.failure?.get()
        guard comparison.isDone else {
            throw RunError(.interrupted, "\(path): stopped before all steps were trained again")
        }
        self.path = kept.folder.path
        self.from = from
        same = comparison.same
        difference = comparison.difference
    }

    /// The result for people.
    public var lines: [String] {
        var lines = ["run     \(path)   trained again from step \(Format.grouped(from))"]
        let steps = same.map { Format.grouped($0) }.joined(separator: ", ")
        if !same.isEmpty {
            lines += "same    weights and optimizer, to the bit, at step \(steps)"
                .wrapped(indent: 8)
        }
        if let difference {
            let shown = difference.tensors.prefix(4).map { $0.escapedForDisplay() }
            let rest = difference.tensors.count - shown.count
            let names = shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
            lines += "differ  at step \(Format.grouped(difference.step)): \(names)"
                .wrapped(indent: 8)
        }
        lines += circumstances.flatMap { "changed \($0)".wrapped(indent: 8) }
        if difference != nil, circumstances.isEmpty {
            lines.append("changed nothing that is known: data, config, version, processor agree")
        }
        return lines
    }

    /// The result for programs.
    public var json: JSONObject {
        var object: JSONObject = [
            "run": .string(path), "from": .int(from), "same": .ints(same),
            "identical": .bool(difference == nil), "circumstances": .strings(circumstances),
        ]
        if let difference {
            object["differsAt"] = .int(difference.step)
            object["tensors"] = .strings(difference.tensors)
        }
        return object
    }
}

/// The checkpoints that a run has kept, which stay as they are while they are compared with, even
/// if the run goes on.
struct KeptCheckpoints {
    let folder: RunFolder
    /// In order, at least one.
    let steps: [Int]
    private let checkpoints: [Int: TrainingCheckpoint]
    /// Whether the run measured weights as they were, and its only checkpoint is of step 0.
    let trainsNothing: Bool

    init(_ path: String) throws {
        folder = try RunFolder(opening: path)
        let store = folder.checkpoints()
        var found: [Int: TrainingCheckpoint] = [:]
        for path in [store.lastPath, store.bestPath] + (try store.stepPaths())
        where access(path, F_OK) == 0 {
            let checkpoint = try TrainingCheckpoint(path: path)
            // Its weights are those of the best, which is compared by itself.
            if checkpoint.state.extra[TrainingCursor.restoredKey] != nil { continue }
            found[checkpoint.state.step] = checkpoint
        }
        checkpoints = found
        let untrained = found[0].flatMap { try? TrainingCursor($0.state, path: path) }
        let isUntrained = found.count == 1 && (untrained?.measurements ?? 0) > 0
        trainsNothing = isUntrained
        steps = found.keys.filter { $0 > 0 || isUntrained }.sorted()
        guard !steps.isEmpty else {
            throw RunError(.data, "\(path): has no checkpoint yet, so there is nothing to compare")
        }
    }

    func checkpoint(at step: Int) throws(RunError) -> TrainingCheckpoint {
        if let found = checkpoints[step] { return found }
        let known = steps.map { String($0) }.joined(separator: ", ")
        throw RunError(
            .usage, "\(folder.path): there is no checkpoint of step \(step); there are \(known)")
    }

    /// What the run was trained by from a step to its last one.
    ///
    /// Throws where its settings changed in between, or nothing follows.
    func config(from step: Int) throws -> RunConfig {
        guard let last = steps.last, last > step || trainsNothing else {
            throw RunError(
                .usage, "\(folder.path): step \(step) is the last that is kept, nothing follows it")
        }
        let state = try checkpoint(at: last).state
        let before = try step == 0 ? [] : checkpoint(at: step).state.historyLines
        let changes = state.historyLines.dropFirst(before.count)
        if let change = changes.first {
            let after = try steps.dropLast().first {
                try checkpoint(at: $0).state.historyLines == state.historyLines
            }
            let remedy =
                after.map { "verify what came after: --from \($0)" }
                ?? "no checkpoint since then is kept to begin at; training.checkpointEverySteps "
                + "keeps some"
            throw RunError(
                .usage,
                "\(folder.path): its settings changed on the way (\(change)), so it can't be trained "
                    + "again in one piece; \(remedy)")
        }
        guard let text = state.config else {
            throw RunError(.data, "\(folder.path): its checkpoint holds no config")
        }
        return try RunConfig(
            recorded: text, file: "\(folder.path) (config)",
            overrides: [
                "training.checkpointEverySteps=0", "training.checkpointEveryMinutes=0",
                "training.maxMinutes=null",
            ])
    }
}

extension TrainingState {
    /// The settings that changed on the way.
    fileprivate var historyLines: [Substring] {
        (extra[TrainingCursor.historyKey] ?? "").split(separator: "\n")
    }
}

/// Compares the weights and the optimizer with kept checkpoints as training passes their steps.
private final class StepComparison: TrainingObserver {
    private unowned let trainer: Trainer
    private var left: [Int]
    private let kept: KeptCheckpoints
    private(set) var same: [Int] = []
    private(set) var difference: Verification.Difference?
    private(set) var failure: Result<Void, any Error>?

    init(_ trainer: Trainer, _ steps: [Int], _ kept: KeptCheckpoints) {
        self.trainer = trainer
        left = steps
        self.kept = kept
    }

    /// Whether nothing is left to compare.
    var isDone: Bool { left.isEmpty || difference != nil }

    func handle(_ event: TrainingEvent) {
        switch event {
        case .step(let progress): compare(progress.step)
        case .epoch(let record) where record.step == 0: compare(0)
        default: break
        }
    }

    private func compare(_ step: Int) {
        guard step == left.first, !isDone else { return }
        left.removeFirst()
        do {
            let differing = trainer.differing(from: try kept.checkpoint(at: step))
            if differing.isEmpty {
                same.append(step)
            } else {
                difference = Verification.Difference(step: step, tensors: differing)
            }
        } catch {
            failure = .failure(error)
        }
        if isDone { trainer.stop.request() }
    }
}
