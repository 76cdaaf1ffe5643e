import FTSupport

/// A line on standard error on what takes long: on a terminal it is drawn over again, elsewhere one
/// is written every ten seconds.
public final class PassingNote {
    private var last = Clock.seconds()
    private var isVisible = false
    private static let (pause, pauseOfLines) = (0.1, 10.0)

    /// A note that says nothing yet.
    public init() {}

    /// Says where things stand, if the last time is long enough ago.
    public func show(_ text: String) {
        let now = Clock.seconds()
        guard now - last >= (Terminal.canDraw ? PassingNote.pause : PassingNote.pauseOfLines) else {
            return
        }
        last = now
        guard Terminal.canDraw else { return Terminal.warn(text) }
        isVisible = true
        Terminal.draw("\r\u{1B}[K" + text.cut(to: max(20, Terminal.width - 1)))
    }

    /// Removes the line, so that others can be printed.
    public func clear() {
        guard isVisible else { return }
        isVisible = false
        Terminal.draw("\r\u{1B}[K")
    }
}
