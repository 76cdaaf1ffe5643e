import FTConfig
import FTJSON
import NN

extension Catalogs {
    private typealias Entry = Catalog<MetricPlace, any Metric>.Entry

    /// Every metric that a config can name, made for a place in a run. A new
    /// metric is one entry here.
    static let metrics = Catalog<MetricPlace, any Metric>(
        "metric", allowsShorthand: true,
        [
            Entry("accuracy", "The share of examples whose largest output is the target's.") {
                Accuracy(ignoredIndex: $1.ignored)
            },
            Entry(
                "topKAccuracy",
                "The share of examples whose target is among the k largest outputs.",
                [.int("k", default: 5, min: 1, max: 1_000_000, doc: "how many outputs count")]
            ) { TopKAccuracy($0.int("k"), ignoredIndex: $1.ignored) },
            Entry(
                "binaryAccuracy",
                "The share of outputs on the right side: of logits that of 0, of probabilities a half."
            ) {
                BinaryAccuracy(ignoredIndex: $1.ignored)
            },
            Entry(
                "precision", "The share of a class's predictions that are right.", ofClasses
            ) { value, place in
                try named(value, place) { Precision($0, ignoredIndex: place.ignored) }
            },
            Entry("recall", "The share of a class's examples that are found.", ofClasses) {
                value, place in
                try named(value, place) { Recall($0, ignoredIndex: place.ignored) }
            },
            Entry("f1", "The harmonic mean of precision and recall.", ofClasses) {
                value, place in
                try named(value, place) { F1Score($0, ignoredIndex: place.ignored) }
            },
            Entry(
                "balancedAccuracy", "The mean of the classes' recalls, rare ones like common ones."
            ) { BalancedAccuracy(ignoredIndex: $1.ignored) },
            Entry(
                "confusionMatrix",
                "How often each target (rows) is predicted as each class (columns): eval prints it; "
                    + "its number is the accuracy.",
                [.bool("binary", default: false, doc: "outputs are single logits")]
            ) { ConfusionMatrix(isBinary: $0.bool("binary"), ignoredIndex: $1.ignored) },
            Entry(
                "auc",
                "The area under the ROC curve, exact for all examples: of single outputs, or of two "
                    + "classes.",
                [
                    .string(
                        "average", default: "auto",
                        oneOf: ["auto", "binary", "perOutput", "macro"],
                        doc:
                            "binary is for two classes, or takes all outputs together; perOutput the "
                            + "mean over outputs; macro that of each class against the rest; auto is "
                            + "perOutput for losses of single outputs, else binary")
                ]
            ) { value, place in
                let average = value.string("average")
                if average == "macro" { return OneVsRestAUC(ignoredIndex: place.ignored) }
                let isAuto = average == "auto" && place.hasOutputs
                return AreaUnderROC(
                    ignoredIndex: place.ignored, areClasses: place.loss?.loss is CrossEntropy,
                    perOutput: isAuto || average == "perOutput")
            },
            Entry("perplexity", "e to the mean cross-entropy of logits.") {
                Perplexity(ignoredIndex: $1.ignored)
            },
            Entry(
                "pinball", "The mean of the pinball loss of predicted quantiles.", [quantiles]
            ) { value, _ in PinballError(value.doubles("quantiles")) },
            Entry("meanSquaredError", "The mean of (x − y)².") {
                SquaredError(ignoredIndex: $1.ignored)
            },
            Entry("rootMeanSquaredError", "The root of the mean of (x − y)².") {
                RootMeanSquaredError(ignoredIndex: $1.ignored)
            },
            Entry("meanAbsoluteError", "The mean of |x − y|.") {
                AbsoluteError(ignoredIndex: $1.ignored)
            },
            Entry("meanAbsolutePercentageError", "The mean of |x − y| / |y|.") {
                AbsolutePercentageError(ignoredIndex: $1.ignored)
            },
            Entry("r2", "1 − the share of the targets' variance that is missed.") {
                R2Score(ignoredIndex: $1.ignored)
            },
            Entry("explainedVariance", "R² that forgives a constant error.") {
                ExplainedVariance(ignoredIndex: $1.ignored)
            },
        ])

    /// The metrics that compare a number with each target.
    static let metricsOfNumbers: Set<String> = [
        "meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError",
        "meanAbsolutePercentageError", "r2", "explainedVariance",
    ]

    /// The metrics that look at which side of 0 an output lies on, where it is a yes or no.
    static let metricsOfSides: Set<String> = [
        "binaryAccuracy", "precision", "recall", "f1", "confusionMatrix",
    ]

    /// The metrics that count what is chosen, so that a threshold changes them.
    static let metricsOfDecisions = metricsOfSides.union(["accuracy", "balancedAccuracy"])

    private static let ofClasses: [Field] = [
        .string(
            "average", default: "auto",
            oneOf: ["auto", "macro", "micro", "weighted", "binary", "perOutput", "class"],
            doc: "how classes become one number; binary takes outputs as yes or no, all together, "
                + "perOutput each; auto is that for losses of single outputs, else macro"),
        Field.intOrName(
            classKey, min: 0,
            doc: "the class that average \"class\" stands for, by its number or its name"
        ).optional,
    ]

    private static let classKey = "class"

    /// A metric by how classes become one number; that of a class given by its name has the name in
    /// its own.
    private static func named(
        _ value: ConfigValue, _ place: MetricPlace, _ make: (ClassAverage) -> any Metric
    ) throws -> any Metric {
        let average = try average(value, place)
        guard let name = value.word(classKey) else {
            let metric = make(average)
            let isAuto = value.string("average") == "auto"
            return isAuto && average == .binary
                ? ReadMetric(base: metric, name: value.type) : metric
        }
        let column = MetricPlace.column(value.type, of: name)
        return ReadMetric(base: make(average), name: column)
    }

    private static func average(
        _ value: ConfigValue, _ place: MetricPlace
    ) throws -> ClassAverage {
        let average = value.string("average")
        let hasClass = value.optional(classKey) != nil
        guard (average == "class") == hasClass else {
            throw ConfigError([
                value.issue(
                    hasClass
                        ? "class is for average \"class\"; set that or leave class out"
                        : "average \"class\" needs a class; add \"class\": 0, say",
                    at: "average")
            ])
        }
        switch average {
        case "auto":
            guard place.loss?.facts.areAnswers == true else { return .macro }
            return place.hasOutputs ? .perOutput : .binary
        case "micro": return .micro
        case "weighted": return .weighted
        case "binary": return .binary
        case "perOutput": return .perOutput
        default: return hasClass ? .of(try place.number(of: value, at: classKey)) : .macro
        }
    }

    /// The columns of all metrics as they are by default and by each choice that they offer.
    static var metricColumns: [String] {
        var seen: Set<String> = []
        let one = ConfigSchema(
            title: "a metric", fields: [.union("metric", of: "metric", doc: "")],
            unions: [metrics.union])
        let names = metrics.union.variants.flatMap { variant -> [String] in
            let choices = variant.fields.flatMap { field in
                field.type.completions.map { [field.name: JSONValue.string($0)] }
            }
            return ([[:]] + choices).compactMap { choice in
                var value: JSONObject = ["type": .string(variant.name)]
                for (key, word) in choice { value[key] = word }
                let text = JSONValue.object(["metric": .object(value)]).text()
                return try? metricName(one.read(text, file: "").child("metric"))
            }
        }
        return names.filter { seen.insert($0).inserted }
    }

    /// The name of a metric's column: `accuracy`, `top5Accuracy`.
    static func metricName(_ value: ConfigValue) -> String {
        (try? metrics.make(value, MetricPlace()))?.name ?? value.type
    }
}
