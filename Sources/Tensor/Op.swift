/// One operation: its attributes, its forward and its backward.
///
/// Subclass `UnaryOp`, `BinaryOp` or `NaryOp`, and call the instance on tensors. An op keeps no
/// state between calls: backward gets the inputs and the output again, so running it twice gives
/// the same result. Backward is written with tensor operations and is thereby differentiable.
open class Op {
    /// Attributes are set by subclasses and don't change between calls.
    public init() {}

    /// The name in messages and drawings.
    open var name: String { String(describing: type(of: self)) }

    /// What backward reads. Declaring less than the default allows more in-place changes.
    open var saves: Saved { .everything }

    /// In which dtype the operation takes its inputs inside `autocast`.
    open var autocast: AutocastRule { .asGiven }

    /// False for operations whose result never carries a gradient, such as comparisons.
    open var isDifferentiable: Bool { true }

    /// Sends the gradient of each parent of `y` that requires one. The gradient may still have the
    /// broadcast shape; the engine sums it to the parent's.
    package func propagate(_ dy: Tensor, from y: Tensor, _ send: (Tensor, consuming Tensor) -> Void)
    {
        failNoGradient()
    }

    /// Applies the operation to as many tensors as it takes.
    package func apply(_ inputs: [Tensor]) -> Tensor { failNoGradient() }

    /// The forward pass alone, nothing recorded.
    package func evaluate(_ inputs: [Tensor]) -> Tensor { failNoGradient() }

    /// The derivative of the output in the direction `tangents` of the inputs, nil where an input
    /// is constant; nil if the op gives no rule.
    package func tangent(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? { nil }

    /// The operation on inputs with a batch axis in front where `isBatched`; nil if the op gives no
    /// rule.
    package func batch(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? { nil }

    /// The forward pass when an input is traced, a step is recorded or somebody observes.
    final func applySpecially(_ inputs: [Tensor]) -> Tensor {
        if Recorder.mayBeOpen { Recorder.current?.note(inputs) }
        if let trace = Tensor.highestTrace(inputs) { return trace.apply(self, inputs) }
        if let observer = Recording.current.observer {
            return observer.observe(self, inputs) { evaluate(inputs) }
        }
        return evaluate(inputs)
    }

    package final func failNoGradient() -> Never {
        fail(
            name, "this operation has no gradient",
            hint: "detach() its input, or run it inside noGrad")
    }

    /// Notes on `y` that this op made it, and the versions of what backward will read.
    package final func record(
        _ y: Tensor, _ mode: Recording, _ first: Tensor, _ second: Tensor? = nil,
        _ rest: [Tensor] = []
    ) {
        y.requiresGrad = true
        y.segment = mode.segment
        y.ctx = self
        y.firstParent = first
        y.secondParent = second
        if !rest.isEmpty { y.otherParents = rest }
        y.savedVersion = savedVersion(of: y)
    }

    /// Whether something that backward reads has changed since `y` was recorded.
    package final func hasChanged(since y: Tensor) -> Bool {
        savedVersion(of: y) != y.savedVersion
    }

    /// The sum of the version counts of all tensors that backward reads. Counts only grow, so an
    /// equal sum means that none has changed.
    package final func savedVersion(of y: Tensor) -> UInt64 {
        let saves = self.saves
        var sum: UInt64 = 0
        if saves.contains(.output) { sum = y.version }
        if saves.contains(.first), let first = y.firstParent { sum &+= first.version }
        if saves.contains(.second), let second = y.secondParent { sum &+= second.version }
        if saves.hasOthers {
            for (index, parent) in y.otherParents.enumerated()
            where saves.contains(.input(index + 2)) {
                sum &+= parent.version
            }
        }
        return sum
    }
}

extension Tensor {
    /// Grows with every change: new elements count more than any change of the old ones did.
    package final var version: UInt64 {
        UInt64(data.storage.version) &+ UInt64(dataVersion) << 32
    }
}

/// An operation of one tensor.
open class UnaryOp: Op {
    /// The result's elements. `x` may have any layout; it isn't changed.
    open func forward(_ x: NDArray) -> NDArray {
        fail(name, "forward is not implemented")
    }

    /// The gradient by `x`, given the gradient `dy` by the output `y`.
    open func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        failNoGradient()
    }

    /// The derivative of `y` in the direction `dx`: the rule of forward mode. Without one it is
    /// derived from `backward`, at twice the cost.
    open func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { nil }

    /// The operation on `x` with a batch axis in front, for `vmap`; nil if it can't be batched.
    open func batch(_ x: Tensor) -> Tensor? { nil }

    /// Applies the operation. It is recorded if `x` requires a gradient, unless inside `noGrad`.
    public final func callAsFunction(_ x: consuming Tensor) -> Tensor {
        if Autocast.mayBeOpen, let y = applyRecast([copy x]) { return y }
        let isPlain = x.trace == nil && !Recording.mayBeObserved
        if x.requiresGrad, isDifferentiable {
            let mode = Recording.current
            if mode.isEnabled {
                let y = isPlain ? Tensor(forward(x.data)) : applySpecially([copy x])
                record(y, mode, x)
                return y
            }
        }
        return isPlain ? Tensor(forwardUnrecorded(x)) : applySpecially([copy x])
    }

    /// The forward pass when nobody will differentiate it, so that the operand may be overwritten.
    open func forwardUnrecorded(_ x: consuming Tensor) -> NDArray { forward(x.data) }

    package final override func apply(_ inputs: [Tensor]) -> Tensor { self(inputs[0]) }

    package final override func evaluate(_ inputs: [Tensor]) -> Tensor {
        Tensor(forward(inputs[0].data))
    }

    package final override func tangent(
        _ tangents: [Tensor?], inputs: [Tensor], y: Tensor
    ) -> Tensor? {
        tangents[0].flatMap { tangent($0, x: inputs[0], y: y) }
    }

    package final override func batch(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        batch(inputs[0])
    }

    package final override func propagate(
        _ dy: Tensor, from y: Tensor, _ send: (Tensor, consuming Tensor) -> Void
    ) {
        guard let x = y.firstParent, x.needsGradient else { return }
        send(x, backward(dy, x: x, y: y))
    }
}

/// An operation of two tensors.
open class BinaryOp: Op {
    /// The result's elements. The operands may have any layout and shapes that broadcast; they
    /// aren't changed.
    open func forward(_ a: NDArray, _ b: NDArray) -> NDArray {
        fail(name, "forward is not implemented")
    }

    /// The gradient by the left operand. May have the broadcast shape.
    open func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        failNoGradient()
    }

    /// The gradient by the right operand. May have the broadcast shape.
    open func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        failNoGradient()
    }

    /// The derivative of `y` in the direction (`da`, `db`), nil for a constant operand.
    open func tangent(_ da: Tensor?, _ db: Tensor?, a: Tensor, b: Tensor, y: Tensor) -> Tensor? {
        nil
    }

    /// The operation on operands with a batch axis in front where `isBatched`, for `vmap`.
    open func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? { nil }

    /// Applies the operation. It is recorded if an operand requires a gradient, unless inside
    /// `noGrad`.
    public final func callAsFunction(_ a: consuming Tensor, _ b: consuming Tensor) -> Tensor {
        if Autocast.mayBeOpen, let y = applyRecast([copy a, copy b]) { return y }
        let isPlain = a.trace == nil && b.trace == nil && !Recording.mayBeObserved
        if isDifferentiable, a.requiresGrad || b.requiresGrad {
            let mode = Recording.current
            if mode.isEnabled {
                let y =
                    isPlain ? Tensor(forward(a.data, b.data)) : applySpecially([copy a, copy b])
                record(y, mode, a, b)
                return y
            }
        }
        return isPlain ? Tensor(forwardUnrecorded(a, b)) : applySpecially([copy a, copy b])
    }

    package final override func apply(_ inputs: [Tensor]) -> Tensor { self(inputs[0], inputs[1]) }

    package final override func evaluate(_ inputs: [Tensor]) -> Tensor {
        Tensor(forward(inputs[0].data, inputs[1].data))
    }

    package final override func tangent(
        _ tangents: [Tensor?], inputs: [Tensor], y: Tensor
    ) -> Tensor? {
        tangent(tangents[0], tangents[1], a: inputs[0], b: inputs[1], y: y)
    }

    package final override func batch(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        batch(inputs[0], inputs[1], isBatched: (isBatched[0], isBatched[1]))
    }

    /// The forward pass when nobody will differentiate it, so that operands may be overwritten.
    open func forwardUnrecorded(_ a: consuming Tensor, _ b: consuming Tensor) -> NDArray {
        forward(a.data, b.data)
    }

    package final override func propagate(
        _ dy: Tensor, from y: Tensor, _ send: (Tensor, consuming Tensor) -> Void
    ) {
        guard let a = y.firstParent, let b = y.secondParent else { return }
        if a.needsGradient { send(a, backwardLeft(dy, a: a, b: b, y: y)) }
        if b.needsGradient { send(b, backwardRight(dy, a: a, b: b, y: y)) }
    }
}
