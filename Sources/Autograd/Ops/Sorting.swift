public import Tensor

// Sorting and choosing by rank. NaN counts as larger than any number, as in PyTorch. Gradients flow
// to the elements chosen.

extension Tensor {
    /// The elements along an axis in ascending or descending order, and where they were: int64.
    /// Equal elements keep their order. A scalar is its own order.
    public final func sort(
        axis: Int = -1, descending: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "sort")
        return along.at(Order(descending: descending)(along.rows))
    }

    /// Where the elements in order are along an axis: int64. Equal elements keep their order.
    public final func argSort(axis: Int = -1, descending: Bool = false) -> Tensor {
        let along = AxisRows(self, axis, "argSort")
        return along.back(Order(descending: descending)(along.rows))
    }

    /// The elements in ascending order along the first axis.
    public final func msort() -> Tensor { sort(axis: 0).values }

    /// The `count` largest or smallest elements along an axis, the best first, and where they are:
    /// int64. Of equal elements those that come first are taken.
    public final func topK(
        _ count: Int, axis: Int = -1, largest: Bool = true
    ) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "topK")
        guard count >= 0, count <= along.size else {
            fail("topK", "\(count) elements can't be chosen of \(along.size) along axis \(axis)")
        }
        return along.at(Top(count, largest: largest)(along.rows))
    }

    /// The largest element along an axis and where the first such is: int64. NaN wins. The gradient
    /// flows to that element alone; see `max(axis:)` for one that ties share.
    public final func maxWithIndices(
        axis: Int, keepDims: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        extremeWithIndices(maximum: true, axis, keepDims)
    }

    /// The smallest element along an axis and where the first such is: int64. NaN wins. The
    /// gradient flows to that element alone; see `min(axis:)` for one that ties share.
    public final func minWithIndices(
        axis: Int, keepDims: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        extremeWithIndices(maximum: false, axis, keepDims)
    }

    private func extremeWithIndices(
        maximum: Bool, _ axis: Int, _ keepDims: Bool
    ) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, maximum ? "maxWithIndices" : "minWithIndices")
        along.requireElements()
        let places = ArgExtreme(maximum: maximum)(along.rows).unsqueeze(-1)
        return along.atOne(places, keepDims: keepDims)
    }

    /// The `k`th smallest element along an axis, counted from 1, and where it is: int64.
    public final func kthValue(
        _ k: Int, axis: Int = -1, keepDims: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "kthValue")
        guard k >= 1, k <= along.size else {
            fail("kthValue", "k is \(k), not one of 1 to \(along.size) along axis \(axis)")
        }
        return along.atOne(RankPlace(.after(k - 1))(along.rows), keepDims: keepDims)
    }

    /// The median along an axis and where it is: int64. Of an even number of elements it is the
    /// lower of the two in the middle; NaN if there is one.
    public final func median(
        axis: Int, keepDims: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "median")
        along.requireElements()
        return along.atOne(RankPlace(.median)(along.rows), keepDims: keepDims)
    }

    /// The median of all elements, the lower of two in the middle; NaN if there is one, or of no
    /// elements.
    public final func median() -> Tensor {
        if count == 0, dtype.isFloat { return constant(Double.nan) }
        return reshape([count]).median(axis: 0).values
    }

    /// The median along an axis of the elements that are not NaN, and where it is: int64. NaN if
    /// all are.
    public final func nanMedian(
        axis: Int, keepDims: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "nanMedian")
        along.requireElements()
        return along.atOne(RankPlace(.nanMedian)(along.rows), keepDims: keepDims)
    }

    /// The median of the elements that are not NaN, the lower of two in the middle; NaN if there
    /// are none.
    public final func nanMedian() -> Tensor {
        if count == 0, dtype.isFloat { return constant(Double.nan) }
        return reshape([count]).nanMedian(axis: 0).values
    }

    /// The most frequent element along an axis, the smallest of several, and where the last such
    /// is: int64.
    public final func mode(
        axis: Int = -1, keepDims: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "mode")
        along.requireElements()
        let order = Order(descending: false)(along.rows)
        let runs = TakeAlong.of(along.rows.detach(), order).startsOfRuns()
        let places = Tensor.arange(0, along.size, on: data.backend)
        let starts = Tensor.where(runs, places, places.constant(0))
        let first = TakeAlong.of(starts, RunningExtreme(maximum: true)(starts))
        let longest = ArgExtreme(maximum: true)(places - first).unsqueeze(-1)
        return along.atOne(TakeAlong.of(order, longest), keepDims: keepDims)
    }

    /// Whether each element along the last axis, which is not empty, differs from the one before
    /// it; the first does.
    final func startsOfRuns() -> Tensor {
        let size = shape[rank - 1]
        let later = narrow(axis: -1, start: 1, count: size - 1)
        let differs = later .!= narrow(axis: -1, start: 0, count: size - 1)
        return differs.pad([(before: 1, after: 0)], value: 1)
    }
}
