import Glibc

/// A file mapped read-only into memory for as long as something holds this object.
///
/// Another program may delete or replace the file meanwhile, but not cut it short in place.
final class MappedFile: @unchecked Sendable {
    // Safe to share: the mapping is read-only and its bounds never change.

    let path: String
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(CheckpointError) {
        self.path = path
        if path.utf8.contains(0) {
            throw CheckpointError(.notFound, path, "can't be opened: a NUL in the file name")
        }
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw MappedFile.openingFailed(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw MappedFile.openingFailed(path, errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw CheckpointError(.unreadable, path, "is a directory, not a file")
        default: throw CheckpointError(.unreadable, path, "is a device or pipe, not a file")
        }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else {
            throw MappedFile.openingFailed(path, errno)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        if let base = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
        }
    }

    private static func openingFailed(_ path: String, _ code: Int32) -> CheckpointError {
        switch code {
        case ENOENT, ENOTDIR: CheckpointError(.notFound, path, "no such file")
        case EACCES, EPERM: CheckpointError(.unreadable, path, "can't be read: permission denied")
        default: CheckpointError(.unreadable, path, "can't be read: \(systemMessage(code))")
        }
    }
}
