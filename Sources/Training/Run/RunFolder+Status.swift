import Checkpoint
import FTJSON
import FTSupport

extension RunFolder {
    /// One line on how the run stands; nil where it hasn't begun.
    ///
    /// `summary.json` tells how a run ended. Of one that is under way, or whose process was killed,
    /// the table of epochs and the last checkpoint tell how far it came, and the lock which of the
    /// two it is.
    public func statusLine() throws(RunError) -> String? {
        guard let text = try FileWriting.read(summaryPath),
            let summary = try? JSONNode(parsing: text)
        else { return nil }
        let status = (summary["status"]?.string ?? "unknown").escapedForDisplay(limit: 40)
        let began = (epoch: summary["epochs"]?.int ?? 0, step: summary["steps"]?.int ?? 0)
        guard status == RunSummary.Status.running.rawValue else {
            return "\(path): \(status), \(RunFolder.words(began))"
        }
        var reached = [began]
        if let last = try lastEpoch() { reached.append(last) }
        if let state = try? TrainingCheckpoint.state(path: checkpoints().lastPath) {
            reached.append((state.epoch, state.step))
        }
        let counts = RunFolder.words(reached.max { $0.step < $1.step } ?? began)
        return RunLock.isTaken(self)
            ? "\(path): running, \(counts)"
            : "\(path): ended without a word, \(counts); go on with: fttrain resume \(path.shellPath)"
    }

    /// Whether `summary.json` says that the run came to its end after so many steps.
    func hasCompleted(step: Int) throws(RunError) -> Bool {
        guard let text = try FileWriting.read(summaryPath),
            let summary = try? JSONNode(parsing: text)
        else { return false }
        return summary["status"]?.string == RunSummary.Status.completed.rawValue
            && summary["steps"]?.int == step
    }

    private static func words(_ place: (epoch: Int, step: Int)) -> String {
        let epochs = place.epoch > 0 || place.step == 0 ? Format.count(place.epoch, "epoch") : nil
        return [epochs, Format.count(place.step, "step")].compactMap(\.self).joined(separator: ", ")
    }

    /// The last whole row of the table of epochs.
    private func lastEpoch() throws(RunError) -> (epoch: Int, step: Int)? {
        let text = try FileWriting.read(jsonlPath) ?? ""
        for line in text.split(separator: "\n").reversed() {
            guard let row = try? JSONNode(parsing: String(line)) else { continue }
            if let epoch = row["epoch"]?.int, let step = row["step"]?.int { return (epoch, step) }
        }
        return nil
    }
}

extension RunFolder {
    /// The run folders that a path stands for: itself, or those in it where it is a folder of runs,
    /// trials or folds.
    package static func runs(_ path: String) -> [String] {
        guard Folder.exists(path), (try? RunFolder(opening: path)) == nil else { return [path] }
        let folder = trimmed(path)
        let inside = (Folder.names(in: folder) ?? []).map { "\(folder)/\($0)" }
            .filter { Folder.exists($0) && (try? RunFolder(opening: $0)) != nil }
        return inside.isEmpty ? [path] : inside.sorted { $0.numbered < $1.numbered }
    }
}

extension String {
    /// What stands before the digits at its end, and their number: `trial-2` comes before
    /// `trial-10`.
    fileprivate var numbered: (String, Int) {
        let digits = reversed().prefix(18).prefix { $0.isASCII && $0.isNumber }
        return (String(dropLast(digits.count)), Int(String(digits.reversed())) ?? 0)
    }
}
