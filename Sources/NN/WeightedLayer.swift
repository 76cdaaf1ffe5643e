public import Tensor

/// A layer with a weight that another tensor can stand for: one that `WeightNorm` and
/// `SpectralNorm` can be put around.
public protocol WeightedLayer: Layer {
    /// What it multiplies by.
    var weight: Parameter { get }
    /// The axis of the weight that counts outputs.
    var outputAxis: Int { get }
    /// The output, with another tensor in place of the weight, of its shape.
    func callAsFunction(_ x: Tensor, weight: Tensor) -> Tensor
}

extension WeightedLayer {
    /// The first axis.
    public var outputAxis: Int { 0 }

    /// What the layer holds, its weight under another name.
    func members(weightAs name: String) -> [(name: String, value: Any)] {
        members.map { ($0.name == "weight" ? name : $0.name, $0.value) }
    }
}
