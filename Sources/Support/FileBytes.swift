import Glibc

/// Whole files, read and written without a temporary.
package enum FileBytes {
    /// All bytes of a file; throws where there are more than `limit`.
    ///
    /// - Parameter takesDevices: whether it may be a device or a pipe, which may make wait.
    package static func read(
        _ path: String, limit: Int = .max, takesDevices: Bool = false
    ) throws(FileProblem) -> [UInt8] {
        if path.utf8.contains(0) { throw .isNoName }
        let descriptor =
            takesDevices
            ? open(path, O_RDONLY | O_CLOEXEC)
            : try OwnFile.open(path, O_RDONLY, followsLinks: true)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        return try read(all: descriptor, limit: limit)
    }

    /// The most that standard input is read of at once.
    package static let mostInput = 1 << 30

    /// All that standard input gives, up to a first NUL, with which it is no text and may never end.
    ///
    /// Throws where there is more than `mostInput`.
    package static func standardInput() throws(FileProblem) -> [UInt8] {
        try read(all: STDIN_FILENO, limit: mostInput, endsAtNUL: true)
    }

    private static func read(
        all descriptor: Int32, limit: Int = .max, endsAtNUL: Bool = false
    ) throws(FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try read(descriptor, into: &piece)
            if count == 0 { return bytes }
            let hasNUL = piece.withUnsafeBytes { piece in
                bytes.append(contentsOf: piece.prefix(count))
                return piece.baseAddress.map { memchr($0, 0, count) != nil } ?? false
            }
            if endsAtNUL, hasNUL { return bytes }
            if bytes.count > limit { throw .isTooLarge }
        }
    }

    /// The next bytes of an open file, as many as there are and fit; 0 at its end.
    package static func read(
        _ descriptor: Int32, into piece: inout [UInt8]
    ) throws(FileProblem) -> Int {
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count >= 0 { return count }
            if errno != EINTR { throw .last }
        }
    }

    /// Adds text at the end of a file of our own (see `OwnFile`), which is created if need be.
    ///
    /// - Parameter isSynced: whether to return only when it is on the disk.
    package static func append(
        _ text: String, to path: String, isSynced: Bool = false
    ) throws(FileProblem) {
        let descriptor = try OwnFile.open(path, O_WRONLY | O_CREAT | O_APPEND)
        defer { close(descriptor) }
        try write(text, to: descriptor)
        if isSynced, fsync(descriptor) != 0 { throw .last }
    }

    /// Adds bytes at the end of a file of our own, which is created if need be.
    package static func append(_ bytes: [UInt8], to path: String) throws(FileProblem) {
        let descriptor = try OwnFile.open(path, O_WRONLY | O_CREAT | O_APPEND)
        defer { close(descriptor) }
        try write(bytes, to: descriptor)
    }

    /// Writes all of some bytes to an open file.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileProblem) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(FileProblem) in try write(bytes, to: descriptor) }
        }
        try result.get()
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
