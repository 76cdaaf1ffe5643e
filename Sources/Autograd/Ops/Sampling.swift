public import Tensor

// Choosing at random: classes by weights, slices, orders.

extension Tensor {
    /// Class numbers drawn by weights, which need not add up to 1, along the last axis: int64
    /// [..., count].
    ///
    /// Without replacement a class comes at most once, and where fewer classes than `count` have a
    /// weight, those of weight 0 follow.
    ///
    /// Traps where weights are negative or not finite, or add up to 0. This waits for the device,
    /// and isn't looked at under `vmap` nor while a step is captured.
    public final func multinomial(
        _ count: Int, withReplacement: Bool = false, using random: Random
    ) -> Tensor {
        guard rank > 0, dtype.isFloat, let classes = shape.last, classes > 0, count >= 0 else {
            fail("multinomial", "\(dtype) \(shape) are no weights for \(count) draws")
        }
        guard withReplacement || count <= classes else {
            fail(
                "multinomial", "\(count) draws of \(classes) classes need replacement",
                hint: "withReplacement: true")
        }
        let weights = detach().cast(to: .float64)
        return noGrad {
            weights.requireWeights()
            return
                withReplacement
                ? weights.drawn(count, using: random) : weights.raced(count, using: random)
        }
    }

    private func requireWeights() {
        require(
            "multinomial",
            """
            weights are negative or not finite, or add up to 0 \
            (softmax makes weights of any numbers)
            """
        ) { weights in
            let total = weights.sum(axis: -1, keepDims: true)
            return (weights .>= 0).logicalAnd(total.isFinite()).logicalAnd(total .> 0)
        }
    }

    /// Places in the running sums of the weights; the last one where rounding leads beyond it.
    private func drawn(_ count: Int, using random: Random) -> Tensor {
        let sums = cumsum()
        let total = sums.narrow(axis: -1, start: shape[rank - 1] - 1, count: 1)
        let drawn = Tensor.uniform(
            Shape(shape.dropLast() + [count]), .float64, using: random, on: data.backend)
        return sums.searchSorted(drawn * total, right: true).minimum(shape[rank - 1] - 1)
    }

    /// Each class arrives at a time of its own, exponentially distributed with its weight as rate:
    /// the first ones are the draw.
    private func raced(_ count: Int, using random: Random) -> Tensor {
        let drawn = Tensor.uniform(shape, .float64, using: random, on: data.backend)
        let times = (-drawn).log1p() / -self
        return times.topK(count, largest: false).indices
    }

    /// The integers from 0 up to but excluding `count` in random order: int64, on `device` or the
    /// scope's.
    public static func permutation(
        _ count: Int, using random: Random, on device: Device? = nil
    ) -> Tensor {
        guard count >= 0 else { fail("permutation", "the count \(count) is negative") }
        return uniform([count], .float64, using: random, on: device).argSort()
    }

    /// The slices along an axis in random order.
    public final func shuffled(axis: Int = 0, using random: Random) -> Tensor {
        let axis = shape.axis(axis, "shuffled")
        let keys = Tensor.uniform([shape[axis]], .float64, using: random, on: data.backend)
        return take(keys.argSort(), axis: axis)
    }

    /// `count` slices along an axis, chosen at random, by weights if some are given.
    public final func choice(
        _ count: Int, axis: Int = 0, withReplacement: Bool = true, weights: Tensor? = nil,
        using random: Random
    ) -> Tensor {
        let axis = shape.axis(axis, "choice")
        let size = shape[axis]
        if count < 0 { fail("choice", "the count \(count) is negative") }
        guard count == 0 || size > 0, withReplacement || count <= size else {
            fail("choice", "\(count) of \(size) slices along axis \(axis) of \(shape)")
        }
        let weights = weights ?? Tensor(NDArray.full([size], 1, .float64, on: data.backend))
        guard weights.shape == [size] else {
            fail("choice", "weights \(weights.shape) for axis \(axis) of shape \(shape)")
        }
        let index = weights.multinomial(count, withReplacement: withReplacement, using: random)
        return take(index, axis: axis)
    }
}
