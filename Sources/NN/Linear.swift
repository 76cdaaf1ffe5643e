internal import Autograd
public import Tensor

/// y = x · Wᵀ + b for x [batch, …, inputs], W [outputs, inputs] and b [outputs].
public final class Linear: Layer, WeightedLayer {
    /// W, of shape [outputs, inputs].
    public let weight: Parameter
    /// b, of shape [outputs].
    public let bias: Parameter?

    /// The size of the last axis of the input.
    public var inputs: Int { weight.shape[1] }
    /// The size of the last axis of the output.
    public var outputs: Int { weight.shape[0] }

    /// A layer with weights drawn from a stream; sizes below 1 trap.
    ///
    /// - Parameters:
    ///   - initializer: of the weight.
    ///   - biasInitializer: of the bias; uniform in ±1/√inputs if nil, as PyTorch has it.
    public init(
        _ inputs: Int, _ outputs: Int, bias: Bool = true,
        initializer: Initializer = .fanInUniform, biasInitializer: Initializer? = nil,
        dtype: DType = .float32, using random: Random
    ) {
        guard inputs > 0, outputs > 0 else {
            fail("Linear", "\(inputs) inputs and \(outputs) outputs; both must be positive")
        }
        weight = Parameter(initializer([outputs, inputs], dtype, random))
        let bound = 1 / Double(inputs).squareRoot()
        let forBias = biasInitializer ?? .uniform(low: -bound, high: bound)
        self.bias = bias ? Parameter(forBias([outputs], dtype, random)) : nil
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, weight: weight) }

    /// The output, with another tensor in place of W.
    public func callAsFunction(_ x: Tensor, weight: Tensor) -> Tensor { x.linear(weight, bias) }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank > 0 else {
            throw ShapeError(
                layer: describe, problem: "the input has no axis to transform",
                remedy: "put a reshape to [1] before it")
        }
        guard input[input.rank - 1] == inputs else {
            throw ShapeError(
                layer: describe,
                problem: "the last axis of the input \(input) should have size \(inputs)")
        }
        return input.replacing(input.rank - 1, with: outputs)
    }

    public override var describe: String {
        "Linear(\(inputs) → \(outputs)\(bias == nil ? ", no bias" : ""))"
    }
}
