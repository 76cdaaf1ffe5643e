import FTSupport
public import Tensor

/// The best value of a metric so far, and when it was reached.
public struct BestMetric: Sendable, Equatable {
    /// The metric's name, `accuracy` say.
    public var name: String
    /// Its value.
    public var value: Double
    /// The epoch, from 1.
    public var epoch: Int
    /// The optimizer step, from 1.
    public var step: Int

    /// Creates a record.
    public init(_ name: String, _ value: Double, epoch: Int, step: Int) {
        self.name = name
        self.value = value
        self.epoch = epoch
        self.step = step
    }
}

/// Everything besides tensors that a run needs to go on as if it had never stopped.
public struct TrainingState: Sendable, Equatable {
    /// The name of the run or model.
    public var name = ""
    /// The version of the framework that wrote it.
    public var frameworkVersion = ""
    /// When it was written, as `2026-11-20T12:00:00Z`; see `timestamp`.
    public var created = ""
    /// The device it was trained on.
    public var device = ""
    /// The seed of the run.
    public var seed: UInt64 = 0
    /// Optimizer steps taken.
    public var step = 0
    /// Epochs finished.
    public var epoch = 0
    /// The best metric so far, nil before the first validation.
    public var best: BestMetric?
    /// The kind of optimizer whose state is saved, nil when none is.
    public var optimizer: String?
    /// The optimizer's numbers that are not tensors.
    public var optimizerValues: [String: Double] = [:]
    /// The schedule's numbers; schedules that follow from the step have none.
    public var schedule: [String: Double] = [:]
    /// Where the sampler stands, in the sampler's own words; nil when not saved.
    public var sampler: [String: Int]?
    /// Where each random stream stands, by a name of the trainer's choice.
    public var random: [String: RandomKey] = [:]
    /// The effective config as JSON text.
    public var config: String?
    /// The XXH64 of the config, as `eval` says it; nil without one.
    var configHash: String? { config.map { XXHash64.text(of: $0) } }
    /// Anything else.
    public var extra: [String: String] = [:]

    /// Creates an empty state.
    public init() {}

    /// Seconds since 1970 as `2026-11-20T12:00:00Z`; the current time by default.
    public static func timestamp(secondsSince1970 seconds: Int? = nil) -> String {
        Clock.timestamp(secondsSince1970: seconds)
    }

    /// What is missing for going on exactly, in words; empty when nothing is.
    public var missingForResuming: [String] {
        var missing: [String] = []
        if optimizer == nil { missing.append("optimizer state") }
        if random.isEmpty { missing.append("random state") }
        if sampler == nil { missing.append("sampler position") }
        if config == nil { missing.append("config") }
        return missing
    }
}
