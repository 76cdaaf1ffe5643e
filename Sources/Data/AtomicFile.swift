import Glibc

/// Files that appear under their name only when they are complete.
enum AtomicFile {
    /// Has `body` write a file under a temporary name beside `path`, then renames it.
    ///
    /// On an error the temporary file is removed and whatever was at `path` stays.
    static func write(_ path: String, _ body: (_ temporary: String) throws -> Void) throws {
        let temporary = "\(path).part-\(getpid())"
        do {
            try makeFolder(of: path)
            try body(temporary)
            try synchronize(temporary, path)
            guard rename(temporary, path) == 0 else {
                throw DataError(path, "can't be written: \(systemError())")
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes `bytes` as the whole of a file.
    static func write(_ path: String, _ pieces: [UnsafeRawBufferPointer]) throws {
        try write(path) { temporary in
            guard let file = fopen(temporary, "wb") else {
                throw DataError(path, "can't be created: \(systemError())")
            }
            var isWhole = true
            for piece in pieces where !piece.isEmpty {
                isWhole = fwrite(piece.baseAddress, 1, piece.count, file) == piece.count && isWhole
            }
            guard fclose(file) == 0, isWhole else {
                throw DataError(path, "can't be written: \(systemError())")
            }
        }
    }

    private static func synchronize(_ temporary: String, _ path: String) throws {
        let descriptor = open(temporary, O_RDONLY)
        guard descriptor >= 0 else {
            throw DataError(path, "can't be created: \(systemError())")
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw DataError(path, "can't be written: \(systemError())")
        }
    }

    /// Makes the folder that `path` lies in, and those above it.
    private static func makeFolder(of path: String) throws {
        for (index, byte) in path.utf8.enumerated() where byte == UInt8(ascii: "/") && index > 0 {
            let folder = String(decoding: path.utf8.prefix(index), as: UTF8.self)
            guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
                throw DataError(path, "folder '\(folder)' can't be made: \(systemError())")
            }
        }
    }
}
