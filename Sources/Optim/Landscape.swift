internal import Autograd
internal import Tensor

/// A loss as a function of one vector: the trainable parameters laid end to end, in float64 so that
/// the differences that a line search compares aren't lost.
struct Landscape {
    let parameters: [Parameter]
    let loss: () -> Tensor

    /// The parameters that a search moves: those that were not frozen when it was made.
    static func parameters(of source: some ParameterSource, _ optimizer: String) -> [Parameter] {
        let all = source.parameterGroups.flatMap(\.parameters).map(\.parameter)
        var seen: Set<ObjectIdentifier> = []
        let chosen = all.filter { $0.requiresGrad && seen.insert(ObjectIdentifier($0)).inserted }
        if chosen.isEmpty { fail(optimizer, "there is no trainable parameter") }
        return chosen
    }

    /// Where the parameters are.
    var point: Tensor { Landscape.joined(parameters.map { Tensor($0.data) }) }

    /// Sets the parameters.
    func move(to point: Tensor) {
        for (parameter, piece) in zip(parameters, pieces(of: point)) {
            parameter.data.assign(piece.data)
        }
    }

    /// The loss and its gradient where the parameters are. Nobody's `grad` changes.
    func slope() -> (value: Double, gradient: Tensor) {
        let value = recordedLoss()
        let gradient = gradients(
            of: [(value, .ones(like: value))], by: parameters, records: false)
        return (value.item, joined(gradient))
    }

    /// As `slope`, with the Hessian at this point as a function v ↦ H v. The graph is recorded
    /// once, each product is one backward pass over it.
    func curvature() -> (value: Double, gradient: Tensor, product: (Tensor) -> Tensor) {
        let value = recordedLoss()
        let recorded = gradients(
            of: [(value, .ones(like: value))], by: parameters, graph: .keep, records: true)
        let product = { (vector: Tensor) -> Tensor in
            let roots = zip(recorded, pieces(of: vector)).compactMap { gradient, piece in
                gradient.map { (tensor: $0, seed: piece.cast(to: $0.dtype)) }
            }
            return joined(gradients(of: roots, by: parameters, graph: .keep, records: false))
        }
        return (value.item, joined(recorded.map { $0?.detach() }), product)
    }

    private func recordedLoss() -> Tensor {
        let value = enableGrad(loss)
        guard value.count == 1 else {
            fail("step", "the loss has shape \(value.shape)", hint: "take its mean or sum")
        }
        guard value.requiresGrad else {
            fail("step", "the loss depends on no trainable parameter")
        }
        return value
    }

    private func pieces(of vector: Tensor) -> [Tensor] {
        vector.split(sizes: parameters.map(\.count)).enumerated().map { index, piece in
            piece.reshape(parameters[index].shape)
        }
    }

    private func joined(_ tensors: [Tensor?]) -> Tensor {
        Landscape.joined(zip(tensors, parameters).map { $0 ?? Tensor.zeros(like: $1) })
    }

    private static func joined(_ tensors: [Tensor]) -> Tensor {
        noGrad { Tensor.concat(tensors.map { $0.reshape([$0.count]).cast(to: .float64) }) }
    }
}
