import Datasets
public import FTJSON
import Glibc

/// One row of a model's table.
public struct LayerRow: Sendable, Equatable {
    /// Its position and that of the layers around it: `3`, `3.0`.
    public let name: String
    /// The type in the config.
    public let type: String
    /// The shape of one output, without the batch.
    public let outputShape: [Int]
    /// Elements of its parameters.
    public let parameters: Int
    /// How deep it is nested in other layers.
    public let depth: Int
}

/// What is known about a run before its first step.
public struct RunInfo: Sendable {
    /// The name in the config.
    public var name = ""
    /// The run folder; empty where none is made.
    public var path = ""
    /// The seed of every random stream.
    public var seed: UInt64 = 0
    /// The device, its libraries and threads in words.
    public var device = ""
    /// Why `auto` chose this device, or other remarks; may be empty.
    public var deviceNote = ""
    /// The data file.
    public var dataPath = ""
    /// Examples to learn from.
    public var trainCount = 0
    /// Examples to measure on; 0 without validation data.
    public var validationCount = 0
    /// The dtype and shape of one stored input.
    public var storedInput = ""
    /// How targets are read where that is not as they are stored: `targets float64 → int64`.
    public var targetNote = ""
    /// How the table that the data come from became numbers; nil where they come from none.
    var table: TableEncoding?
    /// How what loss and metrics are of becomes the target as it is stored.
    public var units: TargetUnits?
    /// The dtype and shape of one input that the model sees.
    public var modelInput: String {
        modelInputs.map { $0.name.isEmpty ? $0.type : "\($0.name) \($0.type)" }
            .joined(separator: ", ")
    }
    /// The inputs that the model sees: name (empty for one alone), dtype and shape.
    public var modelInputs: [(name: String, type: String)] = []
    /// Whether examples are held in memory.
    public var isInMemory = true
    /// The model's table, nested layers included.
    public var layers: [LayerRow] = []
    /// Elements of all parameters.
    public var parameterCount = 0
    /// Elements of the parameters that are not frozen.
    public var trainableCount = 0
    /// Bytes of all parameters.
    public var parameterBytes = 0
    /// Epochs in all.
    public var epochs = 0
    /// Batches of a whole epoch.
    public var stepsPerEpoch = 0
    /// Examples in a step.
    public var batchSize = 0
    /// The type of the optimizer in the config.
    public var optimizer = ""
    /// In which numbers products are computed: `fp32`, …
    public var precision = "fp32"
    /// The type of the schedule in the config.
    public var schedule = ""
    /// The type of the loss in the config.
    public var loss = ""
    /// The names of the measured columns after the losses.
    public var metrics: [String] = []
    /// What people read over them, where that isn't the name.
    var metricTitles: [String: String] = [:]
    /// A sentence on weights of classes or examples; nil without.
    var weighting: String?
    /// Where a resumed run goes on; nil for a new one.
    public var resumedStep: Int?
    /// Epochs that were finished before it goes on.
    public var resumedEpoch = 0

    /// The information for programs.
    public var json: JSONObject {
        var object: JSONObject = [
            "run": .string(path), "name": .string(name), "seed": JSONValue(seed: seed),
            "device": .string(device), "data": .string(dataPath), "train": .int(trainCount),
            "validation": .int(validationCount), "parameters": .int(parameterCount),
            "epochs": .int(epochs), "stepsPerEpoch": .int(stepsPerEpoch),
            "batchSize": .int(batchSize), "optimizer": .string(optimizer),
            "precision": .string(precision), "schedule": .string(schedule),
            "loss": .string(loss), "metrics": .strings(metrics),
        ]
        var titles = JSONObject()
        for name in metrics {
            if let title = metricTitles[name], title != name { titles[name] = .string(title) }
        }
        if !titles.members.isEmpty { object["metricTitles"] = .object(titles) }
        if let resumedStep { object["resumedStep"] = .int(resumedStep) }
        return object
    }
}

/// What was measured on one set of examples.
public struct RunMeasurement: Sendable, Equatable {
    /// The mean loss of an example.
    public var loss: Double
    /// Metric values by name, in the order of the config.
    public var metrics: [(name: String, value: Double)]

    /// Whether loss and metrics are the same, in the same order.
    public static func == (a: RunMeasurement, b: RunMeasurement) -> Bool {
        a.loss == b.loss
            && a.metrics.elementsEqual(b.metrics) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The loss or metric of a name.
    public func value(_ name: String) -> Double? {
        name == "loss" ? loss : metrics.first { $0.name == name }?.value
    }

    /// `{"loss": …, "accuracy": …}`; numbers that JSON doesn't have become null.
    public var json: JSONValue {
        var object: JSONObject = ["loss": JSONValue(number: loss)]
        for metric in metrics { object[metric.name] = JSONValue(number: metric.value) }
        return .object(object)
    }
}

/// A finished epoch, or one that was measured on the way.
public struct EpochRecord: Sendable {
    /// From 1.
    public var epoch: Int
    /// Optimizer steps since the run began.
    public var step: Int
    /// The mean loss of the epoch's steps.
    public var trainLoss: Double
    /// Measured on the validation data, or on the training data where there is none.
    public var measurement: RunMeasurement
    /// Whether it was measured on data of its own.
    public var hasValidation: Bool
    /// The rate of the epoch's last step.
    public var learningRate: Double
    /// Examples trained on in a second of this epoch, measuring not counted.
    public var samplesPerSecond: Double
    /// Seconds of training since the run began, without the time between resumptions.
    public var seconds: Double
    /// The share of this epoch's time in which training waited for data.
    public var dataWaitShare: Double
    /// The mean norm of the gradients of the epoch's steps; nil where it isn't measured.
    public var gradientNorm: Double?
    /// Whether it is the best so far.
    public var isBest: Bool
}

extension Double {
    /// The nearest number of so many decimals.
    func rounded(to decimals: Int) -> Double {
        let scale = pow(10, Double(decimals))
        return (self * scale).rounded() / scale
    }
}

extension JSONValue {
    /// A number, or null for NaN and infinity.
    init(number: Double) { self = number.isFinite ? .double(number) : .null }

    /// A number, or its digits as a string where it is beyond 64 bits with a sign.
    init(seed: UInt64) { self = Int(exactly: seed).map { .int($0) } ?? .string("\(seed)") }
}
