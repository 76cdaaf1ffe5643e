internal import Autograd
public import Tensor

/// Two linear layers around a function, for each position by itself: down(f(up x)), or with a gate,
/// down(f(a) · b), where a and b are the halves of up x.
///
/// Vaswani et al., "Attention Is All You Need", 2017, section 3.3; gates are those of Shazeer, "GLU
/// variants improve transformer", 2020.
public final class FeedForward: Layer {
    /// What happens between the two.
    public enum Activation: String, Sendable, CaseIterable {
        /// max(x, 0).
        case relu
        /// x Φ(x).
        case gelu
        /// x σ(x).
        case silu
        /// silu(a) · b.
        case swiGLU
        /// gelu(a) · b.
        case geGLU

        /// Whether one half multiplies the other.
        public var isGated: Bool { self == .swiGLU || self == .geGLU }
    }

    /// To the inner width; twice that if there is a gate.
    public let up: Linear
    /// Back to the width.
    public let down: Linear
    /// What happens between the two.
    public let activation: Activation

    /// A layer over vectors of `width` numbers, of four times as many inside if `hidden` is nil.
    public init(
        _ width: Int, hidden: Int? = nil, activation: Activation = .gelu, bias: Bool = true,
        dtype: DType = .float32, using random: Random
    ) {
        let hidden = hidden ?? 4 * width
        up = Linear(
            width, activation.isGated ? 2 * hidden : hidden, bias: bias, dtype: dtype,
            using: random)
        down = Linear(hidden, width, bias: bias, dtype: dtype, using: random)
        self.activation = activation
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { down(activated(up(x))) }

    private func activated(_ x: Tensor) -> Tensor {
        guard activation.isGated else {
            switch activation {
            case .relu: return x.relu()
            case .silu: return x.silu()
            default: return x.gelu()
            }
        }
        let half = down.inputs
        let gate = x.narrow(axis: -1, start: 0, count: half)
        let value = x.narrow(axis: -1, start: half, count: half)
        return (activation == .swiGLU ? gate.silu() : gate.gelu()) * value
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try shapeByLastAxes([down.outputs], input)
    }

    public override var describe: String {
        "FeedForward(\(down.outputs), hidden: \(down.inputs), \(activation))"
    }
}
