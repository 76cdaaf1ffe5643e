internal import Autograd
public import Tensor

/// A layer whose weight is w = g · v / ‖v‖, a length and a direction that are trained apart. Each
/// output has a length of its own, which is that of its weights at first.
///
/// The parameters are called `weight_g` and `weight_v`, as PyTorch's `weight_norm` calls them,
/// beside the layer's others.
///
///     WeightNorm(Linear(784, 128, using: random))     // weight_g [128, 1], weight_v [128, 784], bias [128]
///
/// Salimans and Kingma, "Weight normalization", 2016.
public final class WeightNorm: Layer {
    /// What multiplies by w; its own weight is v.
    public let layer: any WeightedLayer
    /// g, with the shape of v but for the axes that norms go over, which have size 1.
    public let magnitude: Parameter
    private let axes: [Int]

    /// A layer around another one, which then is used through this one alone.
    ///
    /// - Parameter axis: of the weight, along which each slice has a length; nil for one of the
    ///   whole. PyTorch takes the first one by default, also of transposed convolutions.
    public init(_ layer: any WeightedLayer, axis: Int? = 0) {
        let weight = layer.weight
        if let axis, !(0..<weight.rank).contains(axis) {
            fail("WeightNorm", "the weight \(weight.shape) has no axis \(axis)")
        }
        self.layer = layer
        axes = (0..<weight.rank).filter { $0 != axis }
        magnitude = Parameter(weight.detach().norm(axes: axes, keepDims: true).data.copy())
        magnitude.requiresGrad = weight.requiresGrad
    }

    /// w = g · v / ‖v‖.
    public var weight: Tensor {
        layer.weight * (magnitude / layer.weight.norm(axes: axes, keepDims: true))
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { layer(x, weight: weight) }

    public override func outputShape(for input: Shape) throws -> Shape {
        try layer.outputShape(for: input)
    }

    public override var describe: String { "WeightNorm \(layer.describe)" }

    public override var members: [(name: String, value: Any)] {
        [("weight_g", magnitude)] + layer.members(weightAs: "weight_v")
    }
}
