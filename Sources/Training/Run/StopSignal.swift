import Glibc
import Synchronization

/// How many SIGINT and SIGTERM arrived. A signal handler can reach nothing but a global, and
/// blocking the signals instead is not enough: OpenBLAS has started threads before `main`.
private let arrivedSignals = Atomic(0)

/// Turns the first SIGINT or SIGTERM into a wish to stop; a second one ends the process at once.
public final class StopSignal: Sendable {
    private let requested = Atomic(false)
    private let isListening: Bool

    /// A wish that only `request` can express.
    public convenience init() { self.init(isListening: false) }

    private init(isListening: Bool) { self.isListening = isListening }

    /// Whether training should end after the current step.
    public var isRequested: Bool {
        requested.load(ordering: .relaxed)
            || isListening && arrivedSignals.load(ordering: .relaxed) > 0
    }

    /// Asks for the end, as a signal would.
    public func request() { requested.store(true, ordering: .relaxed) }

    /// Listens for SIGINT and SIGTERM from now on.
    public static func listening() -> StopSignal {
        // The handler must not be the first to touch the counter, which would initialize it.
        _ = arrivedSignals.load(ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            let earlier = arrivedSignals.add(1, ordering: .relaxed).oldValue
            if earlier > 0 { _exit(ExitStatus.interrupted.rawValue) }
        }
        action.sa_flags = SA_RESTART
        for number in [SIGINT, SIGTERM] where !isIgnored(number) {
            sigaction(number, &action, nil)
        }
        return StopSignal(isListening: true)
    }

    /// Whether the process was started with the signal ignored, as a job in the background may be.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
