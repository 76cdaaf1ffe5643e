import FTSupport
import Glibc

/// Small files of a run folder.
package enum FileWriting {
    /// Replaces a file: at any moment the old or the new content is there, whole.
    package static func replace(_ path: String, with text: String) throws(RunError) {
        try file(path).write { output throws(RunError) in try output.write(Array(text.utf8)) }
    }

    /// Replaces a file that says something else; one that is as it should be may lie where nothing
    /// can be written.
    static func renew(_ path: String, with text: String) throws(RunError) {
        if let old = try? read(path), old == text { return }
        try replace(path, with: text)
    }

    /// Throws where a file couldn't be replaced, so that nobody waits for what then can't be kept,
    /// and where it mustn't be: it is one of `sources`, which are read, or a file of a run.
    package static func check(
        _ path: String, reading sources: [String] = []
    ) throws(RunError) {
        if let source = sources.first(where: { isSame(path, $0) }) {
            throw RunError(
                .usage, "\(path): would replace \(source), which is read; name another file")
        }
        if RunFolder.owns(path) {
            throw RunError(.usage, "\(path): is a file of a run, which needs it; name another file")
        }
        try file(path).check()
    }

    private static func isSame(_ path: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev
            && a.st_ino == b.st_ino
    }

    private static func file(_ path: String) -> AtomicFile<RunError> {
        AtomicFile(path) { RunError(.data, "\(path): \($0.whileWriting)") }
    }

    /// Adds text at the end of a file, which is created if need be.
    ///
    /// - Parameter isSynced: whether to return only when it is on the disk.
    static func append(
        _ text: String, to path: String, isSynced: Bool = false
    ) throws(RunError) {
        do throws(FileProblem) {
            try FileBytes.append(text, to: path, isSynced: isSynced)
        } catch {
            throw RunError(.data, "\(path): \(error.whileWriting)")
        }
    }

    /// No table or log of a run is anywhere near as large.
    private static let maximumSize = 1 << 30

    /// The whole of a text file, nil where there is none.
    static func read(_ path: String) throws(RunError) -> String? {
        do throws(FileProblem) {
            let bytes = try FileBytes.read(path, limit: maximumSize)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            if error.isMissing { return nil }
            throw RunError(.data, "\(path): \(error.whileReading)")
        }
    }
}

extension FileWriting {
    /// Replaces a file when `body` is done, of which nothing is left undone by then for lack of room
    /// for the text: that is on the disk before.
    package static func replace(
        _ path: String, with text: String, after body: () throws -> Void
    ) throws {
        let file = AtomicFile<any Error>(path) { RunError(.data, "\(path): \($0.whileWriting)") }
        try file.write { output in
            try output.write(Array(text.utf8))
            try body()
        }
    }

    /// Makes the folders on the way to a file.
    static func makeFolder(of path: String) throws(RunError) {
        do throws(Folder.Problem) {
            try Folder.make(of: path)
        } catch {
            throw RunError(.data, "\(error.path): the folder can't be made: \(error.reason)")
        }
    }

    /// Replaces a file by texts that `fill` writes one after the other.
    static func stream(
        _ path: String, _ fill: (_ write: (String) throws -> Void) throws -> Void
    ) throws {
        try makeFolder(of: path)
        let file = AtomicFile<any Error>(path) { RunError(.data, "\(path): \($0.whileWriting)") }
        try file.write { output in try fill { try output.write(Array($0.utf8)) } }
    }
}
