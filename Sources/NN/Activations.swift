internal import Autograd
public import Tensor

/// A layer without parameters whose output has the shape of its input.
open class ShapePreservingLayer: Layer {
    open override func outputShape(for input: Shape) throws -> Shape { input }
}

/// max(x, 0)
public final class ReLU: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.relu() }
}

/// x where positive, else slope · x; the slope is not negative.
public final class LeakyReLU: ShapePreservingLayer {
    /// The factor of negative elements.
    public let slope: Double

    /// A leaky ReLU; the slope 0.01 is PyTorch's. A negative one traps when the layer is called.
    public init(slope: Double = 0.01) { self.slope = slope }
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.leakyRelu(slope: slope) }
    public override var describe: String { "LeakyReLU(slope: \(slope))" }
}

/// x Φ(x), where Φ is the normal distribution function.
public final class GELU: ShapePreservingLayer {
    /// How Φ is computed.
    public enum Approximation: String, Sendable, CaseIterable {
        /// By the error function, exactly.
        case none
        /// As ½ (1 + tanh(√(2/π) (x + 0.044715 x³))), up to 5·10⁻⁴ off.
        case tanh
    }

    /// How this layer computes Φ.
    public let approximation: Approximation

    /// Exact by default, as PyTorch's is; `.tanh` is what GPT-2 and BERT were trained with.
    public init(approximation: Approximation = .none) { self.approximation = approximation }
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        approximation == .tanh ? x.geluTanh() : x.gelu()
    }
    public override var describe: String {
        approximation == .tanh ? "GELU(approximation: tanh)" : "GELU"
    }
}

/// x σ(x), also called swish.
public final class SiLU: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.silu() }
}

/// x where positive, else α (eˣ − 1).
public final class ELU: ShapePreservingLayer {
    /// What the output tends to below, negated.
    public let alpha: Double

    /// An exponential linear unit that tends to −`alpha`; a negative one traps when the layer is
    /// called.
    public init(alpha: Double = 1) { self.alpha = alpha }
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }
    public override var describe: String { "ELU(alpha: \(alpha))" }
}

/// 1 / (1 + e⁻ˣ)
public final class Sigmoid: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// tanh x
public final class Tanh: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.tanh() }
}

/// ln(1 + e^(βx)) / β, and x itself where βx is above a threshold
public final class Softplus: ShapePreservingLayer {
    /// β: the larger, the sharper the bend.
    public let beta: Double
    /// Where βx counts as so large that the curve is a line; nil for nowhere.
    public let threshold: Double?

    /// A smooth ReLU; β must not be 0.
    public init(beta: Double = 1, threshold: Double? = nil) {
        if beta == 0 { fail("Softplus", "beta is 0") }
        self.beta = beta
        self.threshold = threshold
    }
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        if beta == 1, threshold == nil { return x.softplus() }
        return x.softplus(beta: beta, threshold: threshold ?? .infinity)
    }
    public override var describe: String {
        if beta == 1, threshold == nil { return super.describe }
        return "Softplus(beta: \(beta)" + (threshold.map { ", threshold: \($0))" } ?? ")")
    }
}

/// Its input.
public final class Identity: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x }
}
