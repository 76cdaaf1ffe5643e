public import Tensor

// Other forms of the reductions.
extension Tensor {
    /// The mean of what is not NaN; NaN of nothing else.
    public final func nanMean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Tensor.roundedOnce([floating]) {
            let counts = ($0[0] .== $0[0]).sum(axes: axes, keepDims: keepDims)
            return $0[0].nanSum(axes: axes, keepDims: keepDims) / counts.cast(to: $0[0].dtype)
        }
    }
    /// The mean of what is not NaN along one axis, negative ones counted from the end.
    public final func nanMean(axis: Int, keepDims: Bool = false) -> Tensor {
        nanMean(axes: [axis], keepDims: keepDims)
    }

    /// How many elements are not zero; NaN is not. int64.
    public final func countNonzero(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        cast(to: .bool).sum(axes: axes, keepDims: keepDims)
    }
    /// How many elements along one axis are not zero, negative axes counted from the end: int64.
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

    /// Whether any element along one axis is not zero, negative axes counted from the end.
    public final func any(axis: Int, keepDims: Bool = false) -> Tensor {
        any(axes: [axis], keepDims: keepDims)
    }
    /// Whether no element along one axis is zero, negative axes counted from the end.
    public final func all(axis: Int, keepDims: Bool = false) -> Tensor {
        all(axes: [axis], keepDims: keepDims)
    }
    /// The variance along one axis, negative ones counted from the end.
    public final func variance(
        axis: Int, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        variance(axes: [axis], correction: correction, keepDims: keepDims)
    }
    /// The square root of `variance` along one axis, negative ones counted from the end.
    public final func standardDeviation(
        axis: Int, correction: Double = 1, keepDims: Bool = false
    ) -> Tensor {
        standardDeviation(axes: [axis], correction: correction, keepDims: keepDims)
    }
}
