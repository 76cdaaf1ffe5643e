import FTConfig
import NN
import Tensor

extension Experiment {
    /// Throws where a metric chooses among the outputs of an example, of which the model gives one, so
    /// that it would always choose that; or which the loss takes for a yes or no each.
    static func checkChoices(
        _ metrics: [ConfigValue], _ loss: ChosenLoss, output: Shape
    ) throws(ConfigError) {
        guard (output.last ?? 1) == 1 else {
            guard loss.takesSingleOutputs else { return }
            for (index, metric) in metrics.enumerated() where choosesOne(metric) {
                throw ConfigError([
                    metric.issue(
                        "\(metric.type) takes the largest output of an example for its class, and the "
                            + "loss takes each output for a yes or no; use binaryAccuracy, or f1 "
                            + "(metrics[\(index)])")
                ])
            }
            return
        }
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

    private static func choosesOne(_ metric: ConfigValue) -> Bool {
        ["accuracy", "topKAccuracy", "balancedAccuracy"].contains(metric.type)
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
