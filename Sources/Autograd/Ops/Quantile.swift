public import Tensor

/// What a quantile between two elements is.
public enum QuantileInterpolation: String, Sendable, CaseIterable {
    /// On the line between them.
    case linear
    /// The one of lower rank.
    case lower
    /// The one of higher rank.
    case higher
    /// The nearer of them; the one of even rank where both are as near.
    case nearest
    /// The mean of them.
    case midpoint
}

extension Tensor {
    /// The quantile `q`, 0 to 1, along an axis, or of all elements: the element of rank q · (n − 1)
    /// in order, NaN if there is one. Integers give float32.
    public final func quantile(
        _ q: Double, axis: Int? = nil, keepDims: Bool = false,
        interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantile([q], axis: axis, keepDims: keepDims, interpolation: interpolation).squeeze(0)
    }

    /// Several quantiles, along a new first axis.
    public final func quantile(
        _ q: [Double], axis: Int? = nil, keepDims: Bool = false,
        interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantile(
            fractions(q, "quantile"), axis: axis, keepDims: keepDims, interpolation: interpolation)
    }

    /// Quantiles of a tensor of rank 1, along a new first axis, or of a scalar. With linear
    /// interpolation they have a gradient by `q` too.
    public final func quantile(
        _ q: Tensor, axis: Int? = nil, keepDims: Bool = false,
        interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantiles(q, axis, keepDims, interpolation, ignoringNaN: false)
    }

    /// The quantile `q` along an axis, or of all elements, of those that are not NaN; NaN if all
    /// are.
    public final func nanQuantile(
        _ q: Double, axis: Int? = nil, keepDims: Bool = false,
        interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantiles(fractions([q], "nanQuantile"), axis, keepDims, interpolation, ignoringNaN: true)
            .squeeze(0)
    }

    /// Several quantiles of the elements that are not NaN, along a new first axis.
    public final func nanQuantile(
        _ q: [Double], axis: Int? = nil, keepDims: Bool = false,
        interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantiles(fractions(q, "nanQuantile"), axis, keepDims, interpolation, ignoringNaN: true)
    }

    /// Quantiles of a tensor of rank 1, along a new first axis, or of a scalar, of the elements
    /// that are not NaN.
    public final func nanQuantile(
        _ q: Tensor, axis: Int? = nil, keepDims: Bool = false,
        interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantiles(q, axis, keepDims, interpolation, ignoringNaN: true)
    }

    private func fractions(_ q: [Double], _ operation: String) -> Tensor {
        for value in q where !(value >= 0 && value <= 1) {
            fail(operation, "\(value) is no fraction", hint: "quantiles run from 0 to 1")
        }
        return Tensor(NDArray(q, on: data.backend))
    }

    private func quantiles(
        _ q: Tensor, _ axis: Int?, _ keepDims: Bool, _ interpolation: QuantileInterpolation,
        ignoringNaN: Bool
    ) -> Tensor {
        let operation = ignoringNaN ? "nanQuantile" : "quantile"
        guard q.rank <= 1 else { fail(operation, "q has shape \(q.shape), not one axis or none") }
        guard let axis else {
            let flat = reshape([count])
                .quantiles(q, 0, false, interpolation, ignoringNaN: ignoringNaN)
            if !keepDims { return flat }
            return flat.reshape(Shape(Array(q.shape) + Array(repeating: 1, count: rank)))
        }
        let along = AxisRows(floating, axis, operation)
        along.requireElements()
        let sorted = TakeAlong.of(along.rows, Order(descending: false)(along.rows))
        let ranks = sorted.ranks(q.rank == 0 ? q.reshape([1]) : q, ignoringNaN: ignoringNaN)
        let values = sorted.interpolated(ranks, interpolation)
        if q.rank == 0 { return along.backOne(values, keepDims: keepDims) }
        let front = values.moved(values.rank - 1, to: 0)
        if !keepDims || rank == 0 { return front }
        return front.unsqueeze(shape.axis(axis, "quantile") + 1)
    }

    /// The ranks of quantiles in each of these sorted rows, in a float that holds them.
    private func ranks(_ q: Tensor, ignoringNaN: Bool) -> Tensor {
        let last = rank - 1
        let isExact = dtype != .float64 && shape[last] <= 1 << 24
        let q = q.cast(to: isExact ? .float32 : .float64)
        if ignoringNaN {
            let numbers = isNaN().logicalNot().sum(axis: last, keepDims: true)
            return (q * (numbers - 1).cast(to: q.dtype)).maximum(0)
        }
        // The rank of the last, which is NaN if any is.
        let size = shape[last]
        let hasNaN = narrow(axis: last, start: size - 1, count: 1).detach().isNaN()
        return Tensor.where(hasNaN, q.constant(size - 1), q * (size - 1))
    }

    /// Elements of these sorted rows at ranks that may be fractions.
    private func interpolated(
        _ ranks: Tensor, _ interpolation: QuantileInterpolation
    ) -> Tensor {
        func at(_ ranks: Tensor) -> Tensor {
            TakeAlong.of(self, ranks.detach().cast(to: .int64))
        }
        switch interpolation {
        case .lower: return at(ranks.floor())
        case .higher: return at(ranks.ceil())
        case .nearest: return at(ranks.round())
        case .linear, .midpoint:
            let below = ranks.detach().floor()
            let (low, high) = (at(below).wide, at(ranks.ceil()).wide)
            let weight = interpolation == .linear ? ranks - below : .full(like: ranks, 0.5)
            // Infinities have no difference, but lie where both do.
            let distance = (high - low).maskedFill(high .== low, 0)
            let (up, down) = (weight * distance, (1 - weight) * distance)
            return Tensor.where(weight .< 0.5, low + up, high - down).cast(to: dtype)
        }
    }
}
