internal import Autograd
public import Tensor

/// y = (x − mean) / √(variance + ε) · w + b over the last axes, those of w and b: each example by
/// itself, whatever the batch. Half precision is computed in float32.
///
///     LayerNorm([512])        // over vectors of 512 features
///
/// Ba, Kiros and Hinton, "Layer Normalization", 2016.
public final class LayerNorm: Layer {
    /// The sizes of the axes that are normalized together, the last ones of the input.
    public let shape: Shape
    /// w, of this shape, ones at first; nil without.
    public let weight: Parameter?
    /// b, of this shape, zeros at first; nil without.
    public let bias: Parameter?
    /// ε, which keeps the divisor from 0.
    public let epsilon: Double

    /// A normalization over axes of these sizes; none, or one below 1, traps. Without `weight` it
    /// has no parameters, without `bias` no b.
    public init(
        _ shape: Shape, epsilon: Double = 1e-5, weight: Bool = true, bias: Bool = true,
        dtype: DType = .float32
    ) {
        guard shape.rank > 0, shape.allSatisfy({ $0 > 0 }) else {
            fail("LayerNorm", "shape \(shape)", hint: "give one size or more, all positive")
        }
        guard epsilon >= 0 else { fail("LayerNorm", "epsilon is \(epsilon), not from 0 up") }
        self.shape = shape
        self.epsilon = epsilon
        self.weight = weight ? Parameter(NDArray.full(shape, 1, dtype)) : nil
        self.bias = weight && bias ? Parameter(NDArray.full(shape, 0, dtype)) : nil
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        requireLastAxes(shape, of: x)
        return x.layerNorm(axes: shape.rank, epsilon: epsilon, weight: weight, bias: bias)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try shapeByLastAxes(shape, input)
    }

    public override var describe: String {
        "LayerNorm(\(shape)\(weight == nil ? ", no weight" : bias == nil ? ", no bias" : ""))"
    }
}
