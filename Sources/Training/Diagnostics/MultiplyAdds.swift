import Autograd
import NN
import Tensor

/// How many multiply-adds a model's products take for one example: those of matrix products,
/// convolutions, attention (as if no position were masked) and recurrent layers.
struct MultiplyAdds: Sendable {
    /// Those of all layers together.
    private(set) var total = 0
    /// Those of each layer and of the layers inside it.
    private var counts: [String: Int] = [:]

    /// Computes an example of zeros, which leaves no trace on the model.
    init(of model: Sequential, _ inputs: [ModelInput]) {
        let (_, profile) = profile(events: false) {
            model.passZeros(inputs.map { ($0.name, $0.shape) })
        }
        for row in profile.places {
            let scopes = row.name.split(separator: " › ").map { $0.prefix { $0 != " " } }
            total += row.forward.multiplyAdds
            var name = ""
            for part in scopes {
                name += name.isEmpty ? part : ".\(part)"
                counts[name, default: 0] += row.forward.multiplyAdds
            }
        }
    }

    /// Those of a layer and of the layers inside it.
    subscript(layer: String) -> Int { counts[layer] ?? 0 }
}
