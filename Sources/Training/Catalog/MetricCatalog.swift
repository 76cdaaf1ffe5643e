import FTConfig
import NN

/// A metric of the config: what it is called and takes, and how it is made.
struct MetricEntry: Sendable {
    let variant: Variant
    /// The second argument is the class target that the loss ignores.
    let build: @Sendable (ConfigValue, Int?) -> any Metric

    init(
        _ name: String, _ summary: String, _ fields: [Field] = [],
        build: @escaping @Sendable (ConfigValue, Int?) -> any Metric
    ) {
        variant = Variant(name: name, summary: summary, fields: fields)
        self.build = build
    }
}

/// Every metric that a config can name. A new metric is one entry here.
enum MetricCatalog {
    static let entries: [MetricEntry] = [
        MetricEntry("accuracy", "The share of examples whose largest output is the target's.") {
            Accuracy(ignoredIndex: $1)
        },
        MetricEntry(
            "topKAccuracy", "The share of examples whose target is among the k largest outputs.",
            [.int("k", default: 5, min: 1, max: 1_000_000, doc: "how many outputs count")]
        ) { TopKAccuracy($0.int("k"), ignoredIndex: $1) },
        MetricEntry("binaryAccuracy", "The share of logits on the right side of 0.") { _, _ in
            BinaryAccuracy()
        },
        MetricEntry("meanSquaredError", "The mean of (x − y)².") { _, _ in SquaredError() },
        MetricEntry("meanAbsoluteError", "The mean of |x − y|.") { _, _ in AbsoluteError() },
    ]

    /// The metric that a config value stands for, beside a loss that ignores a class target.
    static func build(
        _ value: ConfigValue, ignoring ignored: Int? = nil
    ) throws(ConfigError) -> any Metric {
        guard let entry = entries.first(where: { $0.variant.name == value.type }) else {
            throw ConfigError([value.issue("unknown metric \(value.type)")])
        }
        return entry.build(value, ignored)
    }

    /// The name of the metric's column: `accuracy`, `top5Accuracy`.
    static func columnName(_ value: ConfigValue) -> String {
        (try? build(value))?.name ?? value.type
    }
}
