internal import CKernels
public import Tensor

// Circular and hyperbolic functions, in radians. Integers become float32 first.

/// y = sin x,  dx = dy · cos x
final class Sin: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .sin }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x.cos() }
}

/// y = cos x,  dx = −dy · sin x
final class Cos: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .cos }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { -(dy * x.sin()) }
}

/// y = tan x,  dx = dy · (1 + y²)
final class Tan: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .tan }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * (y * y + 1) }
}

/// y = arcsin x,  dx = dy / √(1 − x²)
final class Asin: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .asin }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (1 - x * x).sqrt() }
}

/// y = arccos x,  dx = −dy / √(1 − x²)
final class Acos: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .acos }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        -(dy / (1 - x * x).sqrt())
    }
}

/// y = arctan x,  dx = dy / (1 + x²)
final class Atan: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .atan }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (x * x + 1) }
}

/// y = sinh x,  dx = dy · cosh x
final class Sinh: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .sinh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x.cosh() }
}

/// y = cosh x,  dx = dy · sinh x
final class Cosh: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .cosh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x.sinh() }
}

/// y = arsinh x,  dx = dy / √(x² + 1)
final class Asinh: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .asinh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (x * x + 1).sqrt() }
}

/// y = arcosh x,  dx = dy / √(x² − 1)
final class Acosh: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .acosh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (x * x - 1).sqrt() }
}

/// y = artanh x,  dx = dy / (1 − x²)
final class Atanh: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .atanh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (1 - x * x) }
}

/// y = erf x,  dx = dy · 2/√π · exp(−x²)
final class Erf: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .erf }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * (-(x * x)).exp() * 1.1283791670955126
    }
}

/// y = 1 − erf x, exact where that is small,  dx = −dy · 2/√π e^(−x²)
final class Erfc: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .erfc }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * (-(x * x)).exp() * -1.1283791670955126
    }
}

extension Tensor {
    public final func sin() -> Tensor { Sin()(floating) }
    public final func cos() -> Tensor { Cos()(floating) }
    public final func tan() -> Tensor { Tan()(floating) }
    public final func asin() -> Tensor { Asin()(floating) }
    public final func acos() -> Tensor { Acos()(floating) }
    public final func atan() -> Tensor { Atan()(floating) }
    public final func sinh() -> Tensor { Sinh()(floating) }
    public final func cosh() -> Tensor { Cosh()(floating) }
    public final func asinh() -> Tensor { Asinh()(floating) }
    public final func acosh() -> Tensor { Acosh()(floating) }
    public final func atanh() -> Tensor { Atanh()(floating) }
    public final func erf() -> Tensor { Erf()(floating) }
    /// 1 − erf x without cancellation.
    public final func erfc() -> Tensor { Erfc()(floating) }
}
