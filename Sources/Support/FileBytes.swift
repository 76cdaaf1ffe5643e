import Glibc

/// Whole files, read and written without a temporary.
package enum FileBytes {
    /// All bytes of a file, device or pipe; throws where there are more than `limit`.
    package static func read(_ path: String, limit: Int = .max) throws(FileProblem) -> [UInt8] {
        if path.utf8.contains(0) { throw .isNoName }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .last }
            bytes += piece[..<count]
            if bytes.count > limit { throw .isTooLarge }
        }
    }

    /// Adds text at the end of a file, which is created if need be.
    package static func append(_ text: String, to path: String) throws(FileProblem) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        try write(text, to: descriptor)
    }

    /// Writes all of a text to an open file.
    package static func write(_ text: String, to descriptor: Int32) throws(FileProblem) {
        var text = text
        let result = text.withUTF8 { bytes in
            Result { () throws(FileProblem) in
                try write(UnsafeRawBufferPointer(bytes), to: descriptor)
            }
        }
        try result.get()
    }

    /// Writes all of `bytes` to an open file, or from `offset` on instead of at its position.
    static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int? = nil
    ) throws(FileProblem) {
        var position = 0
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            let count =
                if let offset {
                    pwrite(descriptor, rest.baseAddress, rest.count, offset + position)
                } else {
                    Glibc.write(descriptor, rest.baseAddress, rest.count)
                }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileProblem(count < 0 ? errno : ENOSPC) }
            position += count
        }
    }
}
