import Glibc

/// A file mapped read-only into memory for as long as something holds this object.
///
/// Another program may delete or replace the file meanwhile, but not cut it short in place.
package final class MappedFile: @unchecked Sendable {
    // Safe to share: the mapping is read-only and its bounds never change.

    package let path: String
    package let bytes: UnsafeRawBufferPointer

    package init(path: String) throws(FileProblem) {
        self.path = path
        if path.utf8.contains(0) { throw .isNoName }
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        try status.requireFile()
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw .last }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        if let base = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
        }
    }
}

extension stat {
    /// Throws for what is not a regular file.
    func requireFile() throws(FileProblem) {
        switch st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .isFolder
        default: throw .isDevice
        }
    }
}
