internal import Autograd
public import Tensor

/// x tanh(ln(1 + eˣ)).  Misra, 2019.
public final class Mish: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.mish() }
}

/// 1.0507 · x where positive, else 1.0507 · 1.6733 · (eˣ − 1).  Klambauer et al., 2017.
public final class SELU: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.selu() }
}

/// x where positive, else α (e^(x/α) − 1).  Barron, 2017.
public final class CELU: ShapePreservingLayer {
    /// What the output tends to below, negated.
    public let alpha: Double

    /// A continuously differentiable exponential unit that tends to −`alpha`.
    public init(alpha: Double = 1) { self.alpha = alpha }
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.celu(alpha: alpha) }
    public override var describe: String { "CELU(alpha: \(alpha))" }
}

/// x − tanh x.
public final class Tanhshrink: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.tanhshrink() }
}

/// x / (1 + |x|).
public final class Softsign: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.softsign() }
}

/// ln σ(x).
public final class LogSigmoid: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.logSigmoid() }
}
