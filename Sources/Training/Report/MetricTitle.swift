import FTConfig
import NN

/// What people read over a metric's numbers. Files and JSON have its name.
enum MetricTitle {
    /// The name, with how classes become one number where the name doesn't say it: `f1 (macro)`.
    static func of(_ name: String, in config: RunConfig) -> String {
        let metric = config.value.children("metrics").first { Catalogs.metricName($0) == name }
        guard let metric, let loss = try? Catalogs.losses.make(config.value.child("loss")),
            let made = try? Catalogs.metrics.make(metric, MetricPlace(loss: loss)),
            let ratio = made as? any ClassRatio,
            ratio.average == .macro
        else { return name }
        return "\(name) (macro)"
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
        (" (macro)", "Macro"), ("Weighted", "Wght"), ("Binary", "Bin"), ("Class", "Cl"),
        ("Accuracy", "acc"),
    ]

    /// A title of about so many signs.
    static func short(_ title: String, from width: Int = 9) -> String {
        abbreviations.reduce(title) { text, pair in
            text.count > width ? text.replacing(pair.0, with: pair.1) : text
        }
    }
}
