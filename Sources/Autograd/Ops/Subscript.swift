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
    public var tensorIndex: TensorIndex { .every(1, from: lowerBound, to: upperBound.next) }
}
extension PartialRangeFrom<Int>: TensorIndexConvertible {
    /// From the position to the axis's end.
    public var tensorIndex: TensorIndex { .every(1, from: lowerBound) }
}
extension PartialRangeThrough<Int>: TensorIndexConvertible {
    /// An upper bound of −1 is the last position.
    public var tensorIndex: TensorIndex { .every(1, to: upperBound.next) }
}
extension Int {
    /// The end of a range that this position closes; nil for that of the axis.
    fileprivate var next: Int? { self == -1 || self == .max ? nil : self + 1 }
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
    ///     x[rows, columns]  x[x .> 0]          x[mask, 0]
    ///
    /// Several integer tensors are broadcast against each other and choose elements together; their
    /// axes come where they stood, or first if something stands between them. A mask, a bool
    /// tensor, covers as many axes as it has and gives the elements where it is true.
    ///
    /// Assigning writes a tensor over the elements in place (`.=` a number), which is an error for
    /// recorded tensors and for leaves that require a gradient. No gradient flows back through it:
    /// values that require one must be detached first, or assigned inside `noGrad`; or see
    /// `indexPut`, which makes a new tensor. Where several values meet the last one stays.
    public final subscript(_ indices: any TensorIndexConvertible...) -> Tensor {
        get { self[at: indices] }
        set { self[at: indices] = newValue }
    }

    /// The same with a list of indices that is known only when the program runs.
    public final subscript(at indices: [any TensorIndexConvertible]) -> Tensor {
        get {
            let list = indices.map(\.tensorIndex)
            if let mask = list.mask, mask.shape == shape { return masked(mask) }
            return apply(list)
        }
        set {
            checkMutable("subscript assignment", newValue)
            let list = indices.map(\.tensorIndex)
            if let mask = list.mask, mask.shape == shape, newValue.count == 1 {
                let number = newValue.data.cast(to: dtype).reshape([])
                data.assign(mask.data.select(number, data))
            } else if list.contains(where: \.isTensor) {
                write(newValue, at: list)
            } else {
                noGrad { detach().apply(list) }.data.assign(newValue.data)
            }
        }
    }

    /// Writes values, broadcast, over the rows that one index names, or over the elements that
    /// several do.
    private func write(_ values: Tensor, at list: [TensorIndex]) {
        let rows = rank > 0 ? list.rows : nil
        let places = rows?.checkedIndex(below: shape[0], "subscript") ?? positions(at: list)
        let slice = rows == nil ? [] : Array(shape.dropFirst())
        let wanted = Shape(Array(places.shape) + slice)
        let fitting = noGrad { values.detach().fitting(wanted, "subscript") }
        if fitting.count == 0 { return }
        var items = fitting.data.on(data.backend).cast(to: dtype).contiguous()
        if items.storage === data.storage { items = items.copy() }
        let target = data.contiguous()
        Kernel.scatter(.put).run(
            items, places.data.contiguous(), into: rows == nil ? target.reshape([count]) : target)
        if target.storage !== data.storage { data.assign(target) }
    }

    /// Writes `source`, broadcast and converted, over the elements in place; the rules of subscript
    /// assignment hold.
    public final func assign(_ source: Tensor) {
        checkMutable("assign", source)
        data.assign(source.data)
    }

    private func checkMutable(_ operation: String, _ source: Tensor) {
        Recorder.current?.note([self, source])
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
}
