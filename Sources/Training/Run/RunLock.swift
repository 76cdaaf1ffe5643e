import Checkpoint
import FTSupport
import Glibc

/// Keeps two processes from training in one run folder. The system lets go of it when the process
/// ends, however it ends.
final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a run; throws where another process has it.
    init(_ folder: RunFolder) throws(RunError) {
        descriptor = open(folder.logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw RunError(.data, "\(folder.logPath): \(FileProblem.last.whileWriting)")
        }
        // Some network file systems have no locks; training there goes without.
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        close(descriptor)
        throw RunError(.data, "\(folder.path): another process is training this run; stop it first")
    }

    deinit { close(descriptor) }

    /// Whether a process trains in the folder now.
    static func isTaken(_ folder: RunFolder) -> Bool {
        let descriptor = open(folder.logPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
