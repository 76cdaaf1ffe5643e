internal import CKernels
public import Tensor

// Activations. Each backward is one fused kernel, an operation of its own whose backward is given
// here too, so that gradients of gradients go through it. Integers become float32 first, but not for ReLU.

/// y = max(x, 0),  dx = dy where x > 0 (0 at 0)
final class ReLU: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .relu }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { ReLUGrad()(dy, y) }
}

/// z = dy where y > 0,  by dy: the same,  by y: 0
final class ReLUGrad: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .relu_grad }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        ReLUGrad()(dz, y)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        .zeros(like: dz)
    }
}

/// y = x where x > 0, else slope · x;  slope ≥ 0
final class LeakyReLU: ElementwiseUnaryOp {
    let slope: Double
    init(_ slope: Double) { self.slope = slope }
    override var kernel: UnaryFunction { .leaky_relu }
    override var p0: Double { slope }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        LeakyReLUGrad(slope)(dy, x)
    }
}

/// z = dy where x > 0, else slope · dy
final class LeakyReLUGrad: ElementwiseBinaryOp {
    let slope: Double
    init(_ slope: Double) { self.slope = slope }
    override var kernel: BinaryFunction { .leaky_relu_grad }
    override var p0: Double { slope }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        LeakyReLUGrad(slope)(dz, x)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        .zeros(like: dz)
    }
}

/// y = x where x > 0, else α (eˣ − 1).  Clevert et al., "Fast and accurate deep network learning by
/// exponential linear units", 2016
final class ELU: ElementwiseUnaryOp {
    let alpha: Double
    init(_ alpha: Double) { self.alpha = alpha }
    override var kernel: UnaryFunction { .elu }
    override var p0: Double { alpha }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        ELUGrad(alpha)(dy, y)
    }
}

/// z = dy where y > 0, else dy · (y + α)
final class ELUGrad: ElementwiseBinaryOp {
    let alpha: Double
    init(_ alpha: Double) { self.alpha = alpha }
    override var kernel: BinaryFunction { .elu_grad }
    override var p0: Double { alpha }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        ELUGrad(alpha)(dz, y)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        dz * dy * (y .<= 0).cast(to: dy.dtype)
    }
}

/// y = tanh x,  dx = dy · (1 − y²)
final class Tanh: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .tanh }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { TanhGrad()(dy, y) }
}

/// z = dy · (1 − y²),  by y: −2 · dz · dy · y
final class TanhGrad: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .tanh_grad }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        TanhGrad()(dz, y)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        dz * dy * (y * -2)
    }
}

/// y = σ(x) = 1 / (1 + e⁻ˣ),  dx = dy · y (1 − y)
final class Sigmoid: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .sigmoid }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { SigmoidGrad()(dy, y) }
}

/// z = dy · y (1 − y),  by y: dz · dy (1 − 2y)
final class SigmoidGrad: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .sigmoid_grad }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        SigmoidGrad()(dz, y)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b y: Tensor, y z: Tensor) -> Tensor {
        dz * dy * (1 - y * 2)
    }
}

/// y = ln(1 + eˣ),  dx = dy · σ(x)
final class Softplus: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .softplus }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { SoftplusGrad()(dy, x) }
}

/// z = dy · σ(x),  by x: dz · dy · σ (1 − σ)
final class SoftplusGrad: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .softplus_grad }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        SoftplusGrad()(dz, x)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        SigmoidGrad()(dz * dy, x.sigmoid())
    }
}

/// y = x σ(x),  dx = dy · (σ + x σ (1 − σ)).  Elfwing et al., "Sigmoid-weighted linear units", 2018
final class SiLU: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .silu }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { SiLUGrad()(dy, x) }
}

/// z = dy · (σ + x σ (1 − σ)),  by x: dz · dy · σ (1 − σ) (2 + x (1 − 2σ))
final class SiLUGrad: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .silu_grad }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        SiLUGrad()(dz, x)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        let s = x.sigmoid()
        let bend = x * (1 - s * 2) + 2
        return dz * dy * (s * (1 - s) * bend)
    }
}

/// y = x Φ(x), Φ the normal distribution function,  dx = dy · (Φ + x φ).  Hendrycks and Gimpel,
/// "Gaussian error linear units", 2016
final class GELU: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .gelu }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { GELUGrad()(dy, x) }
}

/// z = dy · (Φ + x φ),  by x: dz · dy · φ (2 − x²)
final class GELUGrad: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .gelu_grad }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        GELUGrad()(dz, x)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        let squared = x * x
        let density = (squared * -0.5).exp() * 0.3989422804014327
        return dz * dy * (density * (2 - squared))
    }
}

/// y = x/2 (1 + tanh u), u = √(2/π) (x + 0.044715 x³): the approximation of GELU in its paper
final class GELUTanh: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .gelu_tanh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { GELUTanhGrad()(dy, x) }
}

/// z = dy · ((1 + t)/2 + x/2 (1 − t²) u′), t = tanh u,
/// by x: dz · dy · (1 − t²) (u′ − x t u′² + x/2 u″)
final class GELUTanhGrad: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .gelu_tanh_grad }
    override var saves: Saved { .inputs }
    override func backwardLeft(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        GELUTanhGrad()(dz, x)
    }
    override func backwardRight(_ dz: Tensor, a dy: Tensor, b x: Tensor, y z: Tensor) -> Tensor {
        let root = 0.7978845608028654
        let cubic = 0.044715
        let squared = x * x
        let t = (x * (squared * cubic + 1) * root).tanh()
        let slope = (squared * (3 * cubic) + 1) * root
        let halfBend = squared * (3 * cubic * root)
        let bracket = slope - x * t * slope * slope + halfBend
        return dz * dy * ((1 - t * t) * bracket)
    }
}

extension Tensor {
    public final func relu() -> Tensor { ReLU()(arithmetic) }

    /// x where positive, else `slope` · x.
    public final func leakyRelu(slope: Double = 0.01) -> Tensor { LeakyReLU(slope)(floating) }

    /// x where positive, else `alpha` · (eˣ − 1).
    public final func elu(alpha: Double = 1) -> Tensor {
        if alpha < 0 { fail("elu", "alpha \(alpha) is negative", hint: "use leakyRelu") }
        return ELU(alpha)(floating)
    }

    public final func tanh() -> Tensor { Tanh()(floating) }
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
