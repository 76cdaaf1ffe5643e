public import Tensor

// Choosing elements by integer tensors. Indices are checked and may be negative; the same index
// twice adds both gradients.

/// y[i] = x[index[i]] along the first axis,  dx = dy added at the indices
final class Gather: UnaryOp {
    let index: NDArray
    init(_ index: NDArray) { self.index = index }
    override var attributeVersion: UInt32 { index.storage.version }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.gather(index) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        ScatterAdd(index, rows: x.shape[0])(dy)
    }
}

/// y[index[i]] += x[i] along the first axis of zeros,  dx[i] = dy[index[i]]
final class ScatterAdd: UnaryOp {
    let index: NDArray
    let rows: Int
    init(_ index: NDArray, rows: Int) {
        self.index = index
        self.rows = rows
    }
    override var attributeVersion: UInt32 { index.storage.version }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.scatterAdd(index, rows: rows) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { Gather(index)(dy) }
}

extension NDArray {
    /// The array as int64 positions below `size`, negatives counted from the end; traps outside.
    func checkedIndex(below size: Int, _ operation: String) -> NDArray {
        guard dtype.isInteger else {
            fail(operation, "indices must be integers, not \(dtype)", hint: "cast(to: .int64)")
        }
        if count == 0 { return cast(to: .int64) }
        let low = Int(reduce(.minimum, axes: nil).scalar)
        let high = Int(reduce(.maximum, axes: nil).scalar)
        guard low >= -size, high < size else {
            fail(operation, "index \(low < -size ? low : high) is out of range for size \(size)")
        }
        if low >= 0 { return cast(to: .int64).contiguous() }
        return NDArray(values(as: Int64.self).map { $0 < 0 ? $0 + Int64(size) : $0 }, shape)
            .on(backend)
    }
}

extension Tensor {
    /// The slices at `index` along an axis, which is replaced by the index's shape.
    public final func take(_ index: Tensor, axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "take")
        let checked = index.data.checkedIndex(below: shape[axis], "take")
        if axis == 0 { return Gather(checked)(self) }
        let front = [axis] + (0..<rank).filter { $0 != axis }
        let taken = Gather(checked)(permute(front))
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
        return Gather(flat)(reshape([count])).reshape(index.shape)
    }

    /// This tensor with `source` added at `index` along an axis, as `gather` reads.
    public final func scatterAdd(_ index: Tensor, _ source: Tensor, axis: Int) -> Tensor {
        let axis = shape.axis(axis, "scatterAdd")
        guard source.shape == index.shape else {
            fail("scatterAdd", "source \(source.shape) and index \(index.shape) differ in shape")
        }
        let flat = flatPositions(index, axis, "scatterAdd")
        let added = ScatterAdd(flat, rows: count)(source.cast(to: dtype).reshape([source.count]))
        return self + added.reshape(shape)
    }

    /// Slices of `source` added at `index` along an axis; the same index twice adds twice.
    public final func indexAdd(_ index: Tensor, _ source: Tensor, axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "indexAdd")
        let checked = index.data.checkedIndex(below: shape[axis], "indexAdd")
        let wanted = shape.replacing(axis, with: index.count)
        guard index.rank == 1, source.shape == wanted else {
            fail("indexAdd", "source \(source.shape) must have shape \(wanted)")
        }
        let moved = ScatterAdd(checked, rows: shape[axis])(
            source.cast(to: dtype).transpose(0, axis))
        return self + moved.transpose(0, axis)
    }

    /// Positions in row-major order of the elements that `index` names along `axis`.
    private func flatPositions(_ index: Tensor, _ axis: Int, _ operation: String) -> NDArray {
        guard index.rank == rank,
            (0..<rank).allSatisfy({ $0 == axis || index.shape[$0] == shape[$0] })
        else {
            fail(
                operation, "index \(index.shape) doesn't fit \(shape) along axis \(axis)",
                hint: "all other axes must agree")
        }
        let checked = index.data.checkedIndex(below: shape[axis], operation)
        let strides = shape.contiguousStrides
        return noGrad {
            var flat = Tensor(checked) * strides[axis]
            for other in 0..<rank where other != axis {
                var along = Shape(repeating: 1, count: rank)
                along[other] = shape[other]
                flat = flat + (Tensor.arange(0, shape[other]) * strides[other]).reshape(along)
            }
            return flat.data.contiguous().reshape([index.count])
        }
    }

    /// One where the last axis equals the index, else zero: shape [..., classes].
    public final func oneHot(_ classes: Int, _ dtype: DType = .float32) -> Tensor {
        let checked = Tensor(data.checkedIndex(below: classes, "oneHot"))
        return (checked.unsqueeze(-1) .== Tensor.arange(0, classes)).cast(to: dtype)
    }

    /// The positions of elements that are not zero: int64 of shape [number of them, rank].
    public final func nonzero() -> Tensor {
        let values = data.cast(to: .bool).values(as: Bool.self)
        let strides = shape.contiguousStrides
        var positions: [Int64] = []
        for (position, value) in values.enumerated() where value {
            for axis in 0..<rank {
                positions.append(Int64(position / strides[axis] % Swift.max(shape[axis], 1)))
            }
        }
        let found = rank == 0 ? values.filter { $0 }.count : positions.count / rank
        return Tensor(NDArray(positions, [found, rank]))
    }

    /// The elements where `mask` is true, in row-major order.
    public final func masked(_ mask: Tensor) -> Tensor {
        guard mask.dtype == .bool, mask.shape == shape else {
            fail(
                "masked", "a bool mask of shape \(shape) is needed, not \(mask.dtype) \(mask.shape)"
            )
        }
        let positions = mask.reshape([count]).nonzero().reshape([-1])
        return Gather(positions.data)(reshape([count]))
    }
}
