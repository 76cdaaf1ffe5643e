import Datasets
import FTConfig
import Tensor

extension Experiment {
    /// A loss's config in which weights that balance the classes are numbers:  n / (k nᵢ)  for
    /// class i with nᵢ of the n training examples, of k classes that there are, as scikit-learn's
    /// are. A class without an example weighs 1.
    ///
    /// Throws a `ConfigError` where the targets are no classes of a model with such an output, and
    /// where other examples are there to measure and the weights aren't known.
    ///
    /// - Parameter kept: what happened to the training data, with their weights.
    static func balanced(
        _ loss: ConfigValue, _ plan: DataPlan, as kept: Preprocessing?, output: Shape
    ) throws -> (loss: ConfigValue, weights: [Double]) {
        let key = Catalogs.classWeightsKey
        guard loss.hasKey(key), loss.word(key) != nil else { return (loss, []) }
        if let known = kept?.classWeights, known.count == output.last {
            return (loss.replacing(key, with: known), known)
        }
        if let given = plan.given {
            throw RunError(
                .usage,
                "\(given.path): the loss weighs classes by how often they are among the training "
                    + "examples, which aren't here; measure without: loss.\(key)=null")
        }
        let weights = try weights(loss, plan.train, output: output)
        return (loss.replacing(key, with: weights), weights)
    }

    private static func weights(
        _ loss: ConfigValue, _ train: Loader, output: Shape
    ) throws -> [Double] {
        let key = Catalogs.classWeightsKey
        func problem(_ text: String) -> ConfigError { ConfigError([loss.issue(text, at: key)]) }
        guard let classes = output.last,
            train.targets.outputShape.elementCount == output.elementCount / classes
        else {
            throw problem("balanced needs targets that are classes of the model; give numbers")
        }
        let ignored = loss.optionalInt("ignoreIndex")
        var counts = [Int](repeating: 0, count: classes)
        try train.scanTargets { _, block in
            for value in block.values(as: Double.self) {
                guard let label = Int(exactly: value), label != ignored else { continue }
                if counts.indices.contains(label) { counts[label] += 1 }
            }
        }
        let present = counts.count { $0 > 0 }
        let all = Double(counts.reduce(0, +))
        return counts.map { $0 == 0 ? 1 : all / Double(present * $0) }
    }
}
