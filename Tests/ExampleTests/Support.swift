import FakeTensor
import Testing

/// Expects a tensor's elements to be the numbers given, in row-major order.
func expect(
    _ tensor: Tensor?, _ expected: [Double], within tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let found = tensor?.values(as: Double.self), found.count == expected.count else {
        Issue.record(
            "\(String(describing: tensor)) has not \(expected.count) elements",
            sourceLocation: sourceLocation)
        return
    }
    for (found, expected) in zip(found, expected) {
        #expect(
            abs(found - expected) <= tolerance, "\(found) is not \(expected)",
            sourceLocation: sourceLocation)
    }
}

/// Layers of a network as plain tensors, so that functions can be differentiated by them.
struct Layers: TensorTree {
    var weights: [Tensor]

    init(weights: [Tensor]) { self.weights = weights }

    /// Fully connected layers of these sizes.
    init(_ sizes: [Int], using random: Random) {
        weights = zip(sizes, sizes.dropFirst()).flatMap { inputs, outputs in
            Linear(inputs, outputs, initializer: .xavierUniform(), dtype: .float64, using: random)
                .parameters.map { $0.detach() }
        }
    }

    func mapLeaves(_ transform: (Tensor) -> Tensor) -> Layers {
        Layers(weights: weights.mapLeaves(transform))
    }

    /// The network with tanh between the layers.
    func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        for layer in stride(from: 0, to: weights.count, by: 2) {
            if layer > 0 { x = x.tanh() }
            x = x.linear(weights[layer], weights[layer + 1])
        }
        return x
    }
}
