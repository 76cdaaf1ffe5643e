import FTSupport
import Glibc
import Synchronization

/// The first error number, other than that of a reader who has gone, that writing met; 0 for none.
/// A program ends with it, so it is kept where every print can reach it.
private let firstProblem = Atomic<Int32>(0)

/// Standard output and error of this process. Names and texts come from files and from whoever made
/// them, so whatever could steer a terminal is written as an escape, but for the ends of lines.
public enum Terminal {
    /// Writes text to standard output. Whoever read it may be gone; training goes on without.
    public static func print(_ text: String) {
        write(text + "\n")
    }

    /// Writes text to standard output without a line's end. What goes wrong is for `checkOutput` to
    /// say.
    public static func write(_ text: String) { writeBytes(text.harmlessLines) }

    /// Writes text that is what was asked for: as it is into a pipe or file, and on a terminal
    /// without what could steer it.
    public static func writeText(_ text: String) {
        writeBytes(outputIsTerminal ? text.harmlessText : text)
    }

    /// The same of bytes, which needn't be UTF-8.
    public static func writeText(_ bytes: [UInt8]) {
        if outputIsTerminal { return writeText(String(decoding: bytes, as: UTF8.self)) }
        attempt { () throws(FileProblem) in try FileBytes.write(bytes, to: STDOUT_FILENO) }
    }

    /// Whether somebody looks at standard output as it comes.
    public static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    private static func writeBytes(_ text: String) {
        attempt { () throws(FileProblem) in try FileBytes.write(text, to: STDOUT_FILENO) }
    }

    private static func attempt(_ body: () throws(FileProblem) -> Void) {
        do throws(FileProblem) {
            try body()
        } catch {
            guard case .system(let code) = error, code != EPIPE else { return }
            _ = firstProblem.compareExchange(expected: 0, desired: code, ordering: .relaxed)
        }
    }

    /// Throws where something could not be written to standard output, though somebody reads it.
    public static func checkOutput() throws(RunError) {
        let code = firstProblem.load(ordering: .relaxed)
        guard code != 0 else { return }
        let problem =
            FileProblem.system(code) == .system(ENOSPC) ? "the disk is full" : systemMessage(code)
        throw RunError(
            .data, "standard output can't be written: \(problem); what it holds is cut short")
    }

    /// Writes a line to standard error. A sentence of this program is cut between words where it is
    /// wider than the terminal that shows it; in a file or a pipe it stays on one line.
    public static func warn(_ text: String) {
        let lines = isatty(STDERR_FILENO) == 1 ? folded(text.harmlessLines, to: width) : [text]
        let all = lines.joined(separator: "\n").harmlessLines + "\n"
        try? FileBytes.write(all, to: STDERR_FILENO)
    }

    /// Writes a line to standard error on what a person should know though nothing failed.
    public static func note(_ text: String) { warn("fttrain: note: \(text)") }

    /// A sentence of this program in lines of so many columns, those after the first below its
    /// beginning; other text as it is.
    static func folded(_ text: String, to width: Int) -> [String] {
        let name = "fttrain: "
        guard text.hasPrefix(name), width >= 40 else { return [text] }
        // Commands to paste stay in one piece.
        let space = "\u{E000}"
        let parts = text.split(separator: "fttrain ", omittingEmptySubsequences: false)
        let kept = parts.dropFirst().map { part -> String in
            let end = part.firstIndex { ",;\n".contains($0) } ?? part.endIndex
            return part[..<end].replacing(" ", with: space) + String(part[end...])
        }
        let whole = ([String(parts[0])] + kept).joined(separator: "fttrain" + space)
        return whole.wrapped(indent: name.count, width: width).map {
            $0.replacing(space, with: " ")
        }
    }

    /// Writes text of our own to standard error, with its orders to the terminal.
    static func draw(_ text: String) {
        try? FileBytes.write(text, to: STDERR_FILENO)
    }

    /// Whether a progress bar can be drawn on standard error.
    public static var canDraw: Bool {
        guard isatty(STDERR_FILENO) == 1 else { return false }
        return variable("TERM") != "dumb"
    }

    /// Whether text on standard error may have colour.
    static var hasColor: Bool { canDraw && (variable("NO_COLOR") ?? "").isEmpty }

    /// The width of the terminal in columns.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
