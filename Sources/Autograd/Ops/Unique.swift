public import Tensor

extension Tensor {
    /// The different elements in ascending order, for each element which of them it is, and how
    /// often each occurs: int64. Each NaN is one of its own. The gradient flows to the first of
    /// equals. Waits for the device.
    public final func unique() -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        failIfBatched("unique")
        let flat = reshape([count])
        let order = Order(descending: false)(flat)
        let sorted = TakeAlong.of(flat.detach(), order)
        let (starts, inverse, counts) = sorted.runs(in: order)
        let values = Gather.of(flat, Gather.of(order, starts))
        return (values, inverse.reshape(shape), counts)
    }

    /// The different slices along an axis in lexicographic order, for each slice which of them it
    /// is, and how often each occurs: int64. The gradient flows to the first of equals. Waits for
    /// the device.
    public final func unique(axis: Int) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        failIfBatched("unique")
        let axis = shape.axis(axis, "unique")
        let front = moved(axis, to: 0)
        let (rows, width) = (shape[axis], count / Swift.max(shape[axis], 1))
        let table = front.detach().reshape([rows, width])
        var order = Tensor.arange(0, rows, on: data.backend)
        for column in (0..<width).reversed() {
            let keys = Gather.of(table[.all, column].contiguous(), order)
            order = Gather.of(order, Order(descending: false)(keys))
        }
        let (starts, inverse, counts) = Gather.of(table, order).runs(in: order)
        let values = Gather.of(front, Gather.of(order, starts)).moved(0, to: axis)
        return (values, inverse, counts)
    }

    /// The elements without those that equal the one before them, for each element which of them it
    /// is, and how often each is repeated: int64. The gradient flows to the first of equals.
    public final func uniqueConsecutive() -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        failIfBatched("uniqueConsecutive")
        let flat = reshape([count])
        let (starts, inverse, counts) = flat.detach()
            .runs(in: .arange(0, count, on: data.backend))
        return (Gather.of(flat, starts), inverse.reshape(shape), counts)
    }

    /// The slices along an axis without those that equal the one before them, for each slice which
    /// of them it is, and how often each is repeated: int64. The gradient flows to the first of
    /// equals.
    public final func uniqueConsecutive(
        axis: Int
    ) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        failIfBatched("uniqueConsecutive")
        let axis = shape.axis(axis, "uniqueConsecutive")
        let front = moved(axis, to: 0)
        let (rows, width) = (shape[axis], count / Swift.max(shape[axis], 1))
        let (starts, inverse, counts) = front.detach().reshape([rows, width])
            .runs(in: .arange(0, rows, on: data.backend))
        return (Gather.of(front, starts).moved(0, to: axis), inverse, counts)
    }

    /// Runs of equal rows of this tensor, which came here from the places `order`: where each
    /// starts, which of them each row belongs to, by its place, and how long each is.
    private func runs(in order: Tensor) -> (starts: Tensor, inverse: Tensor, counts: Tensor) {
        if shape[0] == 0 { return (order, order, order) }
        let width = count / shape[0]
        let same = reshape([shape[0], width])
        let later = same.narrow(axis: 0, start: 1, count: shape[0] - 1)
        let differs = (later .!= same.narrow(axis: 0, start: 0, count: shape[0] - 1)).any(axes: [1])
        let isFirst = differs.pad([(before: 1, after: 0)], value: 1)
        let run = isFirst.cumsum(axis: 0) - 1
        let starts = isFirst.nonzero().reshape([-1])
        let inverse = ScatterAdd.of(run, order, rows: shape[0])
        let counts = ScatterAdd.of(.full(like: run, 1), run, rows: starts.count)
        return (starts, inverse, counts)
    }
}
