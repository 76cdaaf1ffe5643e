internal import CKernels
public import Tensor

// Reductions over given axes, or all; reduced axes disappear unless `keepDims`. Negative axes count
// from the end.

/// y = Σ x,  dx = dy spread over the summed elements
final class Sum: AxesOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(.sum, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        kept(dy, x).expand(to: x.shape)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func along(_ axes: [Int]?) -> AxesOp { Sum(axes, keepDims: keepDims) }
}

/// y = max x (or min),  dx = dy shared equally among the elements that reach the extreme
final class Extreme: AxesOp {
    let reduction: Reduction
    init(_ reduction: Reduction, _ axes: [Int]?, keepDims: Bool) {
        self.reduction = reduction
        super.init(axes, keepDims: keepDims)
    }
    override var name: String { reduction == .maximum ? "Max" : "Min" }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(reduction, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        (x .== kept(y, x)).shares(axes, x.dtype).weighing(kept(dy, x))
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        sum((x .== kept(y, x)).shares(axes, x.dtype).weighing(dx))
    }
    override func along(_ axes: [Int]?) -> AxesOp {
        Extreme(reduction, axes, keepDims: keepDims)
    }
}

/// y = running sums along the last axis,  dx = running sums of dy from the end
final class CumSum: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.scan(.sum) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        CumSum()(dy.flip(-1)).flip(-1)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// Whether any or all elements are true: bool, no gradient.
final class Truth: AxesOp {
    let reduction: Reduction
    init(_ reduction: Reduction, _ axes: [Int]?, keepDims: Bool) {
        self.reduction = reduction
        super.init(axes, keepDims: keepDims)
    }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(reduction, axes: axes, keepDims: keepDims)
    }
    override func along(_ axes: [Int]?) -> AxesOp { Truth(reduction, axes, keepDims: keepDims) }
}

/// The index of the first extreme along the last axis: int64, no gradient.
final class ArgExtreme: UnaryOp {
    let maximum: Bool
    init(maximum: Bool) { self.maximum = maximum }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.argExtreme(maximum: maximum) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// The sum; integers and bool sum in int64, uint64 in its own type, and wrap around.
    public final func sum(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Sum(axes, keepDims: keepDims)(self)
    }
    /// The sum along one axis, negative ones counted from the end; 0 of no elements.
    public final func sum(axis: Int, keepDims: Bool = false) -> Tensor {
        sum(axes: [axis], keepDims: keepDims)
    }

    /// The largest element; NaN wins, ties share the gradient. Traps on no elements.
    public final func max(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Extreme(.maximum, axes, keepDims: keepDims)(self)
    }
    /// The largest element along one axis, negative ones counted from the end; NaN wins, ties share
    /// the gradient.
    public final func max(axis: Int, keepDims: Bool = false) -> Tensor {
        max(axes: [axis], keepDims: keepDims)
    }

    /// The smallest element; NaN wins, ties share the gradient. Traps on no elements.
    public final func min(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Extreme(.minimum, axes, keepDims: keepDims)(self)
    }
    /// The smallest element along one axis, negative ones counted from the end; NaN wins, ties
    /// share the gradient.
    public final func min(axis: Int, keepDims: Bool = false) -> Tensor {
        min(axes: [axis], keepDims: keepDims)
    }

    /// The smallest and the largest element; NaN wins both. Traps on no elements.
    public final func aminmax(
        axes: [Int]? = nil, keepDims: Bool = false
    ) -> (min: Tensor, max: Tensor) {
        shape.requireAxes(axes, "aminmax")
        if count == 0 { fail("aminmax", "shape \(shape) has no elements to choose from") }
        return (min(axes: axes, keepDims: keepDims), max(axes: axes, keepDims: keepDims))
    }

    /// The product; 1 of no elements.
    public final func prod(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Prod(axes, keepDims: keepDims)(self)
    }
    /// The product along one axis, negative ones counted from the end; 1 of no elements.
    public final func prod(axis: Int, keepDims: Bool = false) -> Tensor {
        prod(axes: [axis], keepDims: keepDims)
    }

    /// Running sums along an axis.
    public final func cumsum(axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "cumsum")
        if axis == rank - 1 { return CumSum()(self) }
        return CumSum()(transpose(axis, -1)).transpose(axis, -1)
    }

    /// Whether any element is not zero.
    public final func any(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Truth(.any, axes, keepDims: keepDims)(self)
    }
    /// Whether any element along one axis is not zero, negative axes counted from the end.
    public final func any(axis: Int, keepDims: Bool = false) -> Tensor {
        any(axes: [axis], keepDims: keepDims)
    }

    /// Whether no element is zero.
    public final func all(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Truth(.all, axes, keepDims: keepDims)(self)
    }
    /// Whether no element along one axis is zero, negative axes counted from the end.
    public final func all(axis: Int, keepDims: Bool = false) -> Tensor {
        all(axes: [axis], keepDims: keepDims)
    }

    /// How many elements are not zero; NaN is not. int64.
    public final func countNonzero(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        shape.requireAxes(axes, "countNonzero")
        return cast(to: .bool).sum(axes: axes, keepDims: keepDims)
    }
    /// How many elements along one axis are not zero, negative axes counted from the end: int64.
    public final func countNonzero(axis: Int, keepDims: Bool = false) -> Tensor {
        countNonzero(axes: [axis], keepDims: keepDims)
    }

    /// The index of the first largest element along an axis, or in row-major order if nil: int64.
    public final func argmax(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
        argExtreme(maximum: true, axis, keepDims)
    }

    /// The index of the first smallest element along an axis, or in row-major order if nil: int64.
    public final func argmin(axis: Int? = nil, keepDims: Bool = false) -> Tensor {
        argExtreme(maximum: false, axis, keepDims)
    }

    private func argExtreme(maximum: Bool, _ axis: Int?, _ keepDims: Bool) -> Tensor {
        let name = maximum ? "argmax" : "argmin"
        if count == 0 { fail(name, "shape \(shape) has no elements to choose from") }
        guard let axis else {
            let index = ArgExtreme(maximum: maximum)(reshape([count]))
            return keepDims ? index.reshape(Shape(repeating: 1, count: rank)) : index
        }
        let position = shape.axis(axis, name)
        var order = (0..<rank).filter { $0 != position }
        order.append(position)
        let index = ArgExtreme(maximum: maximum)(permute(order))
        return keepDims ? index.unsqueeze(position) : index
    }

    /// Sums away the axes along which `target` was broadcast to this shape.
    final func sum(to target: Shape) -> Tensor {
        if shape == target { return self }
        let lead = rank - target.rank
        var axes = Array(0..<lead)
        for axis in 0..<target.rank where target[axis] == 1 && shape[lead + axis] != 1 {
            axes.append(lead + axis)
        }
        return sum(axes: axes, keepDims: true).reshape(target)
    }
}
