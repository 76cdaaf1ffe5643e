import FTConfig
import FTJSON
import NN

extension Catalogs {
    private typealias Entry = Catalog<Void, ChosenLoss>.Entry

    /// Every loss of the library that a config can name. A new loss is one entry here.
    static let ownLosses = Catalog<Void, ChosenLoss>(
        "loss", plural: "losses",
        [
            ignoring(
                "crossEntropy", "−ln softmax(x)[target], for logits and classes or probabilities.",
                [
                    .number(
                        "labelSmoothing", default: 0, min: 0, max: 1,
                        doc: "share of the target spread over all classes"), ignoreIndex,
                    classWeights,
                ], .classes(.logits, takesShares: true)
            ) { value, ignored in
                CrossEntropy(
                    labelSmoothing: value.double("labelSmoothing"), ignoredIndex: ignored,
                    classWeights: try value.weights(classWeightsKey))
            },

            ignoring(
                "nll", "−x[target], for log-probabilities and classes.",
                [ignoreIndex, classWeights], .classes(.logarithms)
            ) { value, ignored in
                NegativeLogLikelihood(
                    ignoredIndex: ignored,
                    classWeights: try value.weights(classWeightsKey))
            },
        ] + marginLosses + focalLosses + elementwiseLosses + likelihoods + sequenceLosses)

    private static let marginLosses: [Entry] = [
        ignoring(
            "multiMargin", "How far the target's score isn't ahead of others, for classes.",
            [
                margin,
                .bool("squared", default: false, doc: "count the square of what is missing"),
                ignoreIndex, classWeights,
            ], .classes(.scores)
        ) { value, ignored in
            MultiMargin(
                margin: value.double("margin"), isSquared: value.bool("squared"),
                ignoredIndex: ignored, classWeights: try value.weights(classWeightsKey))
        },
        ignoring(
            "hinge", "max(0, margin − t x), for targets 1, and −1 or 0.", [margin, ignoreIndex],
            .sides(.scores)
        ) { value, ignored in
            Hinge(margin: value.double("margin"), ignoredIndex: ignored)
        },
        ignoring(
            "squaredHinge", "max(0, margin − t x)², for targets 1, and −1 or 0.",
            [margin, ignoreIndex], .sides(.scores)
        ) { value, ignored in
            Hinge(margin: value.double("margin"), isSquared: true, ignoredIndex: ignored)
        },
        ignoring(
            "hingeEmbedding",
            "Distances of pairs: x for targets 1, max(0, margin − x) for −1 or 0.",
            [margin, ignoreIndex], .incomparable("learns distances of pairs")
        ) { value, ignored in
            HingeEmbedding(margin: value.double("margin"), ignoredIndex: ignored)
        },
        ignoring(
            "softMargin", "ln(1 + e^(−t x)), for targets 1, and −1 or 0.", [ignoreIndex],
            .sides(.logits)
        ) { _, ignored in SoftMargin(ignoredIndex: ignored) },
    ]

    private static let focalLosses: [Entry] = [
        Entry(
            "binaryCrossEntropy", "Cross-entropy of single logits, for targets from 0 to 1.",
            [
                .string(
                    "predictions", default: "logits", oneOf: ["logits", "probabilities"],
                    doc: "what the model gives"),
                .number(
                    "positiveWeight", default: 1, above: 0, doc: "weight of targets that are 1"),
                Field.array(
                    "positiveWeights", of: .number(min: 0), minCount: 1, maxCount: 1_000_000,
                    doc: "a further weight of targets that are 1 for each class"
                ).optional, elementWeights, ignoreIndex,
            ]
        ) { value, _ in
            let (ignored, areLogits) = (
                value.optionalInt("ignoreIndex"), value.string("predictions") == "logits"
            )
            let loss = BinaryCrossEntropy(
                predictions: areLogits ? .logits : .probabilities,
                positiveWeight: value.double("positiveWeight"),
                positiveWeights: try value.weights("positiveWeights"),
                classWeights: try value.weights(classWeightsKey), ignoredIndex: ignored)
            return ChosenLoss(
                loss, ignoring: ignored,
                .answers(areLogits ? .logits : .probabilities, weighsOutputs: true))
        },
        ignoring(
            "focal", "Cross-entropy in which examples that are right already count little.",
            [gamma, ignoreIndex, classWeights], .classes(.logits)
        ) { value, ignored in
            Focal(
                gamma: value.double("gamma"), ignoredIndex: ignored,
                classWeights: try value.weights(classWeightsKey))
        },
        ignoring(
            "binaryFocal", "Focal loss of single logits, for targets from 0 to 1.",
            [
                gamma,
                Field.number(
                    "alpha", default: 0.25, min: 0, max: 1,
                    doc: "weight of targets that are 1, of others 1 − alpha; null: all weigh 1"
                ).orNull, ignoreIndex,
            ], .answers(.logits)
        ) { value, ignored in
            BinaryFocal(
                gamma: value.double("gamma"), alpha: value.optionalDouble("alpha"),
                ignoredIndex: ignored)
        },
        ignoring(
            "dice", "How little predicted and wanted regions overlap, for classes or 0 to 1.",
            [
                .number(
                    "smoothing", default: 1, min: 0, doc: "keeps small regions from counting much"),
                ignoreIndex,
            ], LossFacts(outputs: .asTargets(.logits))
        ) { value, ignored in
            Dice(smoothing: value.double("smoothing"), ignoredIndex: ignored)
        },
    ]

    private static let elementwiseLosses: [Entry] = [
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
            "smoothL1", "Huber's loss divided by beta; with 0, |x − y|.",
            [.number("beta", default: 1, min: 0, doc: "where it becomes linear")]
        ) { value, _ in ChosenLoss(SmoothL1(beta: value.double("beta"))) },
        Entry("logCosh", "The mean of ln cosh(x − y).") { _, _ in ChosenLoss(LogCosh()) },
        Entry(
            "quantile", "The pinball loss: predictions become quantiles of the targets.",
            [quantiles]
        ) { value, _ in
            let quantiles = value.doubles("quantiles")
            let point = point(of: quantiles)
            return ChosenLoss(
                QuantileLoss(quantiles), .numbers(point.map { .quantiles($0) } ?? .asGiven))
        },
        Entry(
            "cosineEmbedding", "1 − cos(x, y), for vectors along the last axis."
        ) { _, _ in ChosenLoss(CosineEmbedding()) },
    ]

    private static let likelihoods: [Entry] = [
        Entry(
            "klDivergence", "Σ y (ln y − x), for log-probabilities x and probabilities y.",
            [.bool("logTarget", default: false, doc: "targets are logarithms of probabilities")]
        ) { value, _ in
            let areLogarithms = value.bool("logTarget")
            return ChosenLoss(
                KLDivergence(logTarget: areLogarithms),
                .numbers(areLogarithms ? .asGiven : .logarithms))
        },
        Entry(
            "poissonNLL", "eˣ − y x, for logarithms x of rates and counts y.",
            [
                .bool("logarithm", default: true, doc: "the model gives logarithms of rates"),
                .bool("full", default: false, doc: "add Stirling's term"),
            ]
        ) { value, _ in
            let areLogarithms = value.bool("logarithm")
            let loss = PoissonNLL(isLogarithm: areLogarithms, isFull: value.bool("full"))
            return ChosenLoss(loss, .numbers(areLogarithms ? .logarithms : .asGiven))
        },
        Entry(
            "gaussianNLL",
            "(s + (m − y)² e⁻ˢ) / 2, for outputs of means m, then logarithms s of variances.",
            [.bool("full", default: false, doc: "add ln(2π) / 2")]
        ) { value, _ in
            ChosenLoss(GaussianNLL(isFull: value.bool("full")), .numbers(.firstHalf))
        },
    ]

    /// An entry of a loss that leaves out targets of an `ignoreIndex`, which is among its fields.
    private static func ignoring(
        _ name: String, _ summary: String, _ fields: [Field], _ facts: LossFacts,
        make: @escaping @Sendable (ConfigValue, _ ignored: Int?) throws -> any Loss
    ) -> Entry {
        Entry(name, summary, fields) { value, _ in
            let ignored = value.optionalInt("ignoreIndex")
            return ChosenLoss(try make(value, ignored), ignoring: ignored, facts)
        }
    }

    /// Where the quantile nearest to the median is among several.
    static func point(of quantiles: [Double]) -> PointMetric.Point? {
        let best = quantiles.indices.min { abs(quantiles[$0] - 0.5) < abs(quantiles[$1] - 0.5) }
        return quantiles.count > 1 ? best.map { .place($0, of: quantiles.count) } : nil
    }

    /// The quantiles that a model predicts.
    static let quantiles = Field.array(
        "quantiles", of: .number(above: 0, below: 1), default: [0.5], minCount: 1, maxCount: 1000,
        doc: "one for each along the last axis, or one for all")

    private static let margin = Field.number(
        "margin", default: 1, doc: "how far on the right side counts nothing")

    private static let gamma = Field.number(
        "gamma", default: 2, min: 0, doc: "how much less count those that are right already")

    private static let ignoreIndex = Field.int(
        "ignoreIndex", doc: "a target that counts nothing"
    ).optional

    static let classWeightsKey = "classWeights"

    private static let classWeights = Field.array(
        classWeightsKey, of: .number(min: 0), orWord: "balanced", minCount: 1,
        maxCount: 1_000_000,
        doc: "a weight for each class; balanced: as much more as it is rarer in the training data"
    ).optional

    /// Those of classes that an example may have several of.
    private static let elementWeights = Field.array(
        classWeightsKey, of: .number(min: 0), minCount: 1, maxCount: 1_000_000,
        doc: "a weight for each class"
    ).optional
}

extension ConfigValue {
    /// The weights of classes at a key; nil where there are none, or the data are to say them.
    ///
    /// Throws where one is nothing, or no number, in the floats that losses compute in.
    fileprivate func weights(_ key: String) throws(ConfigError) -> [Double]? {
        guard word(key) == nil, let weights = optional(key)?.elements else { return nil }
        let issues = weights.filter { weight in
            let value = Float(weight.asDouble)
            return weight.asDouble > 0 && !value.isNormal
        }.map { weight in
            weight.issue(
                "a weight is 0, or from 1.2e-38 to 3.4e38, as float32 has it; only how much larger "
                    + "one is than another counts")
        }
        if !issues.isEmpty { throw ConfigError(issues) }
        if key == Catalogs.classWeightsKey, let first = weights.first,
            weights.allSatisfy({ $0.asDouble == 0 })
        {
            throw ConfigError([first.issue("all weights are 0, so nothing counts")])
        }
        return weights.map(\.asDouble)
    }
}
