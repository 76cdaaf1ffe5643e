public import Tensor

/// What may stand between a tensor's brackets: a position, a range, `.all`, `.new`, `.ellipsis`,
/// `.every(step)`, or an integer tensor.
public struct TensorIndex {
    enum Kind {
        case position(Int)
        case range(start: Int?, end: Int?, step: Int)
        case newAxis
        case ellipsis
        case gather(Tensor)
    }
    let kind: Kind

    /// The whole axis.
    public static var all: TensorIndex { TensorIndex(kind: .range(start: nil, end: nil, step: 1)) }
    /// A new axis of size 1.
    public static var new: TensorIndex { TensorIndex(kind: .newAxis) }
    /// As many whole axes as are left.
    public static var ellipsis: TensorIndex { TensorIndex(kind: .ellipsis) }
    /// From `start` to before `end` in steps; negative positions count from the end, a negative
    /// step walks backwards. Out of range ends are cut, as in Python.
    public static func every(_ step: Int, from start: Int? = nil, to end: Int? = nil) -> TensorIndex
    {
        if step == 0 { fail("subscript", "the step is 0") }
        return TensorIndex(kind: .range(start: start, end: end, step: step))
    }
}

/// A value that converts to a `TensorIndex`.
public protocol TensorIndexConvertible {
    /// The value as an index of one axis, or of several for `.ellipsis`.
    var tensorIndex: TensorIndex { get }
}

extension TensorIndex: TensorIndexConvertible {
    /// This index.
    public var tensorIndex: TensorIndex { self }
}
extension Int: TensorIndexConvertible {
    /// The position itself: its axis disappears. Negative ones count from the end.
    public var tensorIndex: TensorIndex { TensorIndex(kind: .position(self)) }
}
extension Range<Int>: TensorIndexConvertible {
    /// The positions of the range, cut at the axis's end.
    public var tensorIndex: TensorIndex { .every(1, from: lowerBound, to: upperBound) }
}
extension ClosedRange<Int>: TensorIndexConvertible {
    /// An upper bound of −1 is the last position.
    public var tensorIndex: TensorIndex {
        .every(1, from: lowerBound, to: upperBound == -1 ? nil : upperBound + 1)
    }
}
extension PartialRangeFrom<Int>: TensorIndexConvertible {
    /// From the position to the axis's end.
    public var tensorIndex: TensorIndex { .every(1, from: lowerBound) }
}
extension PartialRangeThrough<Int>: TensorIndexConvertible {
    /// An upper bound of −1 is the last position.
    public var tensorIndex: TensorIndex { .every(1, to: upperBound == -1 ? nil : upperBound + 1) }
}
extension PartialRangeUpTo<Int>: TensorIndexConvertible {
    /// From the axis's beginning to before the position.
    public var tensorIndex: TensorIndex { .every(1, to: upperBound) }
}
extension Tensor: TensorIndexConvertible {
    /// The rows at the positions that an integer tensor holds: a copy, the tensor's shape in place
    /// of the axis.
    public final var tensorIndex: TensorIndex { TensorIndex(kind: .gather(self)) }
}
extension TensorIndexConvertible where Self == TensorIndex {
    /// The whole axis.
    public static var all: TensorIndex { TensorIndex.all }
    /// A new axis of size 1.
    public static var new: TensorIndex { TensorIndex.new }
    /// As many whole axes as are left.
    public static var ellipsis: TensorIndex { TensorIndex.ellipsis }
    /// From `start` to before `end` in steps, negative ones walking backwards; see
    /// `TensorIndex.every`.
    public static func every(_ step: Int, from start: Int? = nil, to end: Int? = nil) -> TensorIndex
    {
        TensorIndex.every(step, from: start, to: end)
    }
}

extension Tensor {
    /// Part of the tensor: views for positions and ranges, copies for integer tensors.
    ///
    ///     x[0]              x[-1, 2...]        x[.ellipsis, 0]
    ///     x[.every(2)]      x[.every(-1)]      x[rows]        // rows: an integer tensor
    ///
    /// Assigning writes over the elements in place, which is an error for recorded tensors and
    /// for leaves that require a gradient. No gradient flows back through it: values that require
    /// one must be detached first, or assigned inside `noGrad`.
    ///
    /// A mask, a bool tensor of this shape, gives the elements where it is true; assigned to, it takes
    /// one number: `x[x .< 0] = Tensor(0)`.
    public final subscript(_ indices: any TensorIndexConvertible...) -> Tensor {
        get { self[at: indices] }
        set { self[at: indices] = newValue }
    }

    /// The same with a list of indices that is known only when the program runs.
    public final subscript(at indices: [any TensorIndexConvertible]) -> Tensor {
        get {
            let indices = indices.map(\.tensorIndex)
            return indices.mask.map { masked($0) } ?? apply(indices)
        }
        set {
            checkMutable("subscript assignment", newValue)
            let indices = indices.map(\.tensorIndex)
            if let mask = indices.mask {
                fill(mask, newValue)
                return
            }
            let target = noGrad { detach().apply(indices) }
            guard target.data.storage === data.storage else {
                fail("subscript", "elements chosen by a tensor can't be assigned to")
            }
            target.data.assign(newValue.data)
        }
    }

    private func fill(_ mask: Tensor, _ value: Tensor) {
        guard mask.shape == shape, value.count == 1 else {
            fail(
                "subscript",
                "a mask of \(mask.shape) can't give \(value.shape) to elements of \(shape)",
                hint: "assign one number, or use Tensor.where")
        }
        let number = value.data.cast(to: dtype).reshape([])
        data.assign(mask.data.select(number, data))
    }

    /// Writes `source`, broadcast and converted, over the elements in place; the rules of subscript
    /// assignment hold.
    public final func assign(_ source: Tensor) {
        checkMutable("assign", source)
        data.assign(source.data)
    }

    private func checkMutable(_ operation: String, _ source: Tensor) {
        if trace != nil || source.trace != nil {
            fail(
                operation, "a tensor can't change in place inside jvp or vmap",
                hint: "make a new one, for example with Tensor.where")
        }
        if source.requiresGrad, GradMode.isEnabled {
            fail(
                operation, "the new elements require a gradient, which would not flow back to them",
                hint: "make a new tensor, for example with Tensor.where or concat; or detach() them"
            )
        }
        if ctx != nil {
            fail(operation, "a recorded tensor can't change in place", hint: "detach() or copy it")
        }
        if requiresGrad, GradMode.isEnabled {
            fail(
                operation, "a leaf that requires a gradient can't change in place",
                hint: "do it inside noGrad")
        }
    }

    private func apply(_ indices: [TensorIndex]) -> Tensor {
        var region = Region(of: shape)
        var viewShape = Shape()
        var gathers: [(axis: Int, index: Tensor)] = []
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
                if index.dtype == .bool {
                    fail(
                        "subscript", "a mask stands alone in brackets",
                        hint: "x[mask] or x.masked(mask), or Tensor.where")
                }
                gathers.append((viewShape.rank, index))
                viewShape.append(shape[axis])
                axis += 1
            }
        }
        guard gathers.count <= 1 else {
            fail("subscript", "only one axis can be indexed by a tensor", hint: "use gather")
        }
        let isWhole =
            region.starts.allSatisfy { $0 == 0 } && region.counts == shape
            && region.steps.allSatisfy { $0 == 1 }
        let view = (isWhole ? self : Slice(region)(self)).reshape(viewShape)
        return gathers.first.map { view.take($0.index, axis: $0.axis) } ?? view
    }

    /// The indices with the ellipsis, or the missing end, written out.
    private func expanded(_ indices: [TensorIndex]) -> [TensorIndex] {
        var used = 0
        var ellipses = 0
        for index in indices {
            switch index.kind {
            case .newAxis: break
            case .ellipsis: ellipses += 1
            default: used += 1
            }
        }
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

extension [TensorIndex] {
    /// The mask, if that is all there is.
    fileprivate var mask: Tensor? {
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
