internal import CKernels
public import Tensor

// Activations that bend smoothly, beside those of Activation.swift, where the machinery is.

/// y = x tanh(ln(1 + eˣ)),  dx = dy · (t + x (1 − t²) σ(x)), t being the tanh.  Misra, "Mish: a
/// self-regularized non-monotonic activation function", 2019
final class Mish: Activation {
    override var kernel: UnaryFunction { .mish }
    override var slopeKernel: BinaryFunction { .mish_grad }
    override var saves: Saved { .inputs }
    /// (1 − t²) σ (2 + x (1 − σ − 2 t σ))
    override func curvature(at x: Tensor) -> Tensor? {
        let t = x.softplus().tanh()
        let s = x.sigmoid()
        return (1 - t * t) * s * (x * (1 - s - t * s * 2) + 2)
    }
}

/// y = x where x > 0, else α (e^(x/α) − 1),  dx = dy where y > 0, else dy · (1 + y / α).  Barron,
/// "Continuously differentiable exponential linear units", 2017
final class CELU: Activation {
    let alpha: Double
    init(_ alpha: Double) { self.alpha = alpha }
    override var kernel: UnaryFunction { .celu }
    override var slopeKernel: BinaryFunction { .celu_grad }
    override var p0: Double { alpha }
    override var saves: Saved { .output }
    override func curvature(at y: Tensor) -> Tensor? { (y .<= 0).cast(to: y.dtype) / alpha }
}

extension Tensor {
    /// x · tanh(softplus x).
    public final func mish() -> Tensor { Mish()(floating) }

    /// 1.0507 · x where positive, else 1.0507 · 1.6733 · (eˣ − 1): keeps the mean 0 and the
    /// variance 1. Klambauer et al., "Self-normalizing neural networks", 2017.
    public final func selu() -> Tensor {
        Tensor.roundedOnce([floating]) {
            $0[0].elu(alpha: 1.6732632423543772) * 1.0507009873554805
        }
    }

    /// x where positive, else `alpha` · (e^(x / alpha) − 1).
    public final func celu(alpha: Double = 1) -> Tensor {
        if !(alpha > 0) { fail("celu", "alpha is \(alpha); it has to be positive") }
        return CELU(alpha)(floating)
    }

    /// ln(1 + e^(βx)) / β, and x itself where βx is above `threshold`.
    public final func softplus(beta: Double, threshold: Double = 20) -> Tensor {
        if beta == 0 { fail("softplus", "beta is 0") }
        return Tensor.roundedOnce([floating]) {
            let scaled = $0[0] * beta
            let isLinear = scaled .> threshold
            let curve = scaled.maskedFill(isLinear, 0).softplus() / beta
            return Where.of(isLinear, $0[0], curve)
        }
    }

    /// x − tanh x.
    public final func tanhshrink() -> Tensor {
        Tensor.roundedOnce([floating]) { $0[0] - $0[0].tanh() }
    }

    /// x / (1 + |x|).
    public final func softsign() -> Tensor {
        Tensor.roundedOnce([floating]) { $0[0] / ($0[0].abs() + 1) }
    }

    /// ln σ(x), without overflow.
    public final func logSigmoid() -> Tensor { -(-floating).softplus() }
}
