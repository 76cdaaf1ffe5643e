import Tensor

// How brackets are carried out: positions and ranges as one view, then the tensors among them as one
// gathering.

extension Tensor {
    final func apply(_ indices: [TensorIndex]) -> Tensor {
        var region = Region(of: shape)
        var viewShape = Shape()
        var chosen: [(axis: Int, index: Tensor)] = []
        var axis = 0
        for index in expanded(indices) {
            switch index.kind {
            case .newAxis: viewShape.append(1)
            case .ellipsis: break
            case .position(let position):
                let resolved = position < 0 ? position + shape[axis] : position
                guard resolved >= 0, resolved < shape[axis] else {
                    fail("subscript", "\(position) is out of range for axis \(axis) of \(shape)")
                }
                region.starts[axis] = resolved
                region.counts[axis] = 1
                axis += 1
            case .range(let start, let end, let step):
                region.set(axis, start, end, step, size: shape[axis])
                viewShape.append(region.counts[axis])
                axis += 1
            case .gather(let index):
                for index in columns(of: index, at: axis) {
                    chosen.append((viewShape.rank, index))
                    viewShape.append(shape[axis])
                    axis += 1
                }
            }
        }
        let isWhole =
            region.starts.allSatisfy { $0 == 0 } && region.counts == shape
            && region.steps.allSatisfy { $0 == 1 }
        let view = (isWhole ? self : Slice(region)(self)).reshape(viewShape)
        switch chosen.count {
        case 0: return view
        case 1: return view.take(chosen[0].index, axis: chosen[0].axis)
        default: return view.takeTogether(chosen)
        }
    }

    /// The index; or of a mask, the positions of what is true along each of its axes.
    private func columns(of index: Tensor, at axis: Int) -> [Tensor] {
        if index.dtype != .bool { return [index] }
        guard index.shape.elementsEqual(shape[axis..<axis + index.rank]) else {
            fail("subscript", "a mask of \(index.shape) doesn't fit axis \(axis) of \(shape)")
        }
        let places = index.nonzero()
        return (0..<index.rank).map { places[.all, $0] }
    }

    /// The slices at several indices that are broadcast against each other.
    private func takeTogether(_ chosen: [(axis: Int, index: Tensor)]) -> Tensor {
        let axes = chosen.map(\.axis)
        let others = (0..<rank).filter { !axes.contains($0) }
        var wide: Shape? = []
        for (_, index) in chosen { wide = wide.flatMap { Shape.broadcast($0, index.shape) } }
        guard let wide else {
            let shapes = chosen.map { "\($0.index.shape)" }.joined(separator: ", ")
            fail("subscript", "indices of shapes \(shapes) don't broadcast")
        }
        let rows = noGrad {
            chosen.reduce(Tensor(NDArray.full([], 0, .int64, on: data.backend))) { rows, item in
                let size = shape[item.axis]
                return rows * size + item.index.checkedIndex(below: size, "subscript")
            }
        }
        let count = axes.reduce(1) { $0 * shape[$1] }
        let table = permute(axes + others).reshape(Shape([count] + others.map { shape[$0] }))
        let taken = Gather.of(table, rows.contiguous())
        let isTogether = axes[axes.count - 1] - axes[0] == axes.count - 1
        if !isTogether || axes[0] == 0 { return taken }
        let (lead, width) = (axes[0], wide.rank)
        let order = Array(width..<width + lead) + Array(0..<width)
        return taken.permute(order + Array((width + lead)..<taken.rank))
    }

    /// The indices with the ellipsis, or the missing end, written out.
    private func expanded(_ indices: [TensorIndex]) -> [TensorIndex] {
        let used = indices.reduce(0) { $0 + $1.width }
        let ellipses = indices.count { if case .ellipsis = $0.kind { true } else { false } }
        guard used <= rank, ellipses <= 1 else {
            fail("subscript", "\(used) indices for shape \(shape)", hint: "at most one per axis")
        }
        let missing = [TensorIndex](repeating: .all, count: rank - used)
        if ellipses == 0 { return indices + missing }
        return indices.flatMap { index -> [TensorIndex] in
            if case .ellipsis = index.kind { return missing }
            return [index]
        }
    }
}

extension TensorIndex {
    var isTensor: Bool { if case .gather = kind { true } else { false } }

    /// How many axes of the tensor it is for.
    fileprivate var width: Int {
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
