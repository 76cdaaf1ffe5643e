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
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .tan }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * (y * y + 1) }
}

/// y = arcsin x,  dx = dy / √(1 − x²)
final class Asin: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .asin }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (1 - x * x).sqrt() }
}

/// y = arccos x,  dx = −dy / √(1 − x²)
final class Acos: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
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
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .sinh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x.cosh() }
}

/// y = cosh x,  dx = dy · sinh x
final class Cosh: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
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
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .acosh }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (x * x - 1).sqrt() }
}

/// y = artanh x,  dx = dy / (1 − x²)
final class Atanh: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
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
    /// The sine of an angle in radians; NaN at infinity.
    public final func sin() -> Tensor { Sin()(floating) }
    /// The cosine of an angle in radians; NaN at infinity.
    public final func cos() -> Tensor { Cos()(floating) }
    /// The tangent of an angle in radians; NaN at infinity.
    public final func tan() -> Tensor { Tan()(floating) }
    /// The angle in −π/2...π/2 whose sine this is; NaN outside −1...1, and an infinite slope at its
    /// ends.
    public final func asin() -> Tensor { Asin()(floating) }
    /// The angle in 0...π whose cosine this is; NaN outside −1...1, and an infinite slope at its
    /// ends.
    public final func acos() -> Tensor { Acos()(floating) }
    /// The angle in −π/2...π/2 whose tangent this is; `atan2` gives those of all quadrants.
    public final func atan() -> Tensor { Atan()(floating) }
    /// The hyperbolic sine, (eˣ − e⁻ˣ) / 2.
    public final func sinh() -> Tensor { Sinh()(floating) }
    /// The hyperbolic cosine, (eˣ + e⁻ˣ) / 2.
    public final func cosh() -> Tensor { Cosh()(floating) }
    /// The inverse hyperbolic sine, ln(x + √(x² + 1)).
    public final func asinh() -> Tensor { Asinh()(floating) }
    /// The inverse hyperbolic cosine, ln(x + √(x² − 1)); NaN below 1.
    public final func acosh() -> Tensor { Acosh()(floating) }
    /// The inverse hyperbolic tangent, ½ ln((1 + x) / (1 − x)); infinite at ±1, NaN beyond.
    public final func atanh() -> Tensor { Atanh()(floating) }
    /// The error function, 2/√π ∫₀ˣ e^(−t²) dt.
    public final func erf() -> Tensor { Erf()(floating) }
    /// 1 − erf x without cancellation.
    public final func erfc() -> Tensor { Erfc()(floating) }
}
