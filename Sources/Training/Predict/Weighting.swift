import FTConfig
import FTSupport

/// What weights of classes or examples make of probabilities and of the loss, in words.
enum Weighting {
    /// A sentence; nil where classes count as often as they occur.
    ///
    /// - Parameters:
    ///   - trained: what the model was trained by, which its probabilities follow from.
    ///   - measuring: what the loss is measured by; nil for the same.
    static func sentence(of trained: RunConfig, measuring: RunConfig? = nil) -> String? {
        let loss = trained.value.child("loss")
        let shifts = shifts(loss) + sampling(trained)
        let measured = measuring?.value.child("loss") ?? loss
        let isWeighted = !Weighting.shifts(measured).isEmpty || weighsOutputs(measured)
        let weighted = "the loss is a weighted one"
        guard !shifts.isEmpty else { return isWeighted ? weighted : nil }
        return "\(shifts.joined(separator: ", ")): \(isWeighted ? "\(weighted), and " : "")"
            + "probabilities are those of classes as frequent as weights make them, not as they "
            + "occur"
    }

    /// Weights of a class beside another, which move probabilities.
    private static func shifts(_ loss: ConfigValue) -> [String] {
        var shifts: [String] = []
        let key = Catalogs.classWeightsKey
        if let word = loss.hasKey(key) ? loss.word(key) : nil {
            shifts.append("loss.\(key)=\(word)")
        } else if Set(numbers(loss, key)).count > 1, !areOfOutputs(loss) {
            shifts.append("loss.\(key)")
        }
        if loss.hasKey("positiveWeight"), loss.double("positiveWeight") != 1 {
            shifts.append("loss.positiveWeight")
        }
        if loss.hasKey("alpha"), let alpha = loss.optionalDouble("alpha"), alpha != 0.5 {
            shifts.append("loss.alpha=\(Format.number(alpha))")
        }
        if numbers(loss, "positiveWeights").contains(where: { $0 != 1 }) {
            shifts.append("loss.positiveWeights")
        }
        return shifts
    }

    private static func numbers(_ loss: ConfigValue, _ key: String) -> [Double] {
        guard loss.hasKey(key), loss.word(key) == nil else { return [] }
        return loss.optional(key)?.elements.map(\.asDouble) ?? []
    }

    /// Whether the weights of classes are those of outputs, each of which is a question of its own.
    private static func areOfOutputs(_ loss: ConfigValue) -> Bool {
        (try? Catalogs.losses.make(loss).facts.weighsOutputs) ?? false
    }

    private static func weighsOutputs(_ loss: ConfigValue) -> Bool {
        areOfOutputs(loss) && Set(numbers(loss, Catalogs.classWeightsKey)).count > 1
    }

    private static func sampling(_ config: RunConfig) -> [String] {
        guard config.data.hasKey("sampling"),
            config.data.string("sampling") == DataPlan.balancedSampling
        else { return [] }
        return ["data.sampling=\(DataPlan.balancedSampling)"]
    }
}
