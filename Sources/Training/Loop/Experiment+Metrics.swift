import FTConfig
import NN
import Tensor

extension Experiment {
    /// Throws where a metric chooses among the outputs of an example, of which the model gives one:
    /// it would always choose that.
    static func checkChoices(
        _ metrics: [ConfigValue], _ loss: ChosenLoss, output: Shape
    ) throws(ConfigError) {
        guard (output.last ?? 1) == 1 else { return }
        for (index, metric) in metrics.enumerated() where chooses(metric, loss) {
            let other =
                loss.takesSingleOutputs
                ? "use binaryAccuracy" : "use r2 or meanAbsoluteError, which compare numbers"
            throw ConfigError([
                metric.issue(
                    "\(metric.type) chooses among several outputs, and the model gives one; "
                        + other + " (metrics[\(index)])")
            ])
        }
    }

    private static func chooses(_ metric: ConfigValue, _ loss: ChosenLoss) -> Bool {
        switch metric.type {
        case "accuracy", "topKAccuracy", "balancedAccuracy", "perplexity": true
        case "confusionMatrix": !metric.bool("binary")
        case "auc": metric.string("average") == "macro"
        case "precision", "recall", "f1":
            switch metric.string("average") {
            case "auto": !loss.takesSingleOutputs
            case "binary", "perOutput": false
            default: true
            }
        default: false
        }
    }
}
