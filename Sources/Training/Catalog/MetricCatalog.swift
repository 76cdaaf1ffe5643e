import FTConfig
import NN

extension Catalogs {
    private typealias Entry = Catalog<Int?, any Metric>.Entry

    /// Every metric that a config can name, made beside a loss that ignores a class target. A new
    /// metric is one entry here.
    static let metrics = Catalog<Int?, any Metric>(
        "metric", allowsShorthand: true,
        [
            Entry("accuracy", "The share of examples whose largest output is the target's.") {
                Accuracy(ignoredIndex: $1)
            },
            Entry(
                "topKAccuracy",
                "The share of examples whose target is among the k largest outputs.",
                [.int("k", default: 5, min: 1, max: 1_000_000, doc: "how many outputs count")]
            ) { TopKAccuracy($0.int("k"), ignoredIndex: $1) },
            Entry("binaryAccuracy", "The share of logits on the right side of 0.") { _, _ in
                BinaryAccuracy()
            },
            Entry("meanSquaredError", "The mean of (x − y)².") { _, _ in SquaredError() },
            Entry("meanAbsoluteError", "The mean of |x − y|.") { _, _ in AbsoluteError() },
        ])

    /// The name of a metric's column: `accuracy`, `top5Accuracy`.
    static func metricName(_ value: ConfigValue) -> String {
        (try? metrics.make(value, nil))?.name ?? value.type
    }
}
