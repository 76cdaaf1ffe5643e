internal import CKernels
public import Tensor

/// y = Σ x without the NaN among them,  dx = dy, 0 for NaN
final class NanSum: AxesOp {
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(.nan_sum, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        kept(dy, x).expand(to: x.shape).maskedFill(x.isNaN(), 0)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        sum(dx.maskedFill(x.isNaN(), 0))
    }
    override func along(_ axes: [Int]?) -> AxesOp { NanSum(axes, keepDims: keepDims) }
}

// Other forms of the reductions.
extension Tensor {
    /// The sum of what is not NaN; 0 of nothing else. Integers and bool sum in int64.
    public final func nanSum(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        guard dtype.isFloat else { return sum(axes: axes, keepDims: keepDims) }
        return NanSum(axes, keepDims: keepDims)(self)
    }
    public final func nanSum(axis: Int, keepDims: Bool = false) -> Tensor {
        nanSum(axes: [axis], keepDims: keepDims)
    }

    /// The mean of what is not NaN; NaN of nothing else.
    public final func nanMean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Tensor.roundedOnce([floating]) {
            let counts = ($0[0] .== $0[0]).sum(axes: axes, keepDims: keepDims)
            return $0[0].nanSum(axes: axes, keepDims: keepDims) / counts.cast(to: $0[0].dtype)
        }
    }
    public final func nanMean(axis: Int, keepDims: Bool = false) -> Tensor {
        nanMean(axes: [axis], keepDims: keepDims)
    }

    /// How many elements are not zero; NaN is not. int64.
    public final func countNonzero(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        cast(to: .bool).sum(axes: axes, keepDims: keepDims)
    }
    public final func countNonzero(axis: Int, keepDims: Bool = false) -> Tensor {
        countNonzero(axes: [axis], keepDims: keepDims)
    }

    /// The smallest and the largest element; NaN wins both. Traps on no elements.
    public final func aminmax(
        axes: [Int]? = nil, keepDims: Bool = false
    ) -> (min: Tensor, max: Tensor) {
        (min(axes: axes, keepDims: keepDims), max(axes: axes, keepDims: keepDims))
    }

    /// `variance` and `mean` together.
    public final func varMean(
        axes: [Int]? = nil, correction: Double = 1, keepDims: Bool = false
    ) -> (variance: Tensor, mean: Tensor) {
        (
            variance(axes: axes, correction: correction, keepDims: keepDims),
            mean(axes: axes, keepDims: keepDims)
        )
    }

    public final func any(axis: Int, keepDims: Bool = false) -> Tensor {
        any(axes: [axis], keepDims: keepDims)
    }
    public final func all(axis: Int, keepDims: Bool = false) -> Tensor {
        all(axes: [axis], keepDims: keepDims)
    }
    public final func variance(
        axis: Int, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        variance(axes: [axis], correction: correction, keepDims: keepDims)
    }
    public final func standardDeviation(
        axis: Int, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        standardDeviation(axes: [axis], correction: correction, keepDims: keepDims)
    }
}
