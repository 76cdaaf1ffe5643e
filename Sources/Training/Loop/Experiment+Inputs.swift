import Datasets
import FTConfig
import Tensor

extension Experiment {
    /// Throws where the transforms leave an input in a dtype that models don't take.
    static func checkInputs(_ config: RunConfig, _ plan: DataPlan) throws {
        for (name, input) in zip(plan.inputNames, plan.train.allInputs)
        where input.outputDType != .float32 {
            let cast = "add {\"type\": \"cast\", \"dtype\": \"float32\"}"
            // Whole numbers that are looked up would be spoilt by a scale.
            let remedy = "\(cast) at the end" + (takesIndices(config) ? "" : ", or a scale")
            let which = name.isEmpty ? "these give" : "'\(name)' gives"
            throw ConfigError([
                config.data.issue(
                    "the model needs float32 inputs, \(which) \(input.outputDType); \(remedy)",
                    at: "transforms")
            ])
        }
    }

    /// Whether the first layer looks inputs up in a table.
    private static func takesIndices(_ config: RunConfig) -> Bool {
        let first = config.value.child("model").children("layers").first?.type
        return first.map(Catalogs.layers.takesIndices) ?? false
    }
}
