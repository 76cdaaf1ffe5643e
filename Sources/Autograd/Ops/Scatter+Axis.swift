internal import CKernels
public import Tensor

// One element per index along an axis. An index may be smaller than the tensor off the axis; then
// the first positions are meant, as in PyTorch.

/// What several elements that meet make together, in `scatterReduce` and `indexReduce`.
public enum ScatterReduction: Sendable {
    /// What arrives is added.
    case sum
    /// What arrives is multiplied.
    case prod
    /// The sum of what arrives, over how many they are.
    case mean
    /// The largest of what arrives.
    case max
    /// The smallest of what arrives.
    case min
}

extension Tensor {
    /// y[…, i, …] = x[…, index[…, i, …], …]: one element per index, along an axis. The index has
    /// this rank and is nowhere larger off the axis.
    public final func gather(_ index: Tensor, axis: Int) -> Tensor {
        gather(index, axis, "gather")
    }

    private func gather(_ index: Tensor, _ axis: Int, _ operation: StaticString) -> Tensor {
        let flat = flatPositions(index, axis, operation)
        return Gather.of(reshape([count]), flat).reshape(index.shape)
    }

    /// The elements along an axis at an index that broadcasts against this tensor off it; for
    /// what `argmax` and its like give.
    public final func takeAlong(_ index: Tensor, axis: Int) -> Tensor {
        let axis = shape.axis(axis, "takeAlong")
        guard index.rank == rank,
            let other = Shape.broadcast(
                shape.replacing(axis, with: 1), index.shape.replacing(axis, with: 1))
        else {
            fail("takeAlong", "index \(index.shape) doesn't broadcast against \(shape)")
        }
        return expand(to: other.replacing(axis, with: shape[axis]))
            .gather(
                index.expand(to: other.replacing(axis, with: index.shape[axis])), axis, "takeAlong")
    }

    /// This tensor with the elements of `source` written at `index` along an axis, as `gather`
    /// reads; the last one in row-major order where several meet. `source` is nowhere smaller than
    /// the index.
    public final func scatter(_ index: Tensor, _ source: Tensor, axis: Int) -> Tensor {
        let flat = flatPositions(index, axis, "scatter")
        let items = items(source, index, "scatter")
        return reshape([count]).overwritten(items, flat).reshape(shape)
    }

    /// This tensor with a number written at `index` along an axis.
    public final func scatter(
        _ index: Tensor, _ value: some TensorScalar, axis: Int
    ) -> Tensor {
        let number = Tensor(NDArray.full([], value, dtype, on: data.backend))
        return scatter(index, number.expand(to: index.shape), axis: axis)
    }

    /// This tensor with `source` added at `index` along an axis, as `gather` reads.
    public final func scatterAdd(_ index: Tensor, _ source: Tensor, axis: Int) -> Tensor {
        let flat = flatPositions(index, axis, "scatterAdd")
        let items = items(source, index, "scatterAdd")
        return reduced(items, flat, by: .sum, includingSelf: true)
    }

    /// What the elements of `source` at `index` along an axis, as `gather` reads, and the one that
    /// was there, if `includingSelf`, make together. Elements that no index names stay.
    ///
    /// Extremes that are equal share the gradient. A mean of integers is rounded down.
    public final func scatterReduce(
        _ index: Tensor, _ source: Tensor, axis: Int, by reduction: ScatterReduction,
        includingSelf: Bool = true
    ) -> Tensor {
        let flat = flatPositions(index, axis, "scatterReduce")
        let items = items(source, index, "scatterReduce")
        return reduced(items, flat, by: reduction, includingSelf: includingSelf)
    }

    /// The elements with items at positions in row-major order.
    private func reduced(
        _ items: Tensor, _ flat: Tensor, by reduction: ScatterReduction, includingSelf: Bool
    ) -> Tensor {
        let base = reshape([count])
        let made = base.making(items, flat, reduction, includingSelf)
        if includingSelf { return made.cast(to: dtype).reshape(shape) }
        let touched = LastItem.of(flat, rows: count) .>= 0
        return Tensor.where(touched, made.cast(to: dtype), base).reshape(shape)
    }

    private func making(
        _ items: Tensor, _ index: Tensor, _ reduction: ScatterReduction, _ includingSelf: Bool
    ) -> Tensor {
        switch reduction {
        case .sum:
            let sum = ScatterAdd.of(items, index, rows: count)
            return includingSelf ? self + sum : sum
        case .prod:
            let product = ScatterProduct(rows: count)(items, index)
            return includingSelf ? self * product : product
        case .mean where dtype.isFloat && dtype.size == 2:
            // Rounded once, by the caller.
            return wide.making(items.wide, index, .mean, includingSelf)
        case .mean:
            let ones = Tensor(NDArray.full(index.shape, 1, .int64, on: data.backend))
            let met = ScatterAdd.of(ones, index, rows: count)
            let number = includingSelf ? met + 1 : met.maximum(1)
            let sum = making(items, index, .sum, includingSelf)
            if dtype.isFloat { return sum / number }
            let wide = Reduction.sum.resultType(of: dtype)
            return sum.cast(to: wide).floorDivide(number.cast(to: wide))
        case .max, .min:
            let maximum = reduction == .max
            let op = ScatterExtreme(maximum: maximum, rows: count)
            if !includingSelf { return op(items, index) }
            let own = Tensor.arange(0, count, on: data.backend)
            return op(.concat([self, items]), .concat([own, index]))
        }
    }

    /// The elements of `source` that belong to an index, in this dtype and row-major order.
    private func items(_ source: Tensor, _ index: Tensor, _ operation: StaticString) -> Tensor {
        guard source.rank == index.rank,
            zip(source.shape, index.shape).allSatisfy({ $0 >= $1 })
        else {
            fail("\(operation)", "source \(source.shape) has too few for index \(index.shape)")
        }
        var region = Region(of: source.shape)
        region.counts = index.shape
        let used = source.shape == index.shape ? source : Slice(region)(source)
        return used.cast(to: dtype).reshape([index.count])
    }

    /// Positions in row-major order of the elements that `index` names along `axis`.
    private func flatPositions(
        _ index: Tensor, _ axis: Int, _ operation: StaticString
    ) -> Tensor {
        // A tensor without axes has one element along any.
        if rank == 0, index.rank == 0 {
            return index.checkedIndex(below: 1, operation).reshape([1])
        }
        let axis = shape.axis(axis, "\(operation)")
        guard index.rank == rank,
            index.count == 0
                || (0..<rank).allSatisfy({ $0 == axis || index.shape[$0] <= shape[$0] })
        else {
            fail(
                "\(operation)", "index \(index.shape) doesn't fit \(shape) along axis \(axis)",
                hint: index.rank == rank
                    ? "no other axis may be larger"
                    : "give the index \(rank) axes, by unsqueeze(\(axis)) say")
        }
        let checked = index.checkedIndex(below: shape[axis], operation)
        let strides = shape.contiguousStrides
        return noGrad {
            var flat = checked * strides[axis]
            for other in 0..<rank where other != axis && index.shape[other] > 1 {
                var along = Shape(repeating: 1, count: rank)
                along[other] = index.shape[other]
                let steps = Tensor.arange(0, along[other], on: data.backend) * strides[other]
                flat = flat + steps.reshape(along)
            }
            return flat.contiguous().reshape([index.count])
        }
    }
}
