import FTConfig
import NN

/// The loss that a config names.
struct ChosenLoss {
    let loss: any Loss
    /// Whether integer targets are classes, to be checked against the model's outputs.
    let takesClasses: Bool
    /// A class target that counts nothing.
    let ignored: Int?

    init(_ loss: any Loss, takesClasses: Bool = false, ignoring ignored: Int? = nil) {
        self.loss = loss
        self.takesClasses = takesClasses
        self.ignored = ignored
    }
}

extension Catalogs {
    private typealias Entry = Catalog<Void, ChosenLoss>.Entry

    /// Every loss that a config can name. A new loss is one entry here.
    static let losses = Catalog<Void, ChosenLoss>(
        "loss", plural: "losses",
        [
            Entry(
                "crossEntropy", "−ln softmax(x)[target], for logits and classes or probabilities.",
                [
                    .number(
                        "labelSmoothing", default: 0, min: 0, max: 1,
                        doc: "share of the target spread over all classes"), ignoreIndex,
                    classWeights,
                ]
            ) { value, _ in
                let ignored = value.optionalInt("ignoreIndex")
                let loss = CrossEntropy(
                    labelSmoothing: value.double("labelSmoothing"), ignoredIndex: ignored,
                    classWeights: value.optional("classWeights")?.elements.map(\.asDouble))
                return ChosenLoss(loss, takesClasses: true, ignoring: ignored)
            },

            Entry(
                "nll", "−x[target], for log-probabilities and classes.",
                [ignoreIndex, classWeights]
            ) { value, _ in
                let ignored = value.optionalInt("ignoreIndex")
                let loss = NegativeLogLikelihood(
                    ignoredIndex: ignored,
                    classWeights: value.optional("classWeights")?.elements.map(\.asDouble))
                return ChosenLoss(loss, takesClasses: true, ignoring: ignored)
            },

            Entry(
                "binaryCrossEntropy", "Cross-entropy of single logits, for targets from 0 to 1.",
                [
                    .number(
                        "positiveWeight", default: 1, above: 0, doc: "weight of targets that are 1")
                ]
            ) { value, _ in
                ChosenLoss(BinaryCrossEntropy(positiveWeight: value.double("positiveWeight")))
            },

            Entry("meanSquaredError", "The mean of (x − y)².") { _, _ in
                ChosenLoss(MeanSquaredError())
            },
            Entry("meanAbsoluteError", "The mean of |x − y|.") { _, _ in
                ChosenLoss(MeanAbsoluteError())
            },

            Entry(
                "huber", "Squared near zero, absolute beyond delta.",
                [.number("delta", default: 1, above: 0, doc: "where it becomes linear")]
            ) { value, _ in ChosenLoss(Huber(delta: value.double("delta"))) },

            Entry(
                "klDivergence", "Σ y (ln y − x), for log-probabilities x and probabilities y."
            ) { _, _ in ChosenLoss(KLDivergence()) },
        ])

    private static let ignoreIndex = Field.int(
        "ignoreIndex", doc: "a class that counts nothing"
    ).optional

    private static let classWeights = Field.array(
        "classWeights", of: .number(min: 0), minCount: 1, maxCount: 1_000_000,
        doc: "a weight for each class"
    ).optional
}
