import Synchronization

/// An array that remembers how it was computed, so that gradients can flow back through it.
///
/// `data` holds the elements; `ctx` the operation that made it and `parents` that operation's
/// inputs, both absent for a tensor somebody made (a leaf); `grad` the gradient that `backward()`
/// left. A tensor and its graph stay on one thread; its `data` may be sent to another. Leaves that
/// nobody changes meanwhile, such as a module's parameters, may be used by several threads at once:
/// each computes and differentiates on a graph of its own.
public class Tensor {
    // The dynamic checks for overlapping access cost a fifth of a small operation. A tensor that is
    // changed stays on one thread, and nothing here calls out while it changes a field.

    /// The elements. Assigning replaces them; an assignment that would invalidate a pending
    /// backward pass is noticed there.
    @exclusivity(unchecked) public final var data: NDArray {
        didSet {
            dataVersion &+= 1
            if Recorder.mayBeOpen { Recorder.current?.noteAssignment(to: self) }
        }
    }

    /// The accumulated gradient of a leaf that requires one, of this tensor's shape and dtype.
    public final var grad: Tensor? {
        get {
            if Recorder.mayBeOpen { Recorder.current?.noteGradientRead(of: self) }
            return accumulated
        }
        set {
            if Recorder.mayBeOpen { Recorder.current?.noteGradientChange(of: self) }
            accumulated = newValue
        }
    }

    /// `grad`, without telling a step that is being recorded.
    @exclusivity(unchecked) package final var accumulated: Tensor?

    /// The operation that made this tensor, if it was recorded.
    @exclusivity(unchecked) public package(set) final var ctx: Op?

    /// Whether gradients flow to this tensor: set on leaves, inherited by results, which keep it.
    @exclusivity(unchecked) public final var requiresGrad: Bool {
        didSet {
            if requiresGrad && !data.dtype.isFloat {
                fail(
                    "requiresGrad", "a tensor of \(data.dtype) has no gradient",
                    hint: "cast to a float")
            }
            if !requiresGrad && ctx != nil {
                fail(
                    "requiresGrad", "this tensor was recorded; its gradient would get lost",
                    hint: "use detach()")
            }
            if Recorder.mayBeOpen { Recorder.current?.noteSwitch(of: self) }
        }
    }

    /// A name for messages and drawings.
    @exclusivity(unchecked) public final var label: String?

    // A node of the graph. Most operations have one or two inputs, which need no array.
    @exclusivity(unchecked) package final var firstParent: Tensor?
    @exclusivity(unchecked) package final var secondParent: Tensor?
    @exclusivity(unchecked) package final var otherParents: [Tensor] = []
    @exclusivity(unchecked) package final var savedVersion: UInt64 = 0
    @exclusivity(unchecked) package final var dataVersion: UInt32 = 0

    /// Which recording of a step made this tensor; 0 outside.
    let birth: UInt32

    /// Which `checkpoint` recorded this tensor; 0 outside.
    @exclusivity(unchecked) package final var segment: UInt32 = 0

    @exclusivity(unchecked) final var ownTrace: (any Trace)?

    /// How many threads move this tensor where it is, by a derivative under way.
    final let movers = Atomic<Int32>(0)

    /// Hooks and wishes, which few tensors have.
    @exclusivity(unchecked) package final var extras: TensorExtras?

    /// Whether a pass gave up the graph above this tensor.
    @exclusivity(unchecked) package final var isFreed = false

    // What a pass notes on a tensor, and the thread that does so on a leaf: see `LeafNotes`.
    final let noteTaker = Atomic<UInt>(0)
    @exclusivity(unchecked) final var ownNote = TensorNote()

    /// How many threads note something on this leaf in notes of their own.
    final let notedElsewhere = Atomic<Int32>(0)

    /// A leaf that holds `data`; traps if it is to require a gradient and holds no floats.
    public init(_ data: consuming NDArray, requiresGrad: Bool = false, label: String? = nil) {
        let dtype = data.dtype
        // Otherwise the compiler copies it.
        self.data = consume data
        self.requiresGrad = requiresGrad
        self.label = label
        birth = Recorder.birth
        if requiresGrad && !dtype.isFloat {
            fail("requiresGrad", "a tensor of \(dtype) has no gradient", hint: "cast to a float")
        }
    }

    deinit {
        if firstParent != nil { releaseGraph() }
    }

    /// The inputs of the operation that made this tensor.
    public final var parents: [Tensor] {
        [firstParent, secondParent].compactMap { $0 } + otherParents
    }

    /// Whether this tensor was made by its user rather than by a recorded operation.
    public final var isLeaf: Bool { ctx == nil && !isFreed }

    /// Whether a backward function has to give a gradient for this input: it requires one, and the
    /// pass that is running leads on to somebody who asked for it.
    public final var needsGradient: Bool {
        guard requiresGrad else { return false }
        let mark = mark
        return mark == 0 || mark & PassMarks.leadsToTarget != 0
    }

    /// Whether the pass by targets that marked this tensor leads on to one of them.
    package final var leadsToTarget: Bool { mark & PassMarks.leadsToTarget != 0 }

    /// The sizes of the dimensions; empty for a scalar.
    public final var shape: Shape { data.shape }
    /// The type of the elements.
    public final var dtype: DType { data.dtype }
    /// The number of dimensions; 0 for a scalar.
    public final var rank: Int { data.rank }
    /// The number of elements; 1 for a scalar.
    public final var count: Int { data.count }
    /// Where the elements lie.
    public final var device: Device { data.device }

    /// Whether the elements lie there, in row-major order.
    package final func lies(on backend: any Backend) -> Bool {
        data.storage.backend === backend && data.isContiguous
    }

    /// Whether somebody else holds the memory of the elements.
    package final var isMemoryShared: Bool {
        var array = data
        data = NDArray.nothing
        defer { data = array }
        return !isKnownUniquelyReferenced(&array.storage)
    }

    /// The one element of a tensor of size 1, as a number.
    public final var item: Double { item(as: Double.self) }

    /// The one element of a tensor of size 1, converted to `Element`: as an Int, an int64 is exact.
    public final func item<Element: TensorElement>(as type: Element.Type) -> Element {
        guard data.count == 1 else {
            fail("item", "a tensor of shape \(shape) has \(count) elements, not one")
        }
        if Recorder.mayBeOpen { Recorder.current?.note([self]) }
        return data.scalar(as: type)
    }

    /// The elements in row-major order.
    public final func values<Element: TensorElement>(as type: Element.Type = Element.self)
        -> [Element]
    {
        if Recorder.mayBeOpen { Recorder.current?.note([self]) }
        return data.values(as: type)
    }

    /// The same elements, shared, without history: gradients stop here.
    public final func detach() -> Tensor { trace?.detached() ?? Tensor(data) }

    /// Cuts this tensor from its graph, giving the graph's memory back.
    package final func forgetHistory() {
        ctx = nil
        firstParent = nil
        secondParent = nil
        if !otherParents.isEmpty { otherParents = [] }
    }

    /// Takes apart the graph that only this tensor keeps alive, without recursion.
    private final func releaseGraph() {
        var dying = parents
        forgetHistory()
        while var node = dying.popLast() {
            guard isKnownUniquelyReferenced(&node) else { continue }
            if let first = node.firstParent { dying.append(first) }
            if let second = node.secondParent { dying.append(second) }
            dying.append(contentsOf: node.otherParents)
            node.forgetHistory()
        }
    }
}

/// What few tensors have.
package final class TensorExtras {
    /// Changes the gradient of the tensor as it passes.
    package var hooks: [(id: Int, change: (Tensor) -> Tensor?)] = []
    /// The identifier given last; none is given twice.
    package var lastHook = 0
    /// Whether `backward()` leaves the gradient in `grad` although this is no leaf.
    package var retainsGrad = false

    package init() {}
}

/// A tensor that training changes. Modules find their parameters by this type.
public final class Parameter: Tensor {
    /// A trainable tensor; `frozen` ones keep their values.
    public init(_ data: NDArray, frozen: Bool = false) {
        super.init(data, requiresGrad: !frozen)
    }

    /// A trainable tensor that starts with a copy of the elements of another.
    @_disfavoredOverload
    public convenience init(_ values: Tensor, frozen: Bool = false) {
        self.init(values.data.copy(), frozen: frozen)
    }
}

/// A tensor that belongs to a module's state but is not trained, such as a running mean.
public final class Buffer: Tensor {
    /// A buffer that holds `data`: it takes no gradient, and is saved and moved with its module.
    public init(_ data: NDArray) {
        super.init(data)
    }

    /// A buffer that starts with a copy of the elements of a tensor.
    @_disfavoredOverload
    public convenience init(_ values: Tensor) {
        self.init(values.data.copy())
    }
}
