public import Tensor

/// A box in an array: along each axis `counts` positions from `starts` in steps of `steps`.
struct Region: Sendable {
    var starts: Shape
    var counts: Shape
    var steps: Shape

    /// All of an array.
    init(of shape: Shape) {
        starts = Shape(repeating: 0, count: shape.rank)
        counts = shape
        steps = Shape(repeating: 1, count: shape.rank)
    }

    /// The same box in each example of a batch.
    func ofExamples(_ size: Int) -> Region {
        var region = self
        region.starts = starts.inserting(0, at: 0)
        region.counts = counts.inserting(size, at: 0)
        region.steps = steps.inserting(1, at: 0)
        return region
    }

    func view(_ x: NDArray) -> NDArray {
        (0..<x.rank).reduce(x) { array, axis in
            array.slice(
                axis: axis, start: starts[axis], count: counts[axis], step: steps[axis])
        }
    }
}

/// y = a region of x, a view,  dx = dy in that region of zeros
final class Slice: UnaryOp {
    let region: Region
    init(_ region: Region) { self.region = region }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { region.view(x) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        Embed(region, in: x.shape)(dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { Slice(region.ofExamples(x.shape[0]))(x) }
}

/// y = an array of one value with x written over a region,  dx = that region of dy
final class Embed: UnaryOp {
    let region: Region
    let shape: Shape
    let value: Scalar
    init(_ region: Region, in shape: Shape, around value: Scalar = Scalar(0)) {
        self.region = region
        self.shape = shape
        self.value = value
    }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray {
        let out = NDArray.full(shape, value, x.dtype, on: x.backend)
        region.view(out).assign(x)
        return out
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { Slice(region)(dy) }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        Embed(region, in: shape)(dx)
    }
    override func batch(_ x: Tensor) -> Tensor? {
        let size = x.shape[0]
        return Embed(region.ofExamples(size), in: shape.inserting(size, at: 0), around: value)(x)
    }
}

extension Tensor {
    /// `count` positions along an axis from `start`.
    public final func narrow(axis: Int, start: Int, count: Int) -> Tensor {
        let axis = shape.axis(axis, "narrow")
        guard start >= 0, count >= 0, start.plus(count) <= shape[axis] else {
            fail("narrow", "\(count) positions from \(start) leave axis \(axis) of shape \(shape)")
        }
        var region = Region(of: shape)
        region.starts[axis] = start
        region.counts[axis] = count
        return Slice(region)(self)
    }

    /// Pieces along an axis, of the sizes given.
    public final func split(sizes: [Int], axis: Int = 0) -> [Tensor] {
        let axis = shape.axis(axis, "split")
        guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, { $0.plus($1) }) == shape[axis] else {
            fail("split", "sizes \(sizes) don't add up to axis \(axis) of shape \(shape)")
        }
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return narrow(axis: axis, start: start, count: size)
        }
    }

    /// Pieces of `size` along an axis; the last may be smaller.
    public final func split(size: Int, axis: Int = 0) -> [Tensor] {
        guard size > 0 else { fail("split", "the size \(size) is not positive") }
        let total = shape[shape.axis(axis, "split")]
        if total == 0 { return [self] }
        let sizes = stride(from: 0, to: total, by: size).map { Swift.min(size, total - $0) }
        return split(sizes: sizes, axis: axis)
    }
}
