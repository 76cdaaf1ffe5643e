internal import CKernels
public import Tensor

/// y = Σ x without the NaN among them,  dx = dy, 0 for NaN
final class NanSum: AxesOp {
    override var autocast: AutocastRule { .float32 }
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

extension Tensor {
    /// The sum of the elements that are not NaN: 0 where there are none. Integers and bool, which
    /// have no NaN, sum in int64 as in `sum`.
    public final func nanSum(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        guard dtype.isFloat else { return sum(axes: axes, keepDims: keepDims) }
        return NanSum(axes, keepDims: keepDims)(self)
    }
    /// The same along one axis, negative ones counted from the end.
    public final func nanSum(axis: Int, keepDims: Bool = false) -> Tensor {
        nanSum(axes: [axis], keepDims: keepDims)
    }

    /// The mean of what is not NaN; NaN of nothing else.
    public final func nanMean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        shape.requireAxes(axes, "nanMean")
        return Tensor.roundedOnce([floating], autocast: .float32) {
            let counts = ($0[0] .== $0[0]).sum(axes: axes, keepDims: keepDims)
            return $0[0].nanSum(axes: axes, keepDims: keepDims) / counts.cast(to: $0[0].dtype)
        }
    }
    /// The mean of what is not NaN along one axis, negative ones counted from the end.
    public final func nanMean(axis: Int, keepDims: Bool = false) -> Tensor {
        nanMean(axes: [axis], keepDims: keepDims)
    }
}
