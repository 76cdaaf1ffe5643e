import FTConfig

/// What a program that trains tells its caller by its exit status.
public enum ExitStatus: Int32, CaseIterable, Sendable {
    /// It did what was asked.
    case success = 0
    /// A check found what it looks for.
    case failedCheck = 1
    /// The command line or the config is wrong.
    case usage = 2
    /// A data file, checkpoint or run folder can't be used.
    case data = 3
    /// Training produced NaN or infinity.
    case diverged = 4
    /// It met a fault of its own, or the system had no memory left.
    case fault = 70
    /// A signal stopped it after it saved its state; a process then ends with
    /// `StopSignal.exitStatus`: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP.
    case interrupted = 130

    /// What it tells, as the manual page says it.
    package var meaning: String {
        switch self {
        case .success: "it did what was asked"
        case .failedCheck:
            "a check found what it looks for, such as gradients that are not right; trials or "
                + "folds came to no end, no rate was found, or no epoch could be the best"
        case .usage: "the command line or the config is wrong"
        case .data: "a data file, checkpoint or run folder can't be used"
        case .diverged: "training produced NaN or infinity"
        case .fault: "it met a fault of its own, or the system had no memory left"
        case .interrupted:
            "SIGINT stopped it after it saved its state; 143 after SIGTERM, 129 after SIGHUP"
        }
    }

    /// The status that belongs to an error of this framework.
    public init(for error: any Error) {
        switch error {
        case is UsageError, is ConfigError: self = .usage
        case let error as RunError: self = error.status
        default: self = .data
        }
    }
}
