import Autograd
import NN
import Tensor

/// How many multiply-adds a model's products take for one example: those of matrix products,
/// convolutions, attention (as if no position were masked) and recurrent layers.
struct MultiplyAdds: Sendable {
    /// Places in the model, as parts of names, and what they take themselves.
    private let places: [(parts: [Substring], count: Int)]

    /// Computes an example of zeros, which leaves no trace on the model.
    init(of model: Sequential, _ inputs: [ModelInput]) {
        let (_, profile) = profile(events: false) {
            model.passZeros(inputs.map { ($0.name, $0.shape) })
        }
        places = profile.places.map { row in
            let names = row.name.split(separator: " › ").map { $0.prefix { $0 != " " } }
            return (MultiplyAdds.parts(names), row.forward.multiplyAdds)
        }
    }

    /// Those of all layers together.
    var total: Int { places.reduce(0) { $0 + $1.count } }

    /// Those of a layer and of the layers inside it.
    subscript(layer: String) -> Int {
        let name = MultiplyAdds.parts(layer.split(separator: "."))
        return places.reduce(0) { $0 + ($1.parts.starts(with: name) ? $1.count : 0) }
    }

    /// Rows of layers leave out the list that a residual is around.
    private static func parts(_ parts: [Substring]) -> [Substring] {
        parts.filter { $0 != "module" }
    }
}
