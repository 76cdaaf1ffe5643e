internal import CKernels
import Glibc
import Tensor

// The operators between a tensor x and a number n, which is a parameter of the kernel.

/// y = x + n,  dx = dy
final class AddScalar: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .add }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy }
}

/// y = x − n,  dx = dy
final class SubScalar: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .sub }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy }
}

/// y = n − x,  dx = −dy
final class ScalarSub: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .sub }
    override var isFirst: Bool { true }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { -dy }
}

/// y = x · n,  dx = dy · n
final class MulScalar: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .mul }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * number }
}

/// y = x / n,  dx = dy / n
final class DivScalar: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .div }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy / number }
}

/// y = n / x,  dx = −dy · y / x
final class ScalarDiv: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .div }
    override var isFirst: Bool { true }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { -(dy * y / x) }
}

/// y = ⌊x / n⌋, constant almost everywhere: the gradient is 0.
final class FloorDivScalar: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .floor_div }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { .zeros(like: dy) }
}

/// y = x − n ⌊x / n⌋ (the sign of n),  dx = dy
final class ModScalar: ElementwiseScalarOp {
    override var kernel: BinaryFunction { .mod }
    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy }
}

/// y = xⁿ,  dx = dy · n xⁿ⁻¹, at 0 and below it too (0 for n = 0)
final class PowScalar: ElementwiseScalarOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: BinaryFunction { .pow }
    override var saves: Saved {
        switch number.double {
        case 0, 1: .nothing
        case 0.5, -1: .output
        default: .inputs
        }
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        switch number.double {
        case 0: .zeros(like: dy)
        case 1: dy
        case 2: dy * (x * 2)
        case 0.5: dy / (y * 2)
        case -1: -(dy * y * y)
        case let n: dy * (x ** (n - 1) * n)
        }
    }
}

/// y = nˣ,  dx = dy · y ln n (0 where n = 0 and x ≥ 0)
final class ScalarPow: ElementwiseScalarOp {
    override var autocast: AutocastRule { .float32 }
    override var kernel: BinaryFunction { .pow }
    override var isFirst: Bool { true }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let n = number.double
        if n == 0 { return dy * Tensor.where(x .< 0, y.constant(-Double.infinity), y.constant(0)) }
        return dy * (y * Glibc.log(n))
    }
}

/// The larger (or smaller) of x and n; where they are equal x gets half of the gradient.
class ExtremumScalar: ElementwiseScalarOp {
    override var saves: Saved { .inputs }
    func loses(_ x: Tensor) -> Tensor { failNoGradient() }

    override final func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        Extremum.share(of: dy, loses: loses(x), ties: x .== number)
    }
}

final class MaximumScalar: ExtremumScalar {
    override var kernel: BinaryFunction { .maximum }
    override func loses(_ x: Tensor) -> Tensor { x .< number }
}

final class MinimumScalar: ExtremumScalar {
    override var kernel: BinaryFunction { .minimum }
    override func loses(_ x: Tensor) -> Tensor { x .> number }
}
