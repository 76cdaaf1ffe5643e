import Checkpoint
public import FTJSON
import Glibc

/// How a run stands or ended: the content of `summary.json`.
public struct RunSummary: Sendable {
    /// What became of a run.
    public enum Status: String, Sendable {
        /// It is under way, or its process was killed.
        case running
        /// It reached its last epoch, or stopped early as told.
        case completed
        /// It was asked to stop, and can be resumed.
        case interrupted
        /// Its loss was not finite.
        case diverged
        /// It ended with an error.
        case failed
    }

    /// The best epoch.
    public struct Best: Sendable, Equatable {
        /// From 1.
        public var epoch: Int
        /// Steps that had been taken.
        public var step: Int
        /// `loss` or the metric that decided.
        public var by: String
        /// What was measured then.
        public var measurement: RunMeasurement
    }

    /// What became of it.
    public var status = Status.running
    /// One sentence on why it diverged or failed.
    public var reason: String?
    /// What may help where it diverged.
    public var remedy: String?
    /// The name in the config.
    public var name = ""
    /// Epochs finished.
    public var epochs = 0
    /// Steps taken.
    public var steps = 0
    /// Seconds of training over all sessions.
    public var seconds = 0.0
    /// Examples trained on in a second of training steps.
    public var samplesPerSecond = 0.0
    /// The share of the steps' time that was spent waiting for data.
    public var dataWaitShare = 0.0
    /// nil before the first epoch is finished.
    public var best: Best?
    /// What people read for names of metrics, where that isn't the name.
    var metricTitles: [String: String] = [:]
    /// Why no epoch is the best, where measurements were taken and none has what decides.
    public var noBest: String?
    /// How what was measured becomes what it is in the units of the data.
    var units: TargetUnits?
    /// The mean loss of the last finished epoch's steps.
    public var trainLoss: Double?
    /// Whether `best` was measured on data of its own.
    public var hasValidation = true
    /// Elements of all parameters.
    public var parameters = 0
    /// The device, its libraries and threads in words.
    public var device = ""
    /// Settings that became others on the way, in order.
    var changes: [ConfigChange] = []
    /// The seed of every random stream.
    public var seed: UInt64 = 0
    /// Whether a run of more epochs begins as this one did.
    public var canBeLonger = true
    /// Whether it learned a text, and writes one.
    public var writesText = false
    /// The settings that together let a run that is over go on.
    public var longerSettings: [String] = []
    /// The limit of steps, where that is what ended it.
    public var stepLimit: Int?
    /// The page on the run, where one is kept.
    public var page: String?
    /// The shape and dtype of the data, to notice another file at the same path.
    public var dataFingerprint = ""

    /// A hash of what the data held.
    public var dataHash = ""

    /// The content of the file.
    public var json: JSONObject {
        var object: JSONObject = ["status": .string(status.rawValue)]
        if let reason { object["reason"] = .string(reason) }
        object["name"] = .string(name)
        object["epochs"] = .int(epochs)
        object["steps"] = .int(steps)
        object["seconds"] = JSONValue(number: seconds.rounded(to: 3))
        object["samplesPerSecond"] = JSONValue(number: samplesPerSecond.rounded(to: 1))
        object["dataWaitShare"] = JSONValue(number: dataWaitShare.rounded(to: 4))
        if let best {
            object["best"] = .object([
                "epoch": .int(best.epoch), "step": .int(best.step), "by": .string(best.by),
                (hasValidation ? "validation" : "train"): best.measurement.json,
            ])
        }
        if let noBest { object["noBest"] = .string(noBest) }
        if !changes.isEmpty { object["changes"] = ConfigChange.json(changes) }
        if let trainLoss { object["trainLoss"] = JSONValue(number: trainLoss) }
        object["parameters"] = .int(parameters)
        object["peakMemory"] = .int(RunSummary.peakMemory)
        object["device"] = .string(device)
        object["seed"] = JSONValue(seed: seed)
        object["data"] = .string(dataFingerprint)
        object["dataHash"] = .string(dataHash)
        object["version"] = .string(FrameworkVersion.current)
        object["updated"] = .string(TrainingState.timestamp())
        return object
    }

    /// The most memory that this process ever held, in bytes.
    public static var peakMemory: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
