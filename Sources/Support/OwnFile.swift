import Glibc

/// Files of a folder that may come from somebody else: what lies there under a name of ours need
/// not be ours.
package enum OwnFile {
    /// Opens a regular file, without waiting for anything; the caller closes it.
    ///
    /// Throws for symbolic links unless told to follow them, for folders, devices and pipes, and,
    /// where it is to be written, for files that have a second name.
    package static func open(
        _ path: String, _ flags: Int32, followsLinks: Bool = false
    ) throws(FileProblem) -> Int32 {
        if path.utf8.contains(0) { throw .isNoName }
        let safety = O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)
        let descriptor = Glibc.open(path, flags | safety, 0o666)
        guard descriptor >= 0 else {
            // Of a pipe without a reader, or a device that isn't there.
            throw errno == ELOOP ? .isLink : errno == ENXIO ? .isDevice : .last
        }
        do throws(FileProblem) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .last }
            try status.requireFile()
            let isWritten = flags & (O_WRONLY | O_RDWR) != 0
            if isWritten, status.st_nlink > 1 { throw .hasSecondName }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }
}
