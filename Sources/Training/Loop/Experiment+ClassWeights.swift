import Datasets
import FTConfig
import Tensor

extension Experiment {
    /// Throws where a loss is weighed by the training examples, and others are there to measure.
    static func checkNotBalanced(_ loss: ConfigValue, path: String) throws(RunError) {
        let key = Catalogs.classWeightsKey
        guard loss.hasKey(key), loss.word(key) != nil else { return }
        throw RunError(
            .usage,
            "\(path): the loss weighs classes by how often they are among the training examples, "
                + "which aren't here; measure without: loss.\(key)=null")
    }

    /// A loss's config in which weights that balance the classes are numbers:  n / (k nᵢ)  for
    /// class i with nᵢ of the n training examples, of k classes that there are, as scikit-learn's
    /// are. A class without an example weighs 1.
    ///
    /// Throws a `ConfigError` where the targets are no classes of a model with such an output.
    static func balanced(
        _ loss: ConfigValue, _ train: Loader, output: Shape
    ) throws -> ConfigValue {
        let key = Catalogs.classWeightsKey
        guard loss.hasKey(key), loss.word(key) != nil else { return loss }
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
        return loss.replacing(
            key, with: counts.map { $0 == 0 ? 1 : all / Double(present * $0) })
    }
}
