internal import CKernels
public import Tensor

// The gamma function's logarithm and its derivatives. Integers become float32.

/// y = ln |Γ(x)|,  dx = dy · ψ(x)
final class LogGamma: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .lgamma }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x.digamma() }
}

/// y = ψ(x) = Γ′(x) / Γ(x),  dx = dy · ψ′(x) = dy · ζ(2, x)
final class Digamma: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .digamma }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * HurwitzZeta(Scalar(2))(x)
    }
}

/// y = ζ(s, x) = Σ (x + k)⁻ˢ from k = 0,  dx = −dy · s ζ(s + 1, x)
final class HurwitzZeta: ElementwiseScalarOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: BinaryFunction { .zeta }
    override var isFirst: Bool { true }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let s = number.double
        return dy * (HurwitzZeta(Scalar(s + 1))(x) * -s)
    }
}

extension Tensor {
    /// ln |Γ(x)|: infinite at 0, −1, −2 ….
    public final func lgamma() -> Tensor { LogGamma()(floating) }

    /// The derivative of `lgamma`: ∓∞ at ±0, NaN at −1, −2 ….
    public final func digamma() -> Tensor { Digamma()(floating) }

    /// The derivative of `digamma` of an order, by ζ: (−1)ⁿ⁺¹ n! ζ(n + 1, x).
    public final func polygamma(_ order: Int) -> Tensor {
        if order < 0 { fail("polygamma", "the order \(order) is negative") }
        if order == 0 { return digamma() }
        let factorial = (1...Swift.min(order, 171)).reduce(1.0) { $0 * Double($1) }
        return Tensor.roundedOnce([floating]) {
            HurwitzZeta(Scalar(order.plus(1)))($0[0]) * (order % 2 == 0 ? -factorial : factorial)
        }
    }

    /// The logarithm of the multivariate gamma function of a dimension: ln Γ(x) + ln Γ(x − ½) + …
    /// and its constant. For x above (dimension − 1) / 2.
    public final func multigammaln(_ dimension: Int) -> Tensor {
        if dimension < 1 { fail("multigammaln", "the dimension \(dimension) is below 1") }
        let p = Double(dimension)
        return Tensor.roundedOnce([floating]) { inputs in
            let x = inputs[0]
            let steps = Tensor.arange(0, dimension, on: x.data.backend).cast(to: x.dtype) * 0.5
            let terms = (x.unsqueeze(-1) - steps).lgamma()
            return terms.sum(axis: -1) + p * (p - 1) / 4 * 1.1447298858494002
        }
    }
}
