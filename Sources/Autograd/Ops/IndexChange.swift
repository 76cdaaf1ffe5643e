public import Tensor

// Copies of a tensor with slices or elements changed; gradients flow to what was kept and to what
// was written.

extension Tensor {
    /// Slices of `source` added at `index` along an axis; the same index twice adds twice.
    public final func indexAdd(_ index: Tensor, _ source: Tensor, axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "indexAdd")
        let checked = checkedSlices(index, source, axis, "indexAdd")
        let moved = ScatterAdd.of(
            source.cast(to: dtype).transpose(0, axis), checked, rows: shape[axis])
        return (self + moved.transpose(0, axis)).cast(to: dtype)
    }

    /// Slices of `source` written at `index` along an axis; of several at one place the last.
    public final func indexCopy(_ index: Tensor, _ source: Tensor, axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "indexCopy")
        let checked = checkedSlices(index, source, axis, "indexCopy")
        let items = source.cast(to: dtype).transpose(0, axis)
        return transpose(0, axis).overwritten(items, checked).transpose(0, axis)
    }

    /// A number in the slices at `index`, of one axis, along an axis.
    public final func indexFill(
        _ index: Tensor, _ value: some TensorScalar, axis: Int = 0
    ) -> Tensor {
        let axis = shape.axis(axis, "indexFill")
        let checked = index.reshape([index.count]).checkedIndex(below: shape[axis], "indexFill")
        var along = Shape(repeating: 1, count: rank)
        along[axis] = shape[axis]
        let isFilled = (LastItem.of(checked, rows: shape[axis]) .>= 0).reshape(along)
        let number = Tensor(NDArray.full([], value, dtype, on: data.backend))
        return Tensor.where(isFilled, number, self)
    }

    /// What the slices of `source` at `index` along an axis, and the one that was there, if
    /// `includingSelf`, make together; see `scatterReduce`.
    public final func indexReduce(
        _ index: Tensor, _ source: Tensor, axis: Int, by reduction: ScatterReduction,
        includingSelf: Bool = true
    ) -> Tensor {
        let axis = shape.axis(axis, "indexReduce")
        let checked = checkedSlices(index, source, axis, "indexReduce")
        var along = Shape(repeating: 1, count: rank)
        along[axis] = index.count
        return scatterReduce(
            checked.reshape(along).expand(to: source.shape), source, axis: axis, by: reduction,
            includingSelf: includingSelf)
    }

    private func checkedSlices(
        _ index: Tensor, _ source: Tensor, _ axis: Int, _ operation: StaticString
    ) -> Tensor {
        let wanted = shape.replacing(axis, with: index.count)
        guard index.rank == 1, source.shape == wanted else {
            fail(
                "\(operation)",
                "source \(source.shape) must have shape \(wanted) for index \(index.shape)")
        }
        return index.checkedIndex(below: shape[axis], operation)
    }

    /// A copy with `source`, broadcast, written at what brackets with these indices would give; the
    /// last element where several meet, or all of them added to what was there if `accumulating`.
    ///
    ///     x.indexPut([rows, columns], values)       // as x[rows, columns] = values, with
    ///     gradients x.indexPut([0, 1...], values, accumulating: true)
    public final func indexPut(
        _ indices: [any TensorIndexConvertible], _ source: Tensor, accumulating: Bool = false
    ) -> Tensor {
        if let index = indices.map(\.tensorIndex).rows, rank > 0 {
            let wanted = Shape(Array(index.shape) + shape.dropFirst())
            let flat = index.reshape([index.count])
            let items = source.fitting(wanted, "indexPut")
                .reshape(shape.replacing(0, with: index.count))
            let checked = flat.checkedIndex(below: shape[0], "indexPut")
            return accumulating ? indexAdd(checked, items) : indexCopy(checked, items)
        }
        let places = positions(at: indices)
        let items = source.fitting(places.shape, "indexPut").cast(to: dtype)
        return put(places, items, accumulating: accumulating)
    }

    /// A copy with the elements of `source` written at positions in row-major order, or added there
    /// if `accumulating`; index and source have the same shape.
    public final func put(
        _ index: Tensor, _ source: Tensor, accumulating: Bool = false
    ) -> Tensor {
        guard index.count == source.count else {
            fail("put", "source \(source.shape) doesn't fit index \(index.shape)")
        }
        let flat = index.reshape([index.count]).checkedIndex(below: count, "put")
        let items = source.cast(to: dtype).reshape([index.count])
        let base = reshape([count])
        if !accumulating { return base.overwritten(items, flat).reshape(shape) }
        let sum = base + ScatterAdd.of(items, flat, rows: count)
        return sum.cast(to: dtype).reshape(shape)
    }

    /// A copy with the elements of `source`, in row-major order, where `mask` is true: the first at
    /// the first such place, and so on. Tensor and mask broadcast; `source` has as many elements or
    /// more.
    public final func maskedScatter(_ mask: Tensor, _ source: Tensor) -> Tensor {
        guard mask.dtype == .bool, let common = Shape.broadcast(shape, mask.shape) else {
            fail(
                "maskedScatter",
                "a bool mask that broadcasts with \(shape) is needed, not \(mask.dtype) "
                    + "\(mask.shape)")
        }
        let x = expand(to: common)
        guard source.count > 0 || x.count == 0 else {
            fail("maskedScatter", "there are no elements to write")
        }
        let flags = mask.expand(to: common).reshape([x.count])
        let number = flags.cast(to: .int64).cumsum() - 1
        // An element that isn't written takes whatever there is.
        let taken = Tensor.where(flags, number, 0).checkedIndex(
            below: source.count, "maskedScatter")
        let items = Gather.of(source.cast(to: dtype).reshape([source.count]), taken)
        return Tensor.where(flags, items, x.reshape([x.count])).reshape(common)
    }

    /// The number of each element, in row-major order, of what brackets with these indices give.
    package final func positions(at indices: [any TensorIndexConvertible]) -> Tensor {
        noGrad {
            Brackets(indices.map(\.tensorIndex), of: shape).positions(on: data.backend)
        }
    }

    /// This tensor broadcast to a shape, without leading axes of size 1 that are too many.
    final func fitting(_ target: Shape, _ operation: String) -> Tensor {
        let extra = Swift.max(0, rank - target.rank)
        guard shape.prefix(extra).allSatisfy({ $0 == 1 }),
            Shape.broadcast(Shape(shape.dropFirst(extra)), target) == target
        else {
            fail(operation, "values of shape \(shape) don't broadcast to \(target)")
        }
        return reshape(Shape(shape.dropFirst(extra))).expand(to: target)
    }
}
