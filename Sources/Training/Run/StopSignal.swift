import Glibc
import Synchronization
import Tensor

/// Turns the first SIGINT or SIGTERM into a wish to stop; a second one ends the process at once.
///
/// The signals are blocked and awaited by a thread of their own, so no code runs inside a handler.
/// Make it before other threads start: they inherit what is blocked.
public final class StopSignal: Sendable {
    private let requested = Atomic(false)

    /// A wish that only `request` can express.
    public init() {}

    /// Whether training should end after the current step.
    public var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Asks for the end, as a signal would.
    public func request() { requested.store(true, ordering: .relaxed) }

    /// Listens for SIGINT and SIGTERM from now on, and ignores broken pipes.
    public static func listening() -> StopSignal {
        let stop = StopSignal()
        signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        // A job in the background may have been told to ignore Ctrl-C; then it goes on doing so.
        for number in [SIGINT, SIGTERM] where !isIgnored(number) { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        _ = Thread { [stop] in stop.listen(awaited) }
        return stop
    }

    private func listen(_ signals: sigset_t) {
        var signals = signals
        var number: Int32 = 0
        while sigwait(&signals, &number) == 0 {
            if requested.exchange(true, ordering: .relaxed) {
                _exit(ExitStatus.interrupted.rawValue)
            }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
