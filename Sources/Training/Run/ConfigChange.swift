import Checkpoint
import FTJSON
import FTSupport

/// A setting that became another while a run was under way, as its checkpoints remember it.
package struct ConfigChange: Equatable {
    /// The steps that had been taken.
    let step: Int
    /// What happened: `optimizer.learningRate: 0.1 → 0.01`.
    let change: String

    /// The changes that a checkpoint's state remembers, in order; lines that are none are left out.
    static func all(_ state: TrainingState) -> [ConfigChange] {
        let history = state.extra[TrainingCursor.historyKey] ?? ""
        return all(history.split(separator: "\n").map { String($0) })
    }

    /// The same by lines as a cursor keeps them.
    static func all(_ history: [String]) -> [ConfigChange] {
        history.compactMap { line in
            let start = "step "
            guard line.hasPrefix(start), let colon = line.firstIndex(of: ":"),
                let step = Int(line[..<colon].dropFirst(start.count))
            else { return nil }
            let change = line[colon...].dropFirst().drop { $0 == " " }
            // Weights that were restored are no setting.
            guard change.contains(" → ") else { return nil }
            return ConfigChange(step: step, change: String(change))
        }
    }

    /// What changed at which step, in one sentence; nil where nothing did.
    package static func sentence(_ changes: [ConfigChange]) -> String? {
        guard !changes.isEmpty else { return nil }
        var parts: [String] = []
        for (index, change) in changes.enumerated() {
            let isSame = index > 0 && changes[index - 1].step == change.step
            parts.append(
                (isSame ? "" : "at step \(Format.grouped(change.step)) ")
                    + change.change.escapedForDisplay(limit: 120))
        }
        return "changed during the run, and the config is the last one: "
            + parts.joined(separator: "; ")
    }

    /// For programs, in order.
    static func json(_ changes: [ConfigChange]) -> JSONValue {
        .array(changes.map { ["step": .int($0.step), "change": .string($0.change)] })
    }
}

extension RunFolder {
    /// A sentence on settings that changed while the run was under way; nil where none did.
    package func changes() -> String? {
        let state = try? TrainingCheckpoint.state(path: checkpoints().lastPath)
        return state.flatMap { ConfigChange.sentence(ConfigChange.all($0)) }
    }
}
