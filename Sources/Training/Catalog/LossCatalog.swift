import FTConfig
import NN

/// A loss of the config: what it is called and takes, and how it is made.
struct LossEntry: Sendable {
    let variant: Variant
    /// Whether integer targets are classes, to be checked against the model's outputs.
    let takesClasses: Bool
    let build: @Sendable (ConfigValue) -> any Loss

    init(
        _ name: String, _ summary: String, takesClasses: Bool = false, _ fields: [Field] = [],
        build: @escaping @Sendable (ConfigValue) -> any Loss
    ) {
        variant = Variant(name: name, summary: summary, fields: fields)
        self.takesClasses = takesClasses
        self.build = build
    }
}

/// Every loss that a config can name. A new loss is one entry here.
enum LossCatalog {
    static let entries: [LossEntry] = [
        LossEntry(
            "crossEntropy", "−ln softmax(x)[target], for logits and classes or probabilities.",
            takesClasses: true,
            [
                .number(
                    "labelSmoothing", default: 0, min: 0, max: 1,
                    doc: "share of the target spread over all classes"), ignoreIndex, classWeights,
            ]
        ) { value in
            CrossEntropy(
                labelSmoothing: value.double("labelSmoothing"),
                ignoredIndex: value.optionalInt("ignoreIndex"),
                classWeights: value.optional("classWeights")?.elements.map(\.asDouble))
        },

        LossEntry(
            "nll", "−x[target], for log-probabilities and classes.", takesClasses: true,
            [ignoreIndex, classWeights]
        ) { value in
            NegativeLogLikelihood(
                ignoredIndex: value.optionalInt("ignoreIndex"),
                classWeights: value.optional("classWeights")?.elements.map(\.asDouble))
        },

        LossEntry(
            "binaryCrossEntropy", "Cross-entropy of single logits, for targets from 0 to 1.",
            [
                .number(
                    "positiveWeight", default: 1, above: 0, doc: "weight of targets that are 1")
            ]
        ) { BinaryCrossEntropy(positiveWeight: $0.double("positiveWeight")) },

        LossEntry("meanSquaredError", "The mean of (x − y)².") { _ in MeanSquaredError() },
        LossEntry("meanAbsoluteError", "The mean of |x − y|.") { _ in MeanAbsoluteError() },

        LossEntry(
            "huber", "Squared near zero, absolute beyond delta.",
            [.number("delta", default: 1, above: 0, doc: "where it becomes linear")]
        ) { Huber(delta: $0.double("delta")) },

        LossEntry(
            "klDivergence", "Σ y (ln y − x), for log-probabilities x and probabilities y."
        ) { _ in KLDivergence() },
    ]

    private static let ignoreIndex = Field.int(
        "ignoreIndex", doc: "a class that counts nothing"
    ).optional

    private static let classWeights = Field.array(
        "classWeights", of: .number(min: 0), minCount: 1, maxCount: 1_000_000,
        doc: "a weight for each class"
    ).optional

    /// The entry that a config value names.
    static func entry(_ value: ConfigValue) throws(ConfigError) -> LossEntry {
        guard let entry = entries.first(where: { $0.variant.name == value.type }) else {
            throw ConfigError([value.issue("unknown loss \(value.type)")])
        }
        return entry
    }
}
