internal import CKernels
public import Tensor

// Sizes of vectors, and the smooth maximum.

/// y = (Σ |x|ᵖ)^(1/p),  dx = dy · sign x · (|x| / y)ᵖ⁻¹, 0 where x is 0
final class Norm: AxesOp {
    let order: Double
    init(_ order: Double, _ axes: [Int]?, keepDims: Bool) {
        self.order = order
        super.init(axes, keepDims: keepDims)
    }
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray {
        switch order {
        case 2 where x.shape.length(axes, name) == 1:
            // A square could overflow.
            return x.reduce(.sum, map: .unary(.abs), axes: axes, keepDims: keepDims)
        case 2: return x.reduce(.norm, axes: axes, keepDims: keepDims)
        case 1: return x.reduce(.sum, map: .unary(.abs), axes: axes, keepDims: keepDims)
        case .infinity: return x.reduce(.maximum, map: .unary(.abs), axes: axes, keepDims: keepDims)
        case -.infinity:
            return x.reduce(.minimum, map: .unary(.abs), axes: axes, keepDims: keepDims)
        default:
            let power = NDArray.full([], Scalar(order), .float64, on: x.backend)
            let total = x.reduce(
                .sum, map: .binary(.abs_pow), with: power, axes: axes, keepDims: keepDims,
                as: .float64)
            return total.zipReusing(.pow, Scalar(1 / order)).cast(to: x.dtype)
        }
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let slopes = slopes(x, kept(y, x))
        return order.isInfinite ? slopes.weighing(kept(dy, x)) : kept(dy, x) * slopes
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        sum(dx.wide * slopes(x, kept(y, x)).wide).cast(to: x.dtype)
    }
    override func along(_ axes: [Int]?) -> AxesOp { Norm(order, axes, keepDims: keepDims) }

    /// The derivative of y by each element.
    private func slopes(_ x: Tensor, _ y: Tensor) -> Tensor {
        switch order {
        case 2: x.overNonzero(y)
        case 1: x.sign()
        case .infinity, -.infinity: x.sign() * (x.abs() .== y).shares(axes, x.dtype)
        default:
            // Of an order below 0 the norm is 0 beside elements that aren't.
            (x.sign() * (x.abs().overNonzero(y).maskedFill(x .== 0, 1) ** (order - 1)))
                .maskedFill(y .== 0, 0)
        }
    }
}

/// y = ln Σ exp(x),  dx = dy · exp(x − y)
final class LogSumExp: AxesOp {
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray {
        if x.dtype == .float32 || x.dtype == .float64, axes == [x.rank - 1] {
            return x.logSumExp().dropping(axes, unless: keepDims, name)
        }
        let top = x.reduce(.maximum, axes: axes, keepDims: true)
        let total = x.reduce(
            .sum, map: .binary(.exp_difference), with: top, axes: axes, keepDims: true, as: .float64
        )
        let result = total.map(.log).zipReusing(.add, top.cast(to: .float64))
        return result.cast(to: x.dtype).dropping(axes, unless: keepDims, name)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        kept(dy, x) * (x - kept(y, x)).exp()
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        sum(dx.wide * (x - kept(y, x)).exp().wide).cast(to: x.dtype)
    }
    override func along(_ axes: [Int]?) -> AxesOp { LogSumExp(axes, keepDims: keepDims) }
}

extension Tensor {
    /// The norm (Σ |x|ᵖ)^(1/p): 2 for the length of a vector, 1 for the sum of magnitudes,
    /// ±infinity for the largest or smallest. Where x is 0 so is its gradient.
    public final func norm(
        _ order: Double = 2, axes: [Int]? = nil, keepDims: Bool = false
    ) -> Tensor {
        norm(order, axes, keepDims, "norm")
    }

    final func norm(
        _ order: Double, _ axes: [Int]?, _ keepDims: Bool, _ operation: String
    ) -> Tensor {
        shape.requireAxes(axes, operation)
        if order == 0 {
            fail(operation, "there is none of order 0", hint: "count with (x .!= 0).sum()")
        }
        if order.isNaN { fail(operation, "the order is NaN") }
        return Norm(order, axes, keepDims: keepDims)(floating)
    }

    /// ln Σ exp(x) along axes, nil meaning all, without overflow.
    public final func logSumExp(axes: [Int]?, keepDims: Bool = false) -> Tensor {
        shape.requireAxes(axes, "logSumExp")
        if count == 0, shape.length(axes, "logSumExp") == 0 {
            fail("logSumExp", "axes of shape \(shape) have no elements")
        }
        return LogSumExp(axes?.map { shape.axis($0, "logSumExp") }, keepDims: keepDims)(floating)
    }

    /// ln Σ exp(x) along an axis, without overflow.
    public final func logSumExp(axis: Int = -1, keepDims: Bool = false) -> Tensor {
        logSumExp(axes: [axis], keepDims: keepDims)
    }
}
