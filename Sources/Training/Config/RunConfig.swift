public import FTConfig
public import FTJSON
import FTSupport
public import Tensor

/// A config that passed the schema, with typed access to what is not a catalog entry.
public struct RunConfig: Sendable {
    /// Where the default dataset lies.
    public static let defaultDataPath = "data/digits.h5"

    /// The checked value.
    public let value: ConfigValue

    /// Reads a config file and applies `key=value` arguments.
    ///
    /// Throws all problems together.
    public init(file: String, overrides: [String] = []) throws(ConfigError) {
        try self.init(RunSchema.schema.load(file: file, overrides: overrides))
    }

    /// Reads a config from text; `file` is the name that messages give it.
    public init(
        text: String, file: String = "config", overrides: [String] = []
    ) throws(ConfigError) {
        try self.init(RunSchema.schema.read(text, file: file, overrides: overrides))
    }

    init(_ value: ConfigValue) throws(ConfigError) {
        self.value = value
        let issues = RunConfig.problems(value)
        if !issues.isEmpty { throw ConfigError(issues) }
    }

    /// Every value, defaults included.
    public var effective: JSONValue { value.effective }

    /// The name of the run.
    public var name: String { value.string("name") }
    /// The seed of every random stream.
    public var seed: UInt64 { UInt64(value.int("seed")) }
    /// The `device` key as written.
    public var deviceName: String { value.string("device") }
    /// The object at `data`.
    public var data: ConfigValue { value.child("data") }
    /// The object at `training`.
    public var training: ConfigValue { value.child("training") }
    /// The number of epochs.
    public var epochs: Int { training.int("epochs") }
    /// The learning rate before the schedule; 1 of an optimizer that finds the length of its steps.
    var learningRate: Double {
        let optimizer = value.child("optimizer")
        return optimizer.hasKey("learningRate") ? optimizer.double("learningRate") : 1
    }
    /// How far away gradients are taken; nil where the parameters are.
    var samRadius: Double? {
        let optimizer = value.child("optimizer")
        return optimizer.hasKey("samRadius") ? optimizer.optionalDouble("samRadius") : nil
    }
    /// In which numbers the model's products are computed.
    public var precision: AutocastPrecision {
        AutocastPrecision(rawValue: training.string("precision")) ?? .float32
    }
    /// Seconds between progress lines where there is no terminal.
    public var logEverySeconds: Double { training.double("logEverySeconds") }
    /// The path of the data file.
    public var dataPath: String { data.string("path") }

    private static func problems(_ value: ConfigValue) -> [ConfigIssue] {
        var issues: [ConfigIssue] = []
        let name = value.string("name")
        let isName = name.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case 48...57, 65...90, 97...122, 45, 46, 95: true
            default: false
            }
        }
        if !isName || name.isEmpty || name.utf8.count > 64 || name.hasPrefix(".") {
            issues.append(
                value.issue(
                    "must be 1 to 64 letters, digits, '-', '_' or '.', because it names a folder",
                    at: "name"))
        }
        let device = value.string("device")
        if Device(device) == nil {
            issues.append(
                value.issue(
                    "expected auto, cpu, cuda or cuda:N, found \"\(device)\"",
                    at: "device"))
        }
        let from = value.child("model").optional("from")
        for object in [value.child("data"), from].compactMap(\.self)
        where object.string("path").isEmpty {
            let what = "is empty; name a file, or leave the key out where it has a default"
            issues.append(object.issue(what, at: "path"))
        }
        return issues + dataProblems(value.child("data")) + metricProblems(value)
            + noEpochProblems(value)
    }

    /// Parts of the data that can't stand together.
    private static func dataProblems(_ data: ConfigValue) -> [ConfigIssue] {
        var issues: [ConfigIssue] = []
        for key in ["split", "folds"] where data.optional(key) != nil {
            for other in ["validation", "split"] where other != key && data.optional(other) != nil {
                issues.append(
                    data.issue(
                        "can't be combined with data.\(other); remove one, or set it to null",
                        at: key))
            }
        }
        for key in ["validation", "split", "folds"] where data.optional("text") != nil {
            if data.optional(key) != nil {
                issues.append(
                    data.issue("can't be combined with data.text; remove one", at: key))
            }
        }
        return issues + foldProblems(data) + samplingProblems(data)
    }

    private static func foldProblems(_ data: ConfigValue) -> [ConfigIssue] {
        var issues: [ConfigIssue] = []
        if let folds = data.optionalInt("folds"), data.int("fold") > folds {
            issues.append(data.issue("there are \(folds) folds", at: "fold"))
        }
        if data.optionalInt("folds") == nil, data.int("fold") != 1 {
            issues.append(
                data.issue("there are no folds; say into how many with data.folds", at: "fold"))
        }
        return issues
    }

    private static func samplingProblems(_ data: ConfigValue) -> [ConfigIssue] {
        guard data.string("sampling") == DataPlan.balancedSampling else { return [] }
        if data.optional("text") != nil {
            return [data.issue("can't be combined with data.text; remove one", at: "sampling")]
        }
        if data.bool("shuffle") { return [] }
        return [data.issue("balanced draws examples; set data.shuffle=true", at: "sampling")]
    }

    /// What a run that trains nothing can't be without, and what has no use in it.
    private static func noEpochProblems(_ value: ConfigValue) -> [ConfigIssue] {
        let training = value.child("training")
        guard training.int("epochs") == 0 else { return [] }
        if value.child("model").optional("from") == nil {
            return [
                training.issue(
                    "0 trains nothing, which is for weights that model.from names; name some, or "
                        + "give 1 or more", at: "epochs")
            ]
        }
        guard training.optional("average") != nil else { return [] }
        return [
            training.issue(
                "there is nothing to average in a run of 0 epochs; set it to null", at: "average")
        ]
    }

    private static func metricProblems(_ value: ConfigValue) -> [ConfigIssue] {
        var issues: [ConfigIssue] = []
        var names: [String] = []
        for metric in value.children("metrics") {
            let name = Catalogs.metricName(metric)
            if names.contains(name) { issues.append(metric.issue("\(name) is listed twice")) }
            names.append(name)
        }
        let training = value.child("training")
        if let best = training.optionalString("bestBy"), best != "loss", !names.contains(best) {
            // As tables head it, or as the config calls it: f1Macro of f1, auc of aucMacro.
            let near =
                names.first { best.hasPrefix($0) || $0.hasPrefix(best) }
                ?? Suggestion.nearest(to: best, among: ["loss"] + names)
            let hint =
                near.map { "Did you mean '\($0)'?" }
                ?? "Use \((["loss"] + names).joined(separator: " or ")), or add it to metrics"
            issues.append(training.issue("\"\(best)\" is not measured. \(hint)", at: "bestBy"))
        }
        return issues
    }
}
