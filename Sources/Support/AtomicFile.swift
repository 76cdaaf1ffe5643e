import Glibc

/// The points of a save between which a program can be killed.
package enum SaveStage: Sendable {
    case created, wrote, synced, renamed, removed
}

/// A file that is replaced as a whole: at any moment, and after a power cut, either the old or the
/// new content is there.
///
/// It grows under a name of its own in the same folder, is brought to the disk and renamed; then
/// the folder is brought to the disk. On any error the old file stays and the temporary goes.
package struct AtomicFile<Failure: Error> {
    /// Called after each point of a save; tests look at the disk there or throw.
    package typealias Observer = (SaveStage) throws(Failure) -> Void

    private let path: String
    private let replaces: Bool
    let observer: Observer?
    private let failure: (FileProblem) -> Failure

    /// The file that will be at `path`; `failure` makes an error of what the system refuses.
    ///
    /// - Parameter replaces: whether it may take the place of one; otherwise of two programs that
    ///   write at once the first to end wins, and the other is told.
    package init(
        _ path: String, replaces: Bool = true, observer: Observer? = nil,
        failure: @escaping (FileProblem) -> Failure
    ) {
        self.path = path
        self.replaces = replaces
        self.observer = observer
        self.failure = failure
    }

    /// Replaces the file with what `fill` writes.
    ///
    /// Its permissions are those of a new file. A symbolic link is replaced and not followed;
    /// folders, devices and pipes are not replaced.
    package func write(_ fill: (FileOutput<Failure>) throws(Failure) -> Void) throws(Failure) {
        let output = try attempt(create)
        do throws(Failure) {
            try observer?(.created)
            try fill(output)
            try attempt(output.finish)
        } catch {
            output.discard()
            throw error
        }
        try publish(output.temporary)
    }

    /// Throws where the file couldn't be replaced now.
    package func check() throws(Failure) { try attempt(create).discard() }

    /// Replaces the file with a copy of `source`: two files from then on, of which a fault that
    /// meets one leaves the other.
    package func copy(_ source: String) throws(Failure) {
        let input = try attempt { () throws(FileProblem) in
            try OwnFile.open(source, O_RDONLY, followsLinks: true)
        }
        defer { close(input) }
        try write { output throws(Failure) in
            var piece = [UInt8](repeating: 0, count: 1 << 22)
            while true {
                let count = try attempt { () throws(FileProblem) in
                    try FileBytes.read(input, into: &piece)
                }
                if count == 0 { return }
                try output.write(Array(piece[..<count]))
            }
        }
    }

    func attempt<R>(_ body: () throws(FileProblem) -> R) throws(Failure) -> R {
        do throws(FileProblem) { return try body() } catch { throw failure(error) }
    }

    private func create() throws(FileProblem) -> FileOutput<Failure> {
        var status = stat()
        let temporary = try AtomicName.temporary(path)
        if stat(path, &status) == 0 { try status.requireFile() }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(temporary, flags, 0o666)
        guard descriptor >= 0 else { throw .last }
        return FileOutput(temporary, descriptor, self)
    }

    private func publish(_ temporary: String) throws(Failure) {
        do throws(Failure) {
            try observer?(.synced)
            guard give(temporary) else { throw failure(.last) }
        } catch {
            unlink(temporary)
            throw error
        }
        try attempt(syncFolder)
        try observer?(.renamed)
    }

    /// Gives the complete file its name; false, with `errno` set, where it can't have it.
    private func give(_ temporary: String) -> Bool {
        if replaces { return rename(temporary, path) == 0 }
        if link(temporary, path) == 0 {
            unlink(temporary)
            return true
        }
        if errno == EEXIST { return false }
        // Not all file systems have files with two names.
        guard access(path, F_OK) != 0 else {
            errno = EEXIST
            return false
        }
        return rename(temporary, path) == 0
    }

    /// Makes the change of names survive a power cut.
    private func syncFolder() throws(FileProblem) {
        let folder = open(AtomicName.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            // A folder may allow new files without letting anyone list it.
            if errno == EACCES { return }
            throw .last
        }
        defer { close(folder) }
        // Some network file systems can't sync a folder, and say so with EINVAL.
        if fsync(folder) != 0, errno != EINVAL { throw .last }
    }
}

/// The names of files that are not complete yet.
package enum AtomicName {
    private static let suffix = ".partial"

    /// Whether a file name is one of a temporary, which a killed program left behind unless a save
    /// is under way.
    package static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(suffix)
    }

    /// A name that nobody else uses, in the folder of `path`.
    static func temporary(_ path: String) throws(FileProblem) -> String {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !name.isEmpty, !path.utf8.contains(0) else { throw .isNoName }
        // File names end at 255 bytes.
        let start = String(decoding: name.utf8.prefix(200), as: UTF8.self)
        let unique = String(UInt64.random(in: 1 << 60...UInt64.max), radix: 16)
        return "\(folder(of: path))/.\(start).\(unique)\(suffix)"
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
