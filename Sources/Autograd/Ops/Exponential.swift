internal import CKernels
public import Tensor

// Powers, exponentials and logarithms. Integers become float32 first.

/// y = x²,  dx = 2 x dy
final class Square: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .square }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * (x * 2) }
}

/// y = √x,  dx = dy / (2 y)
final class Sqrt: ElementwiseUnaryOp {
    override var kernel: UnaryFunction { .sqrt }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (y * 2) }
}

/// y = 1 / √x,  dx = −dy · y³ / 2
final class Rsqrt: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .rsqrt }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * (y * y * y) * -0.5 }
}

/// y = 1 / x,  dx = −dy · y²
final class Reciprocal: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .reciprocal }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { -(dy * y * y) }
}

/// y = eˣ,  dx = dy · y
final class Exp: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .exp }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * y }
}

/// y = eˣ − 1, exact near 0,  dx = dy · (y + 1)
final class Expm1: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .expm1 }
    override var saves: Saved { .output }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * (y + 1) }
}

/// y = ln x,  dx = dy / x
final class Log: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .log }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / x }
}

/// y = log₂ x,  dx = dy / (x ln 2)
final class Log2: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .log2 }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy / (x * 0.6931471805599453)
    }
}

/// y = log₁₀ x,  dx = dy / (x ln 10)
final class Log10: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .log10 }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy / (x * 2.302585092994046)
    }
}

/// y = ln(1 + x), exact near 0,  dx = dy / (1 + x)
final class Log1p: ElementwiseUnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: UnaryFunction { .log1p }
    override var saves: Saved { .inputs }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / (x + 1) }
}

extension Tensor {
    /// x², integers staying integers and wrapping around.
    public final func square() -> Tensor { Square()(arithmetic) }
    /// NaN for negative elements.
    public final func sqrt() -> Tensor { Sqrt()(floating) }
    /// 1 / √x.
    public final func rsqrt() -> Tensor { Rsqrt()(floating) }
    /// 1 / x: infinite at 0; integers become float32.
    public final func reciprocal() -> Tensor { Reciprocal()(floating) }
    /// eˣ: infinite in float32 from 88.73 on; integers become float32.
    public final func exp() -> Tensor { Exp()(floating) }
    /// eˣ − 1 without cancellation near 0.
    public final func expm1() -> Tensor { Expm1()(floating) }
    /// The natural logarithm: −∞ at 0, NaN below.
    public final func log() -> Tensor { Log()(floating) }
    /// The logarithm to base 2: −∞ at 0, NaN below.
    public final func log2() -> Tensor { Log2()(floating) }
    /// The logarithm to base 10: −∞ at 0, NaN below.
    public final func log10() -> Tensor { Log10()(floating) }
    /// ln(1 + x) without cancellation near 0.
    public final func log1p() -> Tensor { Log1p()(floating) }
}
