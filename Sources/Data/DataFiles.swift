import FTSupport
import Glibc
import Tensor

/// Data files as the formats read and write them.
enum DataFile {
    /// The bytes of a file that is not empty.
    static func map(_ path: String) throws -> MappedFile {
        try requireContent(path)
        do { return try MappedFile(path: path) } catch { throw DataError(path, error.whileReading) }
    }

    /// The size of a file that is not empty; throws where there is none that can be read.
    @discardableResult
    static func requireContent(_ path: String) throws -> Int {
        let size = try size(path)
        guard size > 0 else { throw DataError(path, "the file is empty; make it again") }
        return size
    }

    /// The size of a regular file, or the sentence on why there is none.
    static func size(_ path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let problem = FileProblem.last
            if problem.isMissing { throw DataError(path, "there is no such file; check the path") }
            throw DataError(path, problem.whileReading)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DataError(path, "this is not a file; name a data file")
        }
        guard access(path, R_OK) == 0 else { throw DataError(path, FileProblem.last.whileReading) }
        return Int(status.st_size)
    }

    /// Replaces a file with what `fill` writes once that is complete; makes the folders on the way.
    ///
    /// - Parameter replaces: whether it may take the place of a file.
    static func write(
        _ path: String, replaces: Bool = true, _ fill: (FileOutput<any Error>) throws -> Void
    ) throws {
        do {
            try Folder.make(of: path)
        } catch {
            throw DataError(path, "folder '\(error.path)' can't be made: \(error.reason)")
        }
        try AtomicFile<any Error>(path, replaces: replaces) { DataError(path, $0.whileWriting) }
            .write(fill)
    }
}
