import FTConfig
import FTSupport
import NN

/// What people read over a metric's numbers. Files and JSON have its name.
enum MetricTitle {
    /// The name, with how classes or outputs become one number where the name doesn't say it:
    /// `f1 (macro)`, `f1 (mean of outputs)`.
    static func of(_ name: String, in config: RunConfig) -> String {
        let metric = config.value.children("metrics").first { Catalogs.metricName($0) == name }
        if let title = metric.flatMap(ofClass) { return title }
        guard let metric, let loss = try? Catalogs.losses.make(config.value.child("loss")),
            let made = try? Catalogs.metrics.make(metric, MetricPlace(loss: loss))
        else { return name }
        let average = (made as? any ClassRatio)?.average
        let isMean = average == .macro || made is OneVsRestAUC
        let isOfOutputs =
            average == .perOutput || (made as? AreaUnderROC)?.isPerOutput == true
            || isMean && loss.facts.areAnswers
        if isOfOutputs { return hasSeveralOutputs(config) ? "\(name) (mean of outputs)" : name }
        return average == .macro ? "\(name) (macro)" : name
    }

    /// Whether the last layer that says how many outputs it has says more than one.
    private static func hasSeveralOutputs(_ config: RunConfig) -> Bool {
        let layers = config.value.child("model").children("layers")
        return (layers.last { $0.hasKey("units") }?.int("units") ?? 1) > 1
    }

    /// That of a class which the config calls by its name, whose letters a column need not have:
    /// `recall of Pinot noir`; nil of others.
    private static func ofClass(_ metric: ConfigValue) -> String? {
        guard metric.hasKey("class"), let name = metric.word("class") else { return nil }
        return "\(metric.type) of \(name.escapedForDisplay(limit: 40))"
    }

    /// Those of metrics of classes that the config calls by their names, by the metrics' names.
    static func ofClasses(in config: RunConfig) -> [String: String] {
        let titles = config.value.children("metrics").compactMap { metric in
            ofClass(metric).map { (Catalogs.metricName(metric), $0) }
        }
        return Dictionary(titles) { first, _ in first }
    }

    /// Those of several by their names.
    static func all(of names: [String], in config: RunConfig) -> [String: String] {
        Dictionary(names.map { ($0, of($0, in: config)) }) { first, _ in first }
    }

    private static let abbreviations = [
        ("meanAbsolutePercentageError", "MAPE"), ("rootMeanSquaredError", "RMSE"),
        ("meanSquaredError", "MSE"), ("meanAbsoluteError", "MAE"),
        ("explainedVariance", "expl.var"), ("balancedAccuracy", "bal.acc"),
        ("binaryAccuracy", "bin.acc"), ("confusionMatrix", "confusion"),
        ("perplexity", "perplex."), ("precision", "prec"), ("recall", "rec"),
        (" (macro)", "Macro"), (" (mean of outputs)", "Mean"), ("Weighted", "Wght"),
        ("Binary", "Bin"), ("Class", "Cl"),
        ("Accuracy", "acc"),
    ]

    /// A title of about so many signs.
    static func short(_ title: String, from width: Int = 9) -> String {
        abbreviations.reduce(title) { text, pair in
            text.count > width ? text.replacing(pair.0, with: pair.1) : text
        }
    }
}
