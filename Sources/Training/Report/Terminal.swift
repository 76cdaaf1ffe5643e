import FTSupport
import Glibc

/// Standard output and error of this process.
public enum Terminal {
    /// Writes text to standard output. Whoever read it may be gone; training goes on without.
    public static func print(_ text: String) {
        write(text + "\n")
    }

    /// Writes text to standard output as it is.
    public static func write(_ text: String) {
        try? FileBytes.write(text, to: STDOUT_FILENO)
    }

    /// Writes a line to standard error.
    public static func warn(_ text: String) {
        try? FileBytes.write(text + "\n", to: STDERR_FILENO)
    }

    /// Writes text to standard error as it is.
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
