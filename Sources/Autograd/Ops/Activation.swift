internal import CKernels
public import Tensor

/// An elementwise function whose backward is one fused kernel. Integers become float32
/// first, but not for ReLU.
class Activation: ElementwiseUnaryOp {
    /// dy · f′, from dy and, as `saves` says, the output or the input.
    var slopeKernel: BinaryFunction { fail(name, "names no kernel for its slope") }

    /// The derivative of f′ by what `slopeKernel` is given; nil if it is zero.
    func curvature(at s: Tensor) -> Tensor? { nil }

    override final func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        ActivationGrad(of: self)(dy, saves == .output ? y : x)
    }
}

/// z = dy · f′(s),  by dy: dz · f′(s),  by s: dz · dy · its curvature. The backward of an
/// activation f, an operation of its own, so that gradients of gradients go through the same
/// kernel.
final class ActivationGrad: ElementwiseBinaryOp {
    let activation: Activation
    init(of activation: Activation) { self.activation = activation }

    override var name: String { "\(activation.name)Grad" }
    override var kernel: BinaryFunction { activation.slopeKernel }
    override var p0: Double { activation.p0 }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b s: Tensor, y z: Tensor) -> Tensor {
        self(dz, s)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b s: Tensor, y z: Tensor) -> Tensor {
        activation.curvature(at: s).map { dz * dy * $0 } ?? .zeros(like: dz)
    }
}

/// y = max(x, 0),  dx = dy where y > 0 or is NaN (0 at 0)
final class ReLU: Activation {
    override var kernel: UnaryFunction { .relu }
    override var slopeKernel: BinaryFunction { .relu_grad }
    override var saves: Saved { .output }
}

/// y = x where x > 0, else slope · x,  dx = dy or slope · dy
final class LeakyReLU: Activation {
    let slope: Double
    init(_ slope: Double) { self.slope = slope }
    override var kernel: UnaryFunction { .leaky_relu }
    override var slopeKernel: BinaryFunction { .leaky_relu_grad }
    override var p0: Double { slope }
    override var saves: Saved { .inputs }
}

/// y = x where x > 0, else α (eˣ − 1),  dx = dy where y > 0, else dy · (y + α).  Clevert et al.,
/// "Fast and accurate deep network learning by exponential linear units", 2016
final class ELU: Activation {
    let alpha: Double
    init(_ alpha: Double) { self.alpha = alpha }
    override var kernel: UnaryFunction { .elu }
    override var slopeKernel: BinaryFunction { .elu_grad }
    override var p0: Double { alpha }
    override var saves: Saved { .output }
    override func curvature(at y: Tensor) -> Tensor? { (y .<= 0).cast(to: y.dtype) }
}

/// y = tanh x,  dx = dy · (1 − y²)
final class Tanh: Activation {
    override var kernel: UnaryFunction { .tanh }
    override var slopeKernel: BinaryFunction { .tanh_grad }
    override var saves: Saved { .output }
    override func curvature(at y: Tensor) -> Tensor? { y * -2 }
}

/// y = σ(x) = 1 / (1 + e⁻ˣ),  dx = dy · y (1 − y)
final class Sigmoid: Activation {
    override var kernel: UnaryFunction { .sigmoid }
    override var slopeKernel: BinaryFunction { .sigmoid_grad }
    override var saves: Saved { .output }
    override func curvature(at y: Tensor) -> Tensor? { 1 - y * 2 }
}

/// y = ln(1 + eˣ),  dx = dy · σ(x)
final class Softplus: Activation {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .softplus }
    override var slopeKernel: BinaryFunction { .softplus_grad }
    override var saves: Saved { .inputs }
    override func curvature(at x: Tensor) -> Tensor? {
        let s = x.sigmoid()
        return s * (1 - s)
    }
}

/// y = x σ(x),  dx = dy · (σ + x σ (1 − σ)).  Elfwing et al., "Sigmoid-weighted linear units", 2018
final class SiLU: Activation {
    override var kernel: UnaryFunction { .silu }
    override var slopeKernel: BinaryFunction { .silu_grad }
    override var saves: Saved { .inputs }
    override func curvature(at x: Tensor) -> Tensor? {
        let s = x.sigmoid()
        return s * (1 - s) * (x * (1 - s * 2) + 2)
    }
}

/// y = x Φ(x), Φ the normal distribution function,  dx = dy · (Φ + x φ).  Hendrycks and Gimpel,
/// "Gaussian error linear units", 2016
final class GELU: Activation {
    override var kernel: UnaryFunction { .gelu }
    override var slopeKernel: BinaryFunction { .gelu_grad }
    override var saves: Saved { .inputs }
    /// φ (2 − x²)
    override func curvature(at x: Tensor) -> Tensor? {
        let squared = x * x
        let density = (squared * -0.5).exp() * 0.3989422804014327
        return density * (2 - squared)
    }
}

/// y = x/2 (1 + t), t = tanh u, u = √(2/π) (x + 0.044715 x³): the approximation of GELU in its
/// paper, dx = dy · ((1 + t)/2 + x/2 (1 − t²) u′)
final class GELUTanh: Activation {
    override var kernel: UnaryFunction { .gelu_tanh }
    override var slopeKernel: BinaryFunction { .gelu_tanh_grad }
    override var saves: Saved { .inputs }
    /// (1 − t²) (u′ − x t u′² + x/2 u″)
    override func curvature(at x: Tensor) -> Tensor? {
        let root = 0.7978845608028654
        let cubic = 0.044715
        let squared = x * x
        let t = (x * (squared * cubic + 1) * root).tanh()
        let slope = (squared * (3 * cubic) + 1) * root
        let halfBend = squared * (3 * cubic * root)
        return (1 - t * t) * (slope - x * t * slope * slope + halfBend)
    }
}

extension Tensor {
    /// max(x, 0), integers staying integers; NaN stays, and its gradient passes. The slope at 0 is
    /// 0.
    public final func relu() -> Tensor { ReLU()(arithmetic) }

    /// x where positive, else `slope` · x.
    public final func leakyRelu(slope: Double = 0.01) -> Tensor { LeakyReLU(slope)(floating) }

    /// x where positive, else `alpha` · (eˣ − 1).
    public final func elu(alpha: Double = 1) -> Tensor {
        if alpha < 0 { fail("elu", "alpha is \(alpha); it must not be negative") }
        return ELU(alpha)(floating)
    }

    /// The hyperbolic tangent.
    public final func tanh() -> Tensor { Tanh()(floating) }
    /// 1 / (1 + e⁻ˣ), without overflow for elements of any size.
    public final func sigmoid() -> Tensor { Sigmoid()(floating) }

    /// ln(1 + eˣ), without overflow.
    public final func softplus() -> Tensor { Softplus()(floating) }

    /// x · sigmoid(x), also called swish.
    public final func silu() -> Tensor { SiLU()(floating) }

    /// x · Φ(x) exactly.
    public final func gelu() -> Tensor { GELU()(floating) }

    /// GELU's tanh approximation, as GPT-2 uses it.
    public final func geluTanh() -> Tensor { GELUTanh()(floating) }
}
