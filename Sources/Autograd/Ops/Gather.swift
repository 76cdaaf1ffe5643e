public import Tensor

// Choosing elements by integer tensors. Indices are checked and may be negative; the same index
// twice adds both gradients.

/// y = the index as positions in 0..<size, negative ones counted from the end. It checks them.
final class Positions: UnaryOp {
    private let size: Int
    private let operation: StaticString
    init(below size: Int, _ operation: StaticString) {
        self.size = size
        self.operation = operation
    }

    override var isDifferentiable: Bool { false }
    override func forward(_ index: NDArray) -> NDArray {
        let out = NDArray(uninitialized: index.shape, .int64, on: index.backend)
        Kernel.positions(below: size, operation).run(index.contiguous(), into: out)
        return out
    }
    override func batch(_ index: Tensor) -> Tensor? { self(index) }
}

/// y[i] = x[index[i]] along the first axis,  dx = dy added at the indices
final class Gather: BinaryOp {
    /// `index` holds int64 positions, none negative.
    static func of(_ x: Tensor, _ index: Tensor) -> Tensor { Gather()(x, index) }

    override var saves: Saved { .second }
    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray { x.gather(index) }
    override func backwardLeft(_ dy: Tensor, a x: Tensor, b index: Tensor, y: Tensor) -> Tensor {
        ScatterAdd.of(dy, index, rows: x.shape[0])
    }
    override func tangent(
        _ dx: Tensor?, _: Tensor?, a x: Tensor, b index: Tensor, y: Tensor
    ) -> Tensor? {
        dx.map { Gather.of($0, index) }
    }
    override func batch(_ x: Tensor, _ index: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        if !isBatched.a { return Gather.of(x, index) }
        if !isBatched.b { return Gather.of(x.moved(0, to: 1), index).moved(index.rank, to: 0) }
        let (examples, rows) = (x.shape[0], x.shape[1])
        let table = x.reshape(Shape([examples * rows] + x.shape.dropFirst(2)))
        return Gather.of(table, index.shifted(by: rows))
    }
}

/// y[index[i]] += x[i] along the first axis of zeros,  dx[i] = dy[index[i]]
final class ScatterAdd: BinaryOp {
    private let rows: Int
    private init(rows: Int) { self.rows = rows }

    /// `index` holds int64 positions below `rows`, none negative.
    static func of(_ x: Tensor, _ index: Tensor, rows: Int) -> Tensor {
        ScatterAdd(rows: rows)(x, index)
    }

    override var saves: Saved { .second }
    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray {
        x.scatterAdd(index, rows: rows)
    }
    override func backwardLeft(_ dy: Tensor, a x: Tensor, b index: Tensor, y: Tensor) -> Tensor {
        Gather.of(dy, index)
    }
    override func tangent(
        _ dx: Tensor?, _: Tensor?, a x: Tensor, b index: Tensor, y: Tensor
    ) -> Tensor? {
        dx.map { ScatterAdd.of($0, index, rows: rows) }
    }
    override func batch(_ x: Tensor, _ index: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        if !isBatched.b {
            let last = x.moved(0, to: index.rank)
            return ScatterAdd.of(last, index, rows: rows).moved(1, to: 0)
        }
        let examples = index.shape[0]
        let x = Batched.spread([x, index], [isBatched.a, true])[0]
        let all = ScatterAdd.of(x, index.shifted(by: rows), rows: examples * rows)
        return all.reshape(Shape([examples, rows] + all.shape.dropFirst()))
    }
}

extension Tensor {
    /// One axis taken out and put in at another position.
    final func moved(_ axis: Int, to position: Int) -> Tensor {
        if axis == position { return self }
        var order = Array(0..<rank)
        order.insert(order.remove(at: axis), at: position)
        return Permute(order)(self)
    }

    /// Row numbers of each example as row numbers of all examples' tables one after the other.
    fileprivate final func shifted(by rows: Int) -> Tensor {
        let ones = Array(repeating: 1, count: rank - 1)
        let starts = Tensor.arange(0, shape[0], on: data.backend) * rows
        return self + starts.reshape(Shape([shape[0]] + ones))
    }

    /// int64 positions below `size`, negatives counted from the end; traps outside.
    fileprivate final func checkedIndex(below size: Int, _ operation: StaticString) -> Tensor {
        guard dtype.isInteger else {
            fail("\(operation)", "indices must be integers, not \(dtype)", hint: "cast(to: .int64)")
        }
        return Positions(below: size, operation)(cast(to: .int64))
    }
}

extension Tensor {
    /// The slices at `index` along an axis, which is replaced by the index's shape.
    public final func take(_ index: Tensor, axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "take")
        let checked = index.checkedIndex(below: shape[axis], "take")
        if axis == 0 { return Gather.of(self, checked) }
        let front = [axis] + (0..<rank).filter { $0 != axis }
        let taken = Gather.of(permute(front), checked)
        let width = index.rank
        let order =
            (width..<(width + axis)).map { $0 } + (0..<width).map { $0 }
            + ((width + axis)..<taken.rank).map { $0 }
        return taken.permute(order)
    }

    /// y[…, i, …] = x[…, index[…, i, …], …]: one element per index, along an axis. The index has
    /// this rank and, off the axis, this shape.
    public final func gather(_ index: Tensor, axis: Int) -> Tensor {
        let axis = shape.axis(axis, "gather")
        let flat = flatPositions(index, axis, "gather")
        return Gather.of(reshape([count]), flat).reshape(index.shape)
    }

    /// This tensor with `source` added at `index` along an axis, as `gather` reads.
    public final func scatterAdd(_ index: Tensor, _ source: Tensor, axis: Int) -> Tensor {
        let axis = shape.axis(axis, "scatterAdd")
        guard source.shape == index.shape else {
            fail("scatterAdd", "source \(source.shape) and index \(index.shape) differ in shape")
        }
        let flat = flatPositions(index, axis, "scatterAdd")
        let added = ScatterAdd.of(
            source.cast(to: dtype).reshape([source.count]), flat, rows: count)
        return self + added.reshape(shape)
    }

    /// Slices of `source` added at `index` along an axis; the same index twice adds twice.
    public final func indexAdd(_ index: Tensor, _ source: Tensor, axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "indexAdd")
        let checked = index.checkedIndex(below: shape[axis], "indexAdd")
        let wanted = shape.replacing(axis, with: index.count)
        guard index.rank == 1, source.shape == wanted else {
            fail("indexAdd", "source \(source.shape) must have shape \(wanted)")
        }
        let moved = ScatterAdd.of(
            source.cast(to: dtype).transpose(0, axis), checked, rows: shape[axis])
        return self + moved.transpose(0, axis)
    }

    /// Positions in row-major order of the elements that `index` names along `axis`.
    private func flatPositions(
        _ index: Tensor, _ axis: Int, _ operation: StaticString
    ) -> Tensor {
        guard index.rank == rank,
            (0..<rank).allSatisfy({ $0 == axis || index.shape[$0] == shape[$0] })
        else {
            fail(
                "\(operation)", "index \(index.shape) doesn't fit \(shape) along axis \(axis)",
                hint: "all other axes must agree")
        }
        let checked = index.checkedIndex(below: shape[axis], operation)
        let strides = shape.contiguousStrides
        return noGrad {
            var flat = checked * strides[axis]
            for other in 0..<rank where other != axis {
                var along = Shape(repeating: 1, count: rank)
                along[other] = shape[other]
                let steps = Tensor.arange(0, shape[other], on: data.backend) * strides[other]
                flat = flat + steps.reshape(along)
            }
            return flat.contiguous().reshape([index.count])
        }
    }

    /// One where the last axis equals the index, else zero: shape [..., classes].
    public final func oneHot(_ classes: Int, _ dtype: DType = .float32) -> Tensor {
        let checked = checkedIndex(below: classes, "oneHot")
        let numbers = Tensor.arange(0, classes, on: data.backend)
        return (checked.unsqueeze(-1) .== numbers).cast(to: dtype)
    }

    /// The positions of elements that are not zero: int64 of shape [number of them, rank].
    public final func nonzero() -> Tensor {
        failIfBatched("nonzero")
        let values = data.cast(to: .bool).values(as: Bool.self)
        let strides = shape.contiguousStrides
        var positions: [Int64] = []
        for (position, value) in values.enumerated() where value {
            for axis in 0..<rank {
                positions.append(Int64(position / strides[axis] % Swift.max(shape[axis], 1)))
            }
        }
        let found = rank == 0 ? values.filter { $0 }.count : positions.count / rank
        return Tensor(NDArray(positions, [found, rank], on: data.backend))
    }

    /// The elements where `mask` is true, in row-major order.
    public final func masked(_ mask: Tensor) -> Tensor {
        guard mask.dtype == .bool, mask.shape == shape else {
            fail(
                "masked", "a bool mask of shape \(shape) is needed, not \(mask.dtype) \(mask.shape)"
            )
        }
        mask.failIfBatched("masked")
        let positions = mask.reshape([count]).nonzero().reshape([-1])
        return Gather.of(reshape([count]), positions)
    }
}
