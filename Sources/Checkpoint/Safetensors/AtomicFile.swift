import Glibc

/// The points of a save between which a program can be killed.
enum SaveStage: Sendable, Equatable {
    case created, wrote, synced, renamed, linked, removed
}

/// Called after each point of a save; tests look at the disk there or throw. Nil otherwise.
typealias SaveObserver = (SaveStage) throws(CheckpointError) -> Void

/// Replaces files so that at any moment either the old or the new content is there, whole.
enum AtomicFile {
    /// Writes a temporary file beside `path`, syncs it to the disk, renames it over `path` and
    /// syncs the folder. On any error the old file stays and the temporary is removed.
    static func replace(
        _ path: String, observer: SaveObserver? = nil,
        _ fill: (FileOutput) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let temporary = try temporaryName(path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = open(temporary, flags, 0o666)
        guard descriptor >= 0 else { throw failure(path, errno) }
        do throws(CheckpointError) {
            let output = FileOutput(descriptor, path, observer)
            defer { output.close() }
            try observer?(.created)
            try fill(output)
            try output.sync()
        } catch {
            unlink(temporary)
            throw error
        }
        try rename(temporary, over: path, observer)
    }

    /// Gives the content of `source` a second name, replacing what had it.
    ///
    /// A hard link where the file system has them, otherwise a copy.
    static func duplicate(
        _ source: String, as path: String, observer: SaveObserver? = nil
    ) throws(CheckpointError) {
        let temporary = try temporaryName(path)
        if link(source, temporary) == 0 {
            try rename(temporary, over: path, observer)
            // Renaming one name of a file over another of the same file does nothing.
            unlink(temporary)
            try observer?(.linked)
            return
        }
        let content = try MappedFile(path: source)
        defer { withExtendedLifetime(content) {} }
        try replace(path, observer: observer) { output throws(CheckpointError) in
            try output.write(content.bytes)
        }
        try observer?(.linked)
    }

    /// Whether a file name is one of a temporary that a killed program left behind.
    static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(suffix)
    }

    /// Makes a change of names in the folder of `path` survive a power cut.
    static func syncFolder(of path: String) throws(CheckpointError) {
        let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        // Some network file systems can't sync a folder, and say so with EINVAL.
        if fsync(descriptor) != 0, errno != EINVAL { throw failure(path, errno) }
    }

    private static let suffix = ".partial"

    private static func rename(
        _ temporary: String, over path: String, _ observer: SaveObserver?
    ) throws(CheckpointError) {
        do throws(CheckpointError) {
            try observer?(.synced)
            guard Glibc.rename(temporary, path) == 0 else { throw failure(path, errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(of: path)
        try observer?(.renamed)
    }

    private static func temporaryName(_ path: String) throws(CheckpointError) -> String {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !name.isEmpty, !path.utf8.contains(0) else {
            throw CheckpointError(.unwritable, path, "is not a name for a file")
        }
        // The time makes it new even where every process has the same number, as in containers.
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let unique = "\(getpid()).\(time.tv_sec).\(time.tv_nsec)"
        return "\(folder(of: path))/.\(name).\(unique)\(suffix)"
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func failure(_ path: String, _ code: Int32) -> CheckpointError {
        let reason =
            switch code {
            case ENOSPC, EDQUOT: "the disk is full; what was there before is untouched"
            case EACCES, EPERM, EROFS: "permission denied for its folder"
            case ENOENT, ENOTDIR: "its folder does not exist"
            case EISDIR, EEXIST, ENOTEMPTY: "there is a directory of that name"
            default: systemMessage(code)
            }
        return CheckpointError(.unwritable, path, "can't be written: \(reason)")
    }
}

/// A file being written. Every error is a sentence about the file it will become.
final class FileOutput {
    private let descriptor: Int32
    private let path: String
    private let observer: SaveObserver?

    init(_ descriptor: Int32, _ path: String, _ observer: SaveObserver?) {
        self.descriptor = descriptor
        self.path = path
        self.observer = observer
    }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var position = 0
        let largestPiece = 1 << 26
        while position < bytes.count {
            let piece = bytes[position..<min(position + largestPiece, bytes.count)]
            let count = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: piece).baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AtomicFile.failure(path, count < 0 ? errno : ENOSPC) }
            position += count
            try observer?(.wrote)
        }
    }

    /// Replaces a few bytes that were written before.
    func patch(_ bytes: [UInt8], at offset: Int) throws(CheckpointError) {
        let count = pwrite(descriptor, bytes, bytes.count, offset)
        guard count == bytes.count else {
            throw AtomicFile.failure(path, count < 0 ? errno : ENOSPC)
        }
        try observer?(.wrote)
    }

    func sync() throws(CheckpointError) {
        guard fsync(descriptor) == 0 else { throw AtomicFile.failure(path, errno) }
    }

    func close() {
        Glibc.close(descriptor)
    }
}
