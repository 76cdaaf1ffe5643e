import Glibc

/// A file being written that doesn't have its name yet.
package final class FileOutput<Failure: Error> {
    /// Where it lies until then, for libraries that write files by name.
    package let temporary: String
    private let descriptor: Int32
    private var isOpen = true
    private let target: AtomicFile<Failure>

    init(_ temporary: String, _ descriptor: Int32, _ target: AtomicFile<Failure>) {
        self.temporary = temporary
        self.descriptor = descriptor
        self.target = target
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        let largestPiece = 1 << 26
        for start in stride(from: 0, to: bytes.count, by: largestPiece) {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(largestPiece))
            try target.attempt { () throws(FileProblem) in
                try FileBytes.write(piece, to: descriptor)
            }
            try target.observer?(.wrote)
        }
    }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws(Failure) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(Failure) in try write(bytes) }
        }
        try result.get()
    }

    /// Replaces a few bytes that were written before.
    package func patch(_ bytes: [UInt8], at offset: Int) throws(Failure) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(FileProblem) in
                try FileBytes.write(bytes, to: descriptor, at: offset)
            }
        }
        try target.attempt(result.get)
        try target.observer?(.wrote)
    }

    /// Brings everything to the disk, also what a library wrote by name.
    func finish() throws(FileProblem) {
        guard fsync(descriptor) == 0 else { throw .last }
        isOpen = false
        // Some network file systems report only now that the disk is full.
        guard close(descriptor) == 0 || errno == EINTR else { throw .last }
    }

    /// Lets go of the file and removes it.
    func discard() {
        if isOpen { close(descriptor) }
        isOpen = false
        unlink(temporary)
    }
}
