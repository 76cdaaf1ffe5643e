import Glibc
import Synchronization

/// How many signals that ask for an end arrived, the first of them, and what is going on meanwhile.
/// A signal handler can reach nothing but globals, and blocking the signals instead is not enough:
/// OpenBLAS has started threads before `main`.
private let arrivedSignals = Atomic(0)
private let firstSignal = Atomic<Int32>(SIGINT)
private let currentPhase = Atomic(StopSignal.Phase.preparing.rawValue)

/// Turns the first SIGINT, SIGTERM or SIGHUP into a wish to stop; a second one ends the process at
/// once, except while a checkpoint is written. Before training has begun, when nothing can be lost,
/// the first one does.
public final class StopSignal: Sendable {
    /// What training is doing, which is what a stop waits for.
    enum Phase: Int {
        case preparing, waitingForData, computing, measuring, saving, others

        var words: StaticString {
            switch self {
            case .preparing, .computing: "the step that is being computed"
            case .waitingForData: "the next batch of the data"
            case .measuring: "a batch of the validation data"
            case .saving: "the checkpoint that is being written"
            case .others: "the trials that save their state"
            }
        }
    }

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

    /// The exit status of a process that a signal stopped: 128 and the signal's number.
    public static var exitStatus: Int32 { 128 + firstSignal.load(ordering: .relaxed) }

    /// Runs `body` as a phase of training.
    func during<R>(_ phase: Phase, _ body: () throws -> R) rethrows -> R {
        guard isListening else { return try body() }
        let before = currentPhase.exchange(phase.rawValue, ordering: .relaxed)
        defer { currentPhase.store(before, ordering: .relaxed) }
        return try body()
    }

    /// Listens for SIGINT, SIGTERM and SIGHUP from now on.
    public static func listening() -> StopSignal {
        // The handlers must not be the first to touch these, which would initialize them.
        _ = arrivedSignals.load(ordering: .relaxed)
        _ = firstSignal.load(ordering: .relaxed)
        _ = currentPhase.load(ordering: .relaxed)
        var action = sigaction()
        action.sa_flags = SA_RESTART
        action.__sigaction_handler.sa_handler = { _ in
            StopSignal.sayWhatItWaitsFor()
            alarm(10)
        }
        sigaction(SIGALRM, &action, nil)
        action.__sigaction_handler.sa_handler = { StopSignal.arrived($0) }
        for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
            sigaction(number, &action, nil)
        }
        return StopSignal(isListening: true)
    }

    /// In a signal handler: nothing here may allocate or lock.
    private static func arrived(_ number: Int32) {
        let phase = Phase(rawValue: currentPhase.load(ordering: .relaxed))
        if arrivedSignals.add(1, ordering: .relaxed).oldValue == 0 {
            firstSignal.store(number, ordering: .relaxed)
            guard phase == .preparing else {
                if phase == .saving { sayWhatItWaitsFor() }
                alarm(3)
                return
            }
            say("fttrain: stopped before training began; nothing is lost\n")
        } else if phase == .saving {
            return sayWhatItWaitsFor()
        }
        _exit(exitStatus)
    }

    private static func sayWhatItWaitsFor() {
        let phase = Phase(rawValue: currentPhase.load(ordering: .relaxed)) ?? .computing
        say("fttrain: stopping; waiting for ")
        say(phase.words)
        say(phase == .saving ? "\n" : "; one more signal ends it at once, without saving\n")
    }

    private static func say(_ text: StaticString) {
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }

    /// Whether the process was started with the signal ignored, as a job in the background may be.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
