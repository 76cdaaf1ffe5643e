public import Tensor

// Reductions over given axes, or all; reduced axes disappear unless `keepDims`. Negative axes count
// from the end.

/// y = Σ x,  dx = dy spread over the summed elements
final class Sum: UnaryOp {
    let axes: [Int]?
    let keepDims: Bool
    init(_ axes: [Int]?, keepDims: Bool) {
        self.axes = axes
        self.keepDims = keepDims
    }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(.sum, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy.reshape(x.shape.reduced(axes)).expand(to: x.shape)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? {
        Sum(axes.ofExamples(x), keepDims: keepDims)(x)
    }
}

/// y = max x (or min),  dx = dy shared equally among the elements that reach the extreme
final class Extreme: UnaryOp {
    let reduction: Reduction
    let axes: [Int]?
    let keepDims: Bool
    init(_ reduction: Reduction, _ axes: [Int]?, keepDims: Bool) {
        self.reduction = reduction
        self.axes = axes
        self.keepDims = keepDims
    }
    override var name: String { reduction == .maximum ? "Max" : "Min" }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(reduction, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy.reshape(x.shape.reduced(axes)) * shares(x, y)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        (dx * shares(x, y)).sum(axes: axes, keepDims: keepDims)
    }
    override func batch(_ x: Tensor) -> Tensor? {
        Extreme(reduction, axes.ofExamples(x), keepDims: keepDims)(x)
    }

    /// One divided by the number of elements that reach the extreme, for those; zero for others.
    private func shares(_ x: Tensor, _ y: Tensor) -> Tensor {
        let ties = (x .== y.reshape(x.shape.reduced(axes))).cast(to: x.dtype)
        return ties / ties.sum(axes: axes, keepDims: true)
    }
}

/// y = Π x,  dx = dy · the product of the other elements, also where some are zero
final class Prod: UnaryOp {
    let axes: [Int]?
    let keepDims: Bool
    init(_ axes: [Int]?, keepDims: Bool) {
        self.axes = axes
        self.keepDims = keepDims
    }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(.product, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let kept = x.shape.reduced(axes)
        return dy.reshape(kept) * Prod.ofOthers(x, axes)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        (dx * Prod.ofOthers(x, axes)).sum(axes: axes, keepDims: keepDims)
    }
    override func batch(_ x: Tensor) -> Tensor? {
        Prod(axes.ofExamples(x), keepDims: keepDims)(x)
    }

    /// For each element the product of the others along the reduced axes. Dividing the whole product
    /// by the element would not do where that is zero or overflows, and nobody waits to see whether.
    private static func ofOthers(_ x: Tensor, _ axes: [Int]?) -> Tensor {
        let all = Array(0..<x.rank)
        let reduced = Set((axes ?? all).map { x.shape.axis($0, "prod") })
        let order = all.filter { !reduced.contains($0) } + all.filter { reduced.contains($0) }
        let n = reduced.reduce(1) { $0 * x.shape[$1] }
        let rows = x.permute(order).reshape([x.count / Swift.max(n, 1), n])
        let moved = Shape(order.map { x.shape[$0] })
        var inverse = [Int](repeating: 0, count: order.count)
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return ofOthersInRows(rows).reshape(moved).permute(inverse)
    }

    /// A tree of products of pairs: on the way down each node hands its two children the product of
    /// all that lies outside them, times the other child.
    private static func ofOthersInRows(_ rows: Tensor) -> Tensor {
        let (count, n) = (rows.shape[0], rows.shape[1])
        var width = 1
        while width < n { width *= 2 }
        var level = rows.pad([(before: 0, after: width - n)], value: 1)
        var pairs: [Tensor] = []
        while width > 1 {
            width /= 2
            let pair = level.reshape([count, width, 2])
            pairs.append(pair)
            let product =
                pair.narrow(axis: 2, start: 0, count: 1) * pair.narrow(axis: 2, start: 1, count: 1)
            level = product.reshape([count, width])
        }
        var outside = Tensor.ones(like: level)
        for pair in pairs.reversed() {
            outside = (outside.unsqueeze(2) * pair.flip(2)).reshape([count, pair.shape[1] * 2])
        }
        return outside.narrow(axis: 1, start: 0, count: n)
    }
}

/// y = running sums along the last axis,  dx = running sums of dy from the end
final class CumSum: UnaryOp {
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.scan(.sum) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        CumSum()(dy.flip(-1)).flip(-1)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// Whether any or all elements are true: bool, no gradient.
final class Truth: UnaryOp {
    let reduction: Reduction
    let axes: [Int]?
    let keepDims: Bool
    init(_ reduction: Reduction, _ axes: [Int]?, keepDims: Bool) {
        self.reduction = reduction
        self.axes = axes
        self.keepDims = keepDims
    }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(reduction, axes: axes, keepDims: keepDims)
    }
    override func batch(_ x: Tensor) -> Tensor? {
        Truth(reduction, axes.ofExamples(x), keepDims: keepDims)(x)
    }
}

/// The index of the first extreme along the last axis: int64, no gradient.
final class ArgExtreme: UnaryOp {
    let maximum: Bool
    init(maximum: Bool) { self.maximum = maximum }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.argExtreme(maximum: maximum) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension [Int]? {
    /// These axes of an example as axes of the batch; nil means all of the example's.
    fileprivate func ofExamples(_ batch: Tensor) -> [Int] {
        guard let axes = self else { return Array(1..<Swift.max(batch.rank, 1)) }
        let example = batch.shape.removing(at: 0)
        return axes.map { example.axis($0, "reduce") + 1 }
    }
}

extension Shape {
    /// This shape with the reduced axes at size 1; nil means all.
    func reduced(_ axes: [Int]?) -> Shape {
        guard let axes else { return Shape(repeating: 1, count: rank) }
        var result = self
        for axis in axes { result[self.axis(axis, "reduce")] = 1 }
        return result
    }
}

extension Tensor {
    /// The sum; integers and bool sum in int64.
    public final func sum(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Sum(axes, keepDims: keepDims)(self)
    }
    public final func sum(axis: Int, keepDims: Bool = false) -> Tensor {
        sum(axes: [axis], keepDims: keepDims)
    }

    /// The arithmetic mean; NaN of no elements. Halves are summed as float32.
    public final func mean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        let mean = wide.wideMean(axes, keepDims: keepDims)
        return dtype.isFloat ? mean.cast(to: dtype) : mean
    }

    /// This tensor in a dtype in which sums of many elements neither overflow nor lose digits.
    private final var wide: Tensor { dtype == .float64 ? self : cast(to: .float32) }

    private final func wideMean(_ axes: [Int]?, keepDims: Bool) -> Tensor {
        let total = sum(axes: axes, keepDims: keepDims)
        return total * (Double(total.count) / Double(count))
    }

    private final func wideVariance(_ axes: [Int]?, _ correction: Int, keepDims: Bool) -> Tensor {
        let centred = self - wideMean(axes, keepDims: true)
        let total = centred.square().sum(axes: axes, keepDims: keepDims)
        let n = Double(count) / Double(total.count)
        return total * (1 / (n - Double(correction)))
    }
    public final func mean(axis: Int, keepDims: Bool = false) -> Tensor {
        mean(axes: [axis], keepDims: keepDims)
    }

    /// The variance: Σ (x − mean)² / (n − correction), 1 for an unbiased estimate.
    public final func variance(axes: [Int]? = nil, correction: Int = 1, keepDims: Bool = false)
        -> Tensor
    {
        let variance = wide.wideVariance(axes, correction, keepDims: keepDims)
        return dtype.isFloat ? variance.cast(to: dtype) : variance
    }

    /// The square root of `variance`.
    public final func standardDeviation(
        axes: [Int]? = nil, correction: Int = 1, keepDims: Bool = false
    ) -> Tensor {
        let deviation = wide.wideVariance(axes, correction, keepDims: keepDims).sqrt()
        return dtype.isFloat ? deviation.cast(to: dtype) : deviation
    }

    /// The largest element; NaN wins, ties share the gradient. Traps on no elements.
    public final func max(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Extreme(.maximum, axes, keepDims: keepDims)(self)
    }
    public final func max(axis: Int, keepDims: Bool = false) -> Tensor {
        max(axes: [axis], keepDims: keepDims)
    }

    /// The smallest element; NaN wins, ties share the gradient. Traps on no elements.
    public final func min(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Extreme(.minimum, axes, keepDims: keepDims)(self)
    }
    public final func min(axis: Int, keepDims: Bool = false) -> Tensor {
        min(axes: [axis], keepDims: keepDims)
    }

    /// The product; 1 of no elements.
    public final func prod(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Prod(axes, keepDims: keepDims)(self)
    }
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

    /// Whether no element is zero.
    public final func all(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
        Truth(.all, axes, keepDims: keepDims)(self)
    }

    /// The index of the first largest element along an axis, or in row-major order if nil: int64.
    public final func argmax(axis: Int? = nil) -> Tensor { argExtreme(maximum: true, axis) }

    /// The index of the first smallest element along an axis, or in row-major order if nil: int64.
    public final func argmin(axis: Int? = nil) -> Tensor { argExtreme(maximum: false, axis) }

    private func argExtreme(maximum: Bool, _ axis: Int?) -> Tensor {
        let name = maximum ? "argmax" : "argmin"
        if count == 0 { fail(name, "shape \(shape) has no elements to choose from") }
        guard let axis else { return ArgExtreme(maximum: maximum)(reshape([count])) }
        let position = shape.axis(axis, name)
        var order = (0..<rank).filter { $0 != position }
        order.append(position)
        return ArgExtreme(maximum: maximum)(permute(order))
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
