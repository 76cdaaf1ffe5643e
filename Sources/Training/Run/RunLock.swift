import FTSupport
import Glibc

/// Keeps two processes from training in one run folder. The system lets go of it when the process
/// ends, however it ends.
///
/// Two locks: on a file, which also says who has it, and on the folder, because a file can be
/// removed. To be taken before anything of the run is read.
final class RunLock: Sendable {
    /// Less than 0 where nothing can be written, so that the folder's lock is all there is.
    private let file: Int32
    private let folder: Int32

    /// Takes the lock of a run; throws, with who has it, where another process does.
    init(_ run: RunFolder) throws(RunError) {
        folder = open(run.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        do throws(FileProblem) {
            file = try OwnFile.open(run.lockPath, O_RDWR | O_CREAT)
        } catch {
            let isReadOnly = [EROFS, EACCES].contains { error == .system($0) }
            guard isReadOnly, folder >= 0 else {
                if folder >= 0 { close(folder) }
                throw RunError(.data, "\(run.lockPath): \(error.whileWriting)")
            }
            file = -1
        }
        guard file < 0 || RunLock.take(file), folder < 0 || RunLock.take(folder) else {
            if file >= 0 { close(file) }
            if folder >= 0 { close(folder) }
            throw RunError(
                .data, "\(run.path): \(RunLock.holder(run)) is training this run; stop it first")
        }
        guard file >= 0 else { return }
        ftruncate(file, 0)
        try? FileBytes.write("\(getpid()) \(RunLock.host)\n", to: file)
    }

    deinit {
        if file >= 0 {
            ftruncate(file, 0)
            close(file)
        }
        if folder >= 0 { close(folder) }
    }

    /// Whether a process trains in the folder now.
    static func isTaken(_ run: RunFolder) -> Bool {
        let descriptor = open(run.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Who has the lock, in words.
    static func holder(_ run: RunFolder) -> String {
        let bytes = (try? FileBytes.read(run.lockPath, limit: 1 << 10)) ?? []
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let process = Int32(words[0]) else { return "another process" }
        return "process \(process) on \(String(words[1]).escapedForDisplay())"
    }

    /// False where somebody else has the lock. Some network file systems have no locks; training
    /// there goes without.
    private static func take(_ descriptor: Int32) -> Bool {
        // Whoever only asks whether it is taken has it for a moment.
        for _ in 0..<20 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
            usleep(5000)
        }
        return false
    }

    private static var host: String {
        let bytes = (try? FileBytes.read("/proc/sys/kernel/hostname", limit: 1 << 10)) ?? []
        let name = String(decoding: bytes, as: UTF8.self).prefix { !$0.isWhitespace }
        return name.isEmpty ? "localhost" : String(name)
    }
}
