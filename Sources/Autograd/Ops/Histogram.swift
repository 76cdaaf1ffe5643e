public import Tensor

// Counting elements by value.

/// How many elements along the last axis lie between neighbours among edges: int64, no gradient.
final class BinCounts: BinaryOp {
    private let count: Int
    private let bins: Kernel.Bins
    private init(_ count: Int, _ bins: Kernel.Bins) { (self.count, self.bins) = (count, bins) }

    /// `edges` are of one row for all or of each; halves are counted as the float32 that they are.
    static func of(_ x: Tensor, _ edges: Tensor, _ count: Int, _ bins: Kernel.Bins) -> Tensor {
        let (x, edges) = Tensor.promoted(x.detach(), edges.detach(), "histogram")
        let type: DType = x.dtype == .float64 ? .float64 : .float32
        return BinCounts(count, bins)(x.cast(to: type), edges.cast(to: type))
    }

    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray, _ edges: NDArray) -> NDArray {
        x.counts(count, between: edges, bins)
    }
    override func batch(_ x: Tensor, _ edges: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        if isBatched.a { return self(x, edges) }
        return self(x.expand(to: x.shape.inserting(edges.shape[0], at: 0)), edges)
    }
}

extension Tensor {
    /// How many elements lie in each of `bins` equal parts of a range, or of that from the smallest
    /// to the largest element; the last part includes its end. In this tensor's dtype, or float32
    /// of integers; elements outside and NaN count nowhere, and a range that isn't finite traps.
    /// Without one it waits for the device.
    public final func histc(
        bins: Int = 100, range: ClosedRange<Double>? = nil
    ) -> Tensor {
        let x = floating.detach().reshape([count])
        let (low, high) = x.histogramRange(bins, range, widening: 1, "histc")
        return BinCounts.of(x, .stack([low, high]), bins, .even).cast(to: x.dtype)
    }

    /// How many elements lie in each of `bins` equal parts of a range, or of that from the smallest
    /// to the largest element, and the edges of these parts [bins + 1].
    ///
    /// With weights, their sums instead; with `density`, divided by the total and the width, so
    /// that the integral is 1. Each part includes its lower edge, the last its upper one too.
    /// Elements outside and NaN count nowhere, and a range that isn't finite traps; without one it
    /// waits for the device.
    public final func histogram(
        bins: Int, range: ClosedRange<Double>? = nil, weights: Tensor? = nil, density: Bool = false
    ) -> (counts: Tensor, edges: Tensor) {
        let x = floating.detach().reshape([count])
        let (low, high) = x.histogramRange(bins, range, widening: 0.5, "histogram")
        let steps = Tensor.arange(0, bins.plus(1), on: data.backend)
        let width = (high - low) / bins
        let fromLow = low + width * steps.cast(to: x.dtype)
        let fromHigh = high - width * (bins - steps).cast(to: x.dtype)
        let edges = Tensor.where(steps .< (bins + 1) / 2, fromLow, fromHigh)
        return histogram(.edges, edges, weights, density)
    }

    /// How many elements lie between neighbours among ascending edges [n + 1]; see
    /// `histogram(bins:)`. Edges that descend somewhere, or aren't numbers, trap.
    public final func histogram(
        edges: Tensor, weights: Tensor? = nil, density: Bool = false
    ) -> (counts: Tensor, edges: Tensor) {
        guard edges.rank == 1, edges.count >= 2 else {
            fail("histogram", "edges have shape \(edges.shape), not one axis of at least 2")
        }
        edges.require("histogram", "edges must ascend") {
            let ends = $0.shape[0] - 1
            return $0.narrow(axis: 0, start: 0, count: ends)
                .<= $0.narrow(axis: 0, start: 1, count: ends)
        }
        return histogram(.any, edges, weights, density)
    }

    private func histogram(
        _ kind: Kernel.Bins, _ edges: Tensor, _ weights: Tensor?, _ density: Bool
    ) -> (counts: Tensor, edges: Tensor) {
        let bins = edges.count - 1
        let x = floating.detach().reshape([count])
        var counts: Tensor
        if let weights {
            guard weights.shape == shape else {
                fail("histogram", "weights \(weights.shape) don't fit elements \(shape)")
            }
            let isInside = (x .>= edges[0]).logicalAnd(x .<= edges[bins])
            let place = edges.searchSorted(x, right: true).minimum(bins) - 1
            counts = place.sums(of: weights.reshape([count]), where: isInside, bins)
                .cast(to: weights.floating.dtype)
        } else {
            counts = BinCounts.of(x, edges, bins, kind).cast(to: x.dtype)
        }
        if density { counts = counts / counts.sum() / edges.diff() }
        return (counts, edges)
    }

    /// The bounds of a histogram of this row as scalars, further apart where they are equal.
    private func histogramRange(
        _ bins: Int, _ range: ClosedRange<Double>?, widening: Double, _ operation: String
    ) -> (low: Tensor, high: Tensor) {
        guard bins > 0 else { fail(operation, "\(bins) bins", hint: "at least 1") }
        let low = range.map { constant($0.lowerBound) } ?? (count == 0 ? constant(0) : min())
        let high =
            range.map { constant($0.upperBound) }
            ?? (count == 0 ? constant(widening == 1 ? 0 : 1) : max())
        if let range {
            Tensor.requireFinite([range.lowerBound, range.upperBound], dtype, operation)
        } else if trace == nil, Recorder.current == nil {
            Tensor.requireFinite([low.item, high.item], dtype, operation)
        }
        let isPoint = low .== high
        return (
            .where(isPoint, low - widening, low), .where(isPoint, high + widening, high)
        )
    }

    private static func requireFinite(_ ends: [Double], _ dtype: DType, _ operation: String) {
        let areFinite = ends.allSatisfy { end in
            switch dtype {
            case .float64: end.isFinite
            case .float16: Float16(end).isFinite
            default: Float(end).isFinite
            }
        }
        if areFinite { return }
        fail(
            operation, "the range from \(ends[0]) to \(ends[1]) is not finite in \(dtype)",
            hint: "give a finite range; elements outside it and NaN count nowhere")
    }

    /// The sums of weights at each place below `bins` of this row, where a mask holds.
    private func sums(of weights: Tensor, where mask: Tensor, _ bins: Int) -> Tensor {
        let kept = Tensor.where(mask, self, constant(bins))
        return ScatterAdd.of(weights, kept, rows: bins.plus(1))
            .narrow(axis: 0, start: 0, count: bins)
    }

    /// How often each number from 0 to the largest occurs in this tensor of integers of rank 1:
    /// int64; or the sums of weights, in their dtype if they are floats and else in float64. At
    /// least `minLength` of them.
    public final func bincount(weights: Tensor? = nil, minLength: Int = 0) -> Tensor {
        failIfBatched("bincount")
        guard rank == 1, dtype.isInteger else {
            fail("bincount", "needs integers of rank 1, not \(dtype) \(shape)")
        }
        guard minLength >= 0 else { fail("bincount", "minLength is \(minLength), below 0") }
        if let weights, weights.shape != shape {
            fail("bincount", "weights \(weights.shape) don't fit elements \(shape)")
        }
        var length = 0
        let places = asIndex
        if count > 0 {
            let (low, high) = (places.min().item(as: Int.self), places.max().item(as: Int.self))
            if low < 0 { fail("bincount", "\(low) is below 0, and numbers from 0 up are counted") }
            if high == .max { fail("bincount", "\(max()) is too large to count up to") }
            length = high + 1
        }
        let each = weights.map { $0.dtype.isFloat ? $0 : $0.cast(to: .float64) }
        return ScatterAdd.of(
            each ?? .full(like: places, 1), places, rows: Swift.max(length, minLength))
    }
}
