/// What happens during training, as it happens.
public enum TrainingEvent: Sendable {
    /// Before the first step.
    case started(RunInfo)
    /// The loss of the first step of this session, before it changed anything.
    case firstLoss(Double, step: Int)
    /// After each step.
    case step(StepProgress)
    /// An epoch was finished and measured, or measured on the way.
    case epoch(EpochRecord)
    /// A sentence on what makes the result another than was meant. Who asked for silence is told,
    /// too.
    case warning(String)
    /// A sentence on what happens as it was meant: why the run ends, whose weights it has.
    case note(String)
    /// A checkpoint is on the disk.
    case saved(path: String, step: Int)
    /// The run ended; `path` is its folder.
    case ended(RunSummary, path: String)
}

/// Where training stands within an epoch.
public struct StepProgress: Sendable {
    /// From 1.
    public var epoch: Int
    /// Epochs in all.
    public var epochs: Int
    /// Steps since the run began.
    public var step: Int
    /// Steps of this epoch that are done.
    public var stepInEpoch: Int
    /// All steps of an epoch.
    public var stepsPerEpoch: Int
    /// Steps of the run that are left, unless it ends early.
    public var stepsLeft: Int
    /// The mean loss of the epoch so far.
    public var meanLoss: Double
    /// Seconds of this session.
    public var seconds: Double
    /// Examples trained on in this session.
    public var samples: Int
    /// Steps of this session.
    public var sessionSteps: Int

    /// Seconds that are left at the speed so far.
    public var remaining: Double {
        seconds / Double(max(1, sessionSteps)) * Double(stepsLeft)
    }
}

/// Shows or records what happens during training. Called on the thread that trains.
public protocol TrainingObserver: AnyObject {
    /// Called for each event, in order.
    func handle(_ event: TrainingEvent)
}
