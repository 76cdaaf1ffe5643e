import FTConfig
import NN
import Optim
import Tensor

// What may help where a loss is not finite and no step is to blame.
extension Experiment {
    /// What to do about a loss that is not finite; nil where the step before it may be to blame.
    ///
    /// - Parameter isFirst: whether no step was made yet.
    func lossRemedy(isFirst: Bool) -> String? {
        let loss = config.value.child("loss")
        if loss.type == "ctc", !loss.bool("zeroInfinity") {
            return "set loss.zeroInfinity=true, if some targets have more labels than there are "
                + "steps, or leave those out"
        }
        guard isFirst else { return nil }
        if let name = nameOfZeroWeight {
            return "the weight of layer \(name) is zero, and has no direction to normalize; "
                + "give it another initializer"
        }
        switch loss.type {
        case "binaryCrossEntropy" where loss.string("predictions") == "probabilities":
            return "end the model with sigmoid, for loss.predictions=probabilities takes 0 to 1, "
                + "or set loss.predictions=logits"
        case "poissonNLL" where !loss.bool("logarithm"):
            return "end the model with softplus, for rates must be positive, or set "
                + "loss.logarithm=true"
        default: break
        }
        // A sharpness-aware step measures where the weights were moved to.
        if optimizer is QuasiNewton || config.samRadius != nil { return nil }
        return "scale the inputs (data.transforms) to about 1, and look for an epsilon of 0 among "
            + "the layers; no step was made yet, so the learning rate isn't to blame"
    }

    /// The first layer whose weight is divided by its length and has none.
    private var nameOfZeroWeight: String? {
        for (name, module) in model.namedModules {
            let layer: any WeightedLayer
            switch module {
            case let normalized as WeightNorm: layer = normalized.layer
            case let normalized as SpectralNorm: layer = normalized.layer
            default: continue
            }
            if layer.weight.values(as: Float.self).allSatisfy({ $0 == 0 }) { return name }
        }
        return nil
    }
}
