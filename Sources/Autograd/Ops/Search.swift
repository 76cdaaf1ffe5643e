public import Tensor

/// How many elements of a's sorted rows lie below each of b's, or at most at it: int64, no
/// gradient. a has the shape of b but for the last axis, or is one row.
final class Search: BinaryOp {
    let right: Bool
    init(right: Bool) { self.right = right }
    override var isDifferentiable: Bool { false }
    override func forward(_ sorted: NDArray, _ values: NDArray) -> NDArray {
        sorted.search(values, right: right)
    }
    override func batch(
        _ sorted: Tensor, _ values: Tensor, isBatched: (a: Bool, b: Bool)
    ) -> Tensor? {
        if !isBatched.a, sorted.rank == 1 { return self(sorted, values) }
        let spread = Batched.spread([sorted, values], [isBatched.a, isBatched.b])
        let (sorted, values) = (spread[0], spread[1])
        if sorted.rank == values.rank { return self(sorted, values) }
        // One row an example, for values of any shape.
        let examples = values.shape[0]
        let count = values.shape.dropFirst().reduce(1, *)
        return self(sorted, values.reshape([examples, count])).reshape(values.shape)
    }
}

extension Tensor {
    /// Where each value belongs in this tensor, which is sorted along its last axis: before equal
    /// elements, or after them if `right`. int64.
    ///
    /// This tensor is one row for all values, or has their shape but for the last axis. One that
    /// isn't sorted comes with its `argSort` as `sorter`.
    public final func searchSorted(
        _ values: Tensor, right: Bool = false, sorter: Tensor? = nil
    ) -> Tensor {
        let (own, values) = Tensor.promoted(self, values, "searchSorted")
        guard rank == 1 || rank == values.rank && leading(shape) == leading(values.shape), rank > 0
        else {
            fail(
                "searchSorted", "rows \(shape) don't fit values \(values.shape)",
                hint: "one row, or the same axes but the last")
        }
        guard let sorter else { return own.search(values, right: right) }
        guard sorter.shape == shape, sorter.dtype == .int64 else {
            fail(
                "searchSorted", "the sorter is \(sorter.dtype) \(sorter.shape), not int64 \(shape)",
                hint: "use argSort()")
        }
        return TakeAlong.of(own, sorter).search(values, right: right)
    }

    private func leading(_ shape: Shape) -> Shape { Shape(shape.dropLast()) }

    private func search(_ values: Tensor, right: Bool) -> Tensor {
        if values.rank > 0 { return Search(right: right)(self, values) }
        return Search(right: right)(self, values.reshape([1])).reshape([])
    }

    /// The bucket of each element between ascending boundaries [n], from 0 to n: the elements at a
    /// boundary are in the one below it, or in the one above it if `right`. int64.
    public final func bucketize(_ boundaries: Tensor, right: Bool = false) -> Tensor {
        guard boundaries.rank == 1 else {
            fail("bucketize", "boundaries have shape \(boundaries.shape), not one axis")
        }
        return boundaries.searchSorted(self, right: right)
    }

    /// Whether each element is among those of `others`: bool. NaN is nowhere.
    public final func isIn(_ others: Tensor) -> Tensor {
        let (own, others) = Tensor.promoted(self, others, "isIn")
        if others.count == 0 {
            return Tensor(NDArray.full(shape, 0, .bool, on: data.backend))
        }
        let sorted = others.detach().reshape([others.count]).sort().values
        let places = sorted.searchSorted(own).minimum(others.count - 1)
        return Gather.of(sorted, places) .== own
    }
}
