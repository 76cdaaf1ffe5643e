import FTSupport
import Glibc
import Training

/// Standard output of commands that would write on without end, and stop where nobody reads it.
enum Output {
    /// Whoever read it has gone, as `head` does: what is left to be said is said to nobody.
    struct ReaderIsGone: Error {}

    /// Writes text that is what was asked for: as it is into a pipe or file, and on a terminal
    /// without what could steer it.
    static func write(_ text: String) throws {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        do throws(FileProblem) {
            try FileBytes.write(isTerminal ? text.harmlessText : text, to: STDOUT_FILENO)
        } catch {
            if error == .system(EPIPE) { throw ReaderIsGone() }
            let isFull = error == .system(ENOSPC)
            let reason = isFull ? "the disk is full; make room" : error.whileWriting
            throw RunError(
                .data, "standard output can't be written: \(reason); what it holds is cut short")
        }
    }
}
