import Checkpoint
import Glibc

/// Small files of a run folder.
enum FileWriting {
    /// Replaces a file: at any moment the old or the new content is there, whole.
    static func replace(_ path: String, with text: String) throws(RunError) {
        // One name, so that a killed process leaves at most one such file, which the next replaces.
        let temporary = path + partialSuffix
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(path) }
        let isWritten = writeAll(descriptor, text) && fsync(descriptor) == 0
        let problem = isWritten ? nil : failure(path)
        close(descriptor)
        if let problem {
            unlink(temporary)
            throw problem
        }
        guard rename(temporary, path) == 0 else { throw failure(path) }
    }

    /// The end of the name of a file that is not complete yet.
    static let partialSuffix = ".partial"

    /// Adds text at the end of a file, which is created if need be.
    static func append(_ text: String, to path: String) throws(RunError) {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
        let descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard writeAll(descriptor, text) else { throw failure(path) }
    }

    /// The whole of a text file, nil where there is none.
    static func read(_ path: String) throws(RunError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw RunError(.data, "\(path): can't be read: \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw RunError(.data, "\(path): can't be read: \(systemMessage(errno))")
            }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }

    /// Writes all of a text; false where the system refuses.
    static func writeAll(_ descriptor: Int32, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var position = 0
            while position < bytes.count {
                let rest = UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(bytes)[position...])
                let count = write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                position += count
            }
            return true
        }
    }

    private static func failure(_ path: String) -> RunError {
        let code = errno
        let reason = code == ENOSPC || code == EDQUOT ? "the disk is full" : systemMessage(code)
        return RunError(.data, "\(path): can't be written: \(reason)")
    }
}
