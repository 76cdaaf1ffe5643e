import FTConfig
import NN
import Tensor

extension Experiment {
    /// Throws where a metric is of something else than what the outputs of an example mean: where it
    /// chooses among outputs and there is one, so that it would always choose that; where each output
    /// is a yes or no; or where they are quantities.
    ///
    /// - Parameter areQuantities: whether the targets are known to be, as those of a table.
    static func checkMetrics(
        _ metrics: [ConfigValue], _ meaning: OutputMeaning, output: Shape, areQuantities: Bool
    ) throws(ConfigError) {
        let isOne = (output.last ?? 1) == 1
        for (index, metric) in metrics.enumerated() {
            let problem: String
            if areQuantities, isOfClasses(metric) {
                problem =
                    "is of classes, and the model gives quantities; use r2 or meanAbsoluteError"
            } else if isOne, chooses(metric, meaning) {
                let other =
                    meaning.isOfAnswers
                    ? "use binaryAccuracy" : "use r2 or meanAbsoluteError, which compare numbers"
                problem = "chooses among several outputs, and the model gives one; \(other)"
            } else if !isOne, meaning.isOfAnswers, let other = insteadOfClasses(metric) {
                problem =
                    "takes the largest output of an example for its class, and the loss takes each "
                    + "output for a yes or no; use \(other)"
            } else {
                continue
            }
            throw ConfigError([
                metric.issue("\(metric.type) \(problem) (metrics[\(index)])")
            ])
        }
    }

    private static func isOfClasses(_ metric: ConfigValue) -> Bool {
        !Catalogs.metricsOfNumbers.contains(metric.type) && metric.type != "pinball"
    }

    /// What to use where a metric is of one class among several, and each output is a yes or no.
    private static func insteadOfClasses(_ metric: ConfigValue) -> String? {
        switch metric.type {
        case "accuracy", "topKAccuracy", "balancedAccuracy": "binaryAccuracy, or f1"
        case "confusionMatrix" where !metric.bool("binary"):
            "{\"type\": \"confusionMatrix\", \"binary\": true}"
        case "precision", "recall", "f1":
            metric.string("average") == "weighted" ? "average \"perOutput\"" : nil
        default: nil
        }
    }

    private static func chooses(_ metric: ConfigValue, _ meaning: OutputMeaning) -> Bool {
        switch metric.type {
        case "accuracy", "topKAccuracy", "balancedAccuracy", "perplexity": true
        case "confusionMatrix": !metric.bool("binary")
        case "auc": metric.string("average") == "macro"
        case "precision", "recall", "f1":
            switch metric.string("average") {
            case "auto": !meaning.isOfAnswers
            case "binary", "perOutput": false
            default: true
            }
        default: false
        }
    }
}
