internal import CKernels
public import Tensor

// Means and spreads. Their sums are kept in double until they are divided.

/// y = Σ x / n,  dx = dy / n
final class Mean: AxesOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(.mean, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        // In a half n itself may be infinite.
        (kept(dy, x).wide / length(x)).cast(to: x.dtype).expand(to: x.shape)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func along(_ axes: [Int]?) -> AxesOp { Mean(axes, keepDims: keepDims) }
}

/// y = Σ (x − mean)² / (n − c), c being the correction and the divisor at least 0,
/// dx = dy · 2 (x − mean) / (n − c)
final class Variance: AxesOp {
    let correction: Double
    init(_ axes: [Int]?, correction: Double, keepDims: Bool) {
        self.correction = correction
        super.init(axes, keepDims: keepDims)
    }
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        x.wideVariance(axes, correction, name).cast(to: x.dtype).dropping(
            axes, unless: keepDims, name)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let slope = kept(dy, x).wide * 2 / x.shape.divisor(axes, correction, name)
        return slope * x.centred(axes)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let slope = x.centred(axes) * 2 / x.shape.divisor(axes, correction, name)
        return sum(dx.wide * slope).cast(to: x.dtype)
    }
    override func along(_ axes: [Int]?) -> AxesOp {
        Variance(axes, correction: correction, keepDims: keepDims)
    }
}

/// y = √variance,  dx = dy · (x − mean) / ((n − c) y), 0 where all elements are equal
final class StandardDeviation: AxesOp {
    let correction: Double
    init(_ axes: [Int]?, correction: Double, keepDims: Bool) {
        self.correction = correction
        super.init(axes, keepDims: keepDims)
    }
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray {
        let deviation = x.wideVariance(axes, correction, name).map(.sqrt)
        return deviation.cast(to: x.dtype).dropping(axes, unless: keepDims, name)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let slope = kept(dy, x).wide.overNonzero(kept(y, x).wide)
        return slope / x.shape.divisor(axes, correction, name) * x.centred(axes)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let total = sum(dx.wide * x.centred(axes)) / x.shape.divisor(axes, correction, name)
        return total.overNonzero(y.wide).cast(to: x.dtype)
    }
    override func along(_ axes: [Int]?) -> AxesOp {
        StandardDeviation(axes, correction: correction, keepDims: keepDims)
    }
}

extension Shape {
    /// What the squares along `axes` are divided by.
    fileprivate func divisor(
        _ axes: [Int]?, _ correction: Double, _ operation: String
    ) -> Double {
        if correction.isNaN { fail(operation, "the correction is NaN") }
        return Swift.max(0, Double(length(axes, operation)) - correction)
    }
}

extension NDArray {
    /// Σ (x − mean)² / (n − c) in float64, with the axes at size 1. Elements are taken relative to
    /// the first of their line, so that equal ones, however large, have the variance 0.
    fileprivate func wideVariance(
        _ axes: [Int]?, _ correction: Double, _ operation: String
    ) -> NDArray {
        let divisor = Scalar(shape.divisor(axes, correction, operation))
        if count == 0 {
            return reduce(.sum, axes: axes, keepDims: true, as: .float64).zip(.div, divisor)
        }
        let line = axes ?? Array(0..<rank)
        let first = line.reduce(self) { $0.slice(axis: $1, start: 0, count: 1) }.cast(to: .float64)
        let shift = reduce(
            .mean, map: .binary(.sub), with: first, axes: axes, keepDims: true, as: .float64)
        let mean = shift.zipReusing(.add, first)
        let total = reduce(
            .sum, map: .binary(.squared_difference), with: mean, axes: axes, keepDims: true,
            as: .float64)
        return total.zipReusing(.div, divisor)
    }
}

extension Tensor {
    /// The elements minus their mean along `axes`.
    fileprivate final func centred(_ axes: [Int]?) -> Tensor {
        let x = wide
        return x - Mean(axes, keepDims: true)(x)
    }

    /// The arithmetic mean; NaN of no elements. The sum is kept in double, and rounded once.
    public final func mean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Mean(axes, keepDims: keepDims)(floating)
    }
    /// The arithmetic mean along one axis, negative ones counted from the end; NaN of no elements.
    public final func mean(axis: Int, keepDims: Bool = false) -> Tensor {
        mean(axes: [axis], keepDims: keepDims)
    }

    /// The variance: Σ (x − mean)² / (n − correction), 1 for an unbiased estimate. Where n is not
    /// above the correction it is NaN of equal elements and infinite of others.
    public final func variance(
        axes: [Int]? = nil, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        shape.requireAxes(axes, "variance")
        return Variance(axes, correction: correction, keepDims: keepDims)(floating)
    }
    /// The variance along one axis, negative ones counted from the end.
    public final func variance(
        axis: Int, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        variance(axes: [axis], correction: correction, keepDims: keepDims)
    }

    /// The square root of `variance`; its gradient is 0 where all elements are equal.
    public final func standardDeviation(
        axes: [Int]? = nil, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        shape.requireAxes(axes, "standardDeviation")
        return StandardDeviation(axes, correction: correction, keepDims: keepDims)(floating)
    }
    /// The square root of `variance` along one axis, negative ones counted from the end.
    public final func standardDeviation(
        axis: Int, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        standardDeviation(axes: [axis], correction: correction, keepDims: keepDims)
    }

    /// `variance` and `mean` together.
    public final func varMean(
        axes: [Int]? = nil, correction: Double = 1, keepDims: Bool = false
    ) -> (variance: Tensor, mean: Tensor) {
        shape.requireAxes(axes, "varMean")
        return (
            variance(axes: axes, correction: correction, keepDims: keepDims),
            mean(axes: axes, keepDims: keepDims)
        )
    }
}
