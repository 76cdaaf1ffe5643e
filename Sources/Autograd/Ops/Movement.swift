public import Tensor

// Other arrangements of the same elements; views wherever strides allow it.

/// y = x under another shape,  dx = dy under x's
final class Reshape: UnaryOp {
    let shape: Shape
    init(_ shape: Shape) { self.shape = shape }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.reshape(shape) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy.reshape(x.shape) }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? {
        x.reshape(shape.inserting(x.shape[0], at: 0))
    }
}

/// y = x with its axes in another order,  dx = dy with them put back
final class Permute: UnaryOp {
    let axes: [Int]
    init(_ axes: [Int]) { self.axes = axes }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.permute(axes) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        var inverse = axes
        for (position, axis) in axes.enumerated() { inverse[axis] = position }
        return Permute(inverse)(dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { Permute([0] + axes.map { $0 + 1 })(x) }
}

/// y = x repeated along axes of size 1; the engine sums dy back to x's shape.
final class Expand: UnaryOp {
    let shape: Shape
    init(_ shape: Shape) { self.shape = shape }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.expand(to: shape) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? {
        let ones = Array(repeating: 1, count: shape.rank + 1 - x.rank)
        let aligned = x.reshape(Shape([x.shape[0]] + ones + x.shape.dropFirst()))
        return aligned.expand(to: shape.inserting(x.shape[0], at: 0))
    }
}

/// y = x with axes reversed,  dx = dy with them reversed
final class Flip: UnaryOp {
    let axes: [Int]
    init(_ axes: [Int]) { self.axes = axes }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { axes.reduce(x) { $0.flip($1) } }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { Flip(axes)(dy) }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { Flip(axes.map { $0 + 1 })(x) }
}

/// y = a copy of x in row-major order,  dx = dy
final class Contiguous: UnaryOp {
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.copy() }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { dx }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// The elements in row-major order under another shape. One size may be −1: whatever is left.
    public final func reshape(_ newShape: Shape) -> Tensor {
        let resolved = resolve(newShape)
        return resolved == shape ? self : Reshape(resolved)(self)
    }

    private func resolve(_ newShape: Shape) -> Shape {
        var known = 1
        var wildcard: Int?
        for axis in 0..<newShape.rank {
            if newShape[axis] >= 0 {
                known = known.times(newShape[axis])
            } else if newShape[axis] == -1, wildcard == nil {
                wildcard = axis
            } else {
                fail("reshape", "\(newShape) is no shape", hint: "sizes ≥ 0 and at most one −1")
            }
        }
        guard let wildcard else { return newShape }
        guard known > 0, count % known == 0 else {
            fail(
                "reshape", "\(count) elements of \(shape) don't divide into \(newShape)",
                hint: "the sizes beside −1 must divide \(count)")
        }
        return newShape.replacing(wildcard, with: count / known)
    }

    /// Axes `start` through `end` as one.
    public final func flatten(from start: Int = 0, through end: Int = -1) -> Tensor {
        if rank == 0 { return reshape([1]) }
        let first = shape.axis(start, "flatten")
        let last = shape.axis(end, "flatten")
        guard first <= last else { fail("flatten", "axis \(start) lies after axis \(end)") }
        var result = Shape()
        for axis in 0..<first { result.append(shape[axis]) }
        result.append((first...last).reduce(1) { $0.times(shape[$1]) })
        for axis in (last + 1)..<Swift.max(rank, last + 1) { result.append(shape[axis]) }
        return reshape(result)
    }

    /// The axes in the order given, each named once.
    public final func permute(_ axes: [Int]) -> Tensor {
        Permute(axes.map { shape.axis($0, "permute") })(self)
    }

    /// Two axes exchanged; the last two if not named.
    public final func transpose(_ first: Int = -2, _ second: Int = -1) -> Tensor {
        var axes = Array(0..<rank)
        axes.swapAt(shape.axis(first, "transpose"), shape.axis(second, "transpose"))
        return Permute(axes)(self)
    }

    /// Repeats axes of size 1, and new leading ones, without copying (NumPy's broadcasting).
    public final func expand(to newShape: Shape) -> Tensor {
        newShape == shape ? self : Expand(newShape)(self)
    }

    /// A new axis of size 1 before `axis`.
    public final func unsqueeze(_ axis: Int) -> Tensor {
        reshape(shape.inserting(1, at: newAxis(axis, "unsqueeze")))
    }

    /// Where a new axis stands, from 0.
    final func newAxis(_ axis: Int, _ operation: String) -> Int {
        let position = axis < 0 ? axis + rank + 1 : axis
        guard position >= 0, position <= rank else {
            fail(
                operation, "axis \(axis) is out of range for shape \(shape)",
                hint: "a new axis is at \(-rank - 1) to \(rank)")
        }
        return position
    }

    /// Without an axis of size 1, or without all of them if none is named.
    public final func squeeze(_ axis: Int? = nil) -> Tensor {
        guard let axis else { return reshape(Shape(shape.filter { $0 != 1 })) }
        let position = shape.axis(axis, "squeeze")
        guard shape[position] == 1 else {
            fail("squeeze", "axis \(axis) of shape \(shape) has size \(shape[position]), not 1")
        }
        return reshape(shape.removing(at: position))
    }

    /// Axes in reverse order.
    public final func flip(_ axes: Int...) -> Tensor { flip(axes) }
    /// Axes in reverse order, listed at run time.
    public final func flip(_ axes: [Int]) -> Tensor {
        Flip(axes.map { shape.axis($0, "flip") })(self)
    }

    /// The elements in row-major order in memory: this tensor if they are already.
    public final func contiguous() -> Tensor {
        data.isContiguous ? self : Contiguous()(self)
    }

    /// The elements in storage of their own.
    public final func copy() -> Tensor { Contiguous()(self) }
}
