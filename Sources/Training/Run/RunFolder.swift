public import Checkpoint
import FTJSON
import FTSupport
import Glibc

/// The folder of one run and the names of what lies in it.
public struct RunFolder: Sendable, Equatable {
    /// The folder as it is shown to people.
    public let path: String

    /// The effective config.
    public var configPath: String { "\(path)/config.json" }
    /// One row per epoch, for tables.
    public var csvPath: String { "\(path)/metrics.csv" }
    /// One JSON object per epoch.
    public var jsonlPath: String { "\(path)/metrics.jsonl" }
    /// What the terminal showed.
    public var logPath: String { "\(path)/log.txt" }
    /// All about the run on one page.
    public var reportPath: String { "\(path)/report.html" }
    /// Who trains in it, while somebody does.
    var lockPath: String { "\(path)/.lock" }
    /// How the run ended.
    public var summaryPath: String { "\(path)/summary.json" }

    /// The checkpoints in the folder.
    public func checkpoints(keep: Int = 0) -> CheckpointStore {
        CheckpointStore(directory: path, keep: keep)
    }

    private init(path: String) { self.path = path }

    /// Whether a file has a name that a run gives its own, and lies in the folder of one.
    static func owns(_ file: String) -> Bool {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last else { return false }
        let parent = parts.dropLast().joined(separator: "/")
        let folder = RunFolder(path: parts.count == 1 ? "." : parent.isEmpty ? "/" : parent)
        let own = [
            folder.configPath, folder.csvPath, folder.jsonlPath, folder.logPath, folder.reportPath,
            folder.lockPath, folder.summaryPath,
        ]
        guard name.hasSuffix(".safetensors") || own.contains("\(folder.path)/\(name)") else {
            return false
        }
        let states = [folder.summaryPath, folder.checkpoints().lastPath]
        return access(folder.configPath, F_OK) == 0
            && states.contains { path in access(path, F_OK) == 0 }
    }

    /// A folder that exists.
    ///
    /// Throws where there is none, or it holds no run.
    public init(opening path: String) throws(RunError) {
        self.path = RunFolder.trimmed(path)
        guard Folder.exists(self.path) else { throw RunFolder.absence(self.path) }
        let store = checkpoints()
        let traces = [configPath, store.lastPath, store.bestPath]
        guard traces.contains(where: { access($0, F_OK) == 0 }) else {
            throw RunError(
                .data,
                "\(path): this is not a run folder, it has neither config.json nor a checkpoint; "
                    + "name a run folder such as runs/mlp-001")
        }
    }

    private static func absence(_ path: String) -> RunError {
        guard access(path, F_OK) == 0 else {
            return RunError(
                .data, "\(path): there is no such folder; name a run folder such as runs/mlp-001")
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let isRun = access("\(folder)/config.json", F_OK) == 0
        return RunError(
            .data,
            "\(path): is a file, and no run folder; "
                + (isRun ? "name its folder, \(folder)" : "name a folder such as runs/mlp-001"))
    }

    /// Makes the folder `NAME-NNN` below `parent`, of the first number that is higher than all.
    ///
    /// Creating the folder is what claims it, so runs that start together get different ones.
    public static func claim(
        _ name: String, in parent: String = "runs"
    ) throws(RunError) -> RunFolder {
        try makeFolders(parent)
        var number = (try names(in: parent).compactMap { runNumber($0, name) }.max() ?? 0) + 1
        while true {
            let path = "\(parent)/\(name)-\(Format.digits(number, 3))"
            if mkdir(path, 0o777) == 0 { return RunFolder(path: path) }
            guard errno == EEXIST else { throw RunError(Folder.Problem(path, errno)) }
            number += 1
        }
    }

    /// Makes a folder for a run that nobody will go on with.
    static func temporary() throws(RunError) -> RunFolder {
        do throws(Folder.Problem) {
            return RunFolder(path: try Folder.makeTemporary("fttrain"))
        } catch {
            throw RunError(error)
        }
    }

    /// Makes the folder `path`, or takes it if it is empty.
    public static func create(_ path: String) throws(RunError) -> RunFolder {
        try checkFree(path)
        let folder = RunFolder(path: trimmed(path))
        try makeFolders(folder.path)
        try checkFree(path)
        return folder
    }

    /// Removes the files of a run that couldn't begin, and the folder if nothing else is in it.
    func discardBeginning() {
        for file in [configPath, csvPath, jsonlPath, lockPath] { unlink(file) }
        rmdir(path)
    }

    /// Throws where a folder has no name or is there and not empty.
    public static func checkFree(_ path: String) throws(RunError) {
        let folder = RunFolder(path: trimmed(path))
        guard !folder.path.isEmpty else { throw RunError(.usage, "--out: the name is empty") }
        guard Folder.exists(folder.path) else { return }
        // A run that was killed before it had a config left nothing of worth.
        let content = try names(in: folder.path).filter { name in
            let path = "\(folder.path)/\(name)"
            return !AtomicName.isLeftover(name) && path != folder.logPath
                && path != folder.lockPath
        }
        guard content.isEmpty else {
            let isRun = (try? RunFolder(opening: folder.path)) != nil
            throw RunError(
                .usage,
                "--out \(path): the folder is not empty; name another one, or "
                    + (isRun
                        ? "go on with the run in it: fttrain resume \(folder.path.shellPath)"
                        : "one in it, such as \(folder.path)/run"))
        }
    }

    static func trimmed(_ path: String) -> String {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        return trimmed
    }

    /// The number in a folder name such as `mlp-004`, nil for other names.
    private static func runNumber(_ folder: String, _ name: String) -> Int? {
        guard folder.hasPrefix(name + "-") else { return nil }
        let digits = folder.dropFirst(name.count + 1)
        guard (1...9).contains(digits.count), digits.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int(digits)
    }

    private static func makeFolders(_ path: String) throws(RunError) {
        do throws(Folder.Problem) {
            try Folder.make(path)
        } catch {
            throw RunError(error)
        }
    }

    private static func names(in path: String) throws(RunError) -> [String] {
        guard let names = Folder.names(in: path) else {
            throw RunError(.data, "\(path): can't be listed: \(systemMessage(errno))")
        }
        return names
    }
}

extension RunError {
    fileprivate init(_ problem: Folder.Problem) {
        self.init(.data, "\(problem.path): the folder can't be made: \(problem.reason)")
    }
}
