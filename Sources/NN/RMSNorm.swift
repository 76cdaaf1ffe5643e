internal import Autograd
public import Tensor

/// y = x / √(mean x² + ε) · w over the last axes, those of w: each example by itself, whatever the
/// batch. Half precision is computed in float32.
///
///     RMSNorm([512])          // over vectors of 512 features
///
/// Zhang and Sennrich, "Root mean square layer normalization", 2019.
public final class RMSNorm: Layer {
    /// The sizes of the axes that are normalized together, the last ones of the input.
    public let shape: Shape
    /// w, of this shape, ones at first; nil without.
    public let weight: Parameter?
    /// ε, which keeps the divisor from 0.
    public let epsilon: Double

    /// A normalization over axes of these sizes; none, or one below 1, traps. Without `weight` it
    /// has no parameters.
    public init(
        _ shape: Shape, epsilon: Double = 1e-6, weight: Bool = true, dtype: DType = .float32
    ) {
        guard shape.rank > 0, shape.allSatisfy({ $0 > 0 }), epsilon >= 0 else {
            fail(
                "RMSNorm", "shape \(shape) and epsilon \(epsilon)",
                hint: "sizes must be positive, epsilon from 0 up")
        }
        self.shape = shape
        self.epsilon = epsilon
        self.weight = weight ? Parameter(NDArray.full(shape, 1, dtype)) : nil
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        requireLastAxes(shape, of: x)
        let x = AutocastRule.float32.cast([x])[0]
        let wide = x.dtype == .float64 ? x : x.cast(to: .float32)
        let axes = Array(x.rank - shape.rank..<x.rank)
        let meanSquare = wide.square().mean(axes: axes, keepDims: true)
        let y = (wide * (meanSquare + epsilon).rsqrt()).cast(to: x.dtype)
        return weight.map { y * $0 } ?? y
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try shapeByLastAxes(shape, input)
    }

    public override var describe: String {
        "RMSNorm(\(shape)\(weight == nil ? ", no weight" : ""))"
    }
}
