import Tensor

// How brackets are carried out: positions and ranges as one view, then the tensors among them as
// one gathering.

extension Tensor {
    final func apply(_ indices: [TensorIndex]) -> Tensor {
        let brackets = Brackets(indices, of: shape)
        let (region, chosen) = (brackets.region, brackets.chosen)
        let isWhole =
            region.starts.allSatisfy { $0 == 0 } && region.counts == shape
            && region.steps.allSatisfy { $0 == 1 }
        let view = (isWhole ? self : Slice(region)(self)).reshape(brackets.viewShape)
        switch chosen.count {
        case 0: return view
        case 1: return view.take(chosen[0].index, axis: chosen[0].axis, "subscript")
        default: return view.takeTogether(chosen)
        }
    }

    /// The slices at several indices that are broadcast against each other.
    private func takeTogether(_ chosen: [ChosenAxis]) -> Tensor {
        let axes = chosen.map(\.axis)
        let others = (0..<rank).filter { !axes.contains($0) }
        let wide = chosen.broadcastShape
        let rows = noGrad {
            chosen.reduce(Tensor(NDArray.full([], 0, .int64, on: data.backend))) { rows, item in
                let size = shape[item.axis]
                return rows * size + item.index.checkedIndex(below: size, "subscript")
            }
        }
        let count = axes.reduce(1) { $0 * shape[$1] }
        let table = permute(axes + others).reshape(Shape([count] + others.map { shape[$0] }))
        let taken = Gather.of(table, rows.contiguous())
        let (lead, width) = (axes.lead, wide.rank)
        if lead == 0 { return taken }
        return taken.moveAxes(Array(0..<width), to: Array(lead..<lead + width))
    }
}

extension TensorIndex {
    var isTensor: Bool { if case .gather = kind { true } else { false } }

    /// How many axes of the tensor it is for.
    var width: Int {
        switch kind {
        case .newAxis, .ellipsis: 0
        case .gather(let index): index.dtype == .bool ? index.rank : 1
        default: 1
        }
    }
}

extension [TensorIndex] {
    /// The index along the first axis, if that is all there is.
    var rows: Tensor? {
        guard count == 1, case .gather(let index) = self[0].kind, index.dtype != .bool else {
            return nil
        }
        return index
    }

    /// The mask, if that is all there is.
    var mask: Tensor? {
        guard count == 1, case .gather(let index) = self[0].kind, index.dtype == .bool else {
            return nil
        }
        return index
    }
}

extension Region {
    /// One position of an axis, from the end if negative.
    mutating func set(_ axis: Int, to position: Int, of shape: Shape) {
        let resolved = position < 0 ? position + shape[axis] : position
        guard resolved >= 0, resolved < shape[axis] else {
            fail(
                "subscript", "\(position) is out of range for axis \(axis) of \(shape)",
                hint: shape[axis] == 0
                    ? "the axis has no elements"
                    : "positions go from 0 to \(shape[axis] - 1), or from the end by −1 to "
                        + "−\(shape[axis])")
        }
        starts[axis] = resolved
        counts[axis] = 1
    }

    /// Python's rules for start:end:step on an axis of `size`.
    mutating func set(_ axis: Int, _ start: Int?, _ end: Int?, _ step: Int, size: Int) {
        func place(_ position: Int, low: Int, high: Int) -> Int {
            Swift.min(Swift.max(position < 0 ? position + size : position, low), high)
        }
        // A longer step reaches no more elements, and can't overflow.
        let step = Swift.min(Swift.max(step, -size - 1), size + 1)
        let first: Int
        let last: Int
        if step > 0 {
            first = place(start ?? 0, low: 0, high: size)
            last = place(end ?? size, low: 0, high: size)
        } else {
            first = place(start ?? size - 1, low: -1, high: size - 1)
            last = end.map { place($0, low: -1, high: size - 1) } ?? -1
        }
        let distance = step > 0 ? last - first : first - last
        let stride = Swift.abs(step)
        counts[axis] = distance > 0 ? (distance + stride - 1) / stride : 0
        starts[axis] = counts[axis] == 0 ? 0 : first
        steps[axis] = step
    }
}
