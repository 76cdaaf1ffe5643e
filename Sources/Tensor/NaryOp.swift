/// An operation of any number of tensors.
open class NaryOp: Op {
    /// Whether backward may give nil for an input that needs a gradient, having none for it or
    /// having handed it on itself.
    package final var mayOmitGradients = false

    /// The result's elements. The inputs may have any layout; they aren't changed.
    open func forward(_ inputs: [NDArray]) -> NDArray {
        fail(name, "forward is not implemented")
    }

    /// The gradient by each input, nil for those whose `needsGradient` is false.
    open func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        failNoGradient()
    }

    /// Applies the operation to at least one tensor. It is recorded if one of them requires a
    /// gradient, unless inside `noGrad`.
    public final func callAsFunction(_ inputs: [Tensor]) -> Tensor {
        guard let first = inputs.first else { fail(name, "needs at least one input") }
        if Autocast.mayBeOpen, let y = applyRecast(inputs) { return y }
        let isPlain = !Recording.mayBeObserved && inputs.allSatisfy { $0.trace == nil }
        let y = isPlain ? evaluate(inputs) : applySpecially(inputs)
        if isDifferentiable, inputs.contains(where: \.requiresGrad) {
            let mode = Recording.current
            if mode.isEnabled {
                record(
                    y, mode, first, inputs.count > 1 ? inputs[1] : nil, Array(inputs.dropFirst(2)))
            }
        }
        return y
    }

    /// The derivative of `y` in the direction `tangents`, nil for constant inputs.
    open func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? { nil }

    /// The operation on inputs with a batch axis in front where `isBatched`, for `vmap`.
    open func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? { nil }

    package final override func apply(_ inputs: [Tensor]) -> Tensor { self(inputs) }

    package final override func evaluate(_ inputs: [Tensor]) -> Tensor {
        Tensor(forward(inputs.map(\.data)))
    }

    package final override func tangent(
        _ tangents: [Tensor?], inputs: [Tensor], y: Tensor
    ) -> Tensor? {
        self.tangents(tangents, inputs: inputs, y: y)
    }

    package final override func batch(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        batched(inputs, isBatched: isBatched)
    }

    package final override func propagate(
        _ dy: Tensor, from y: Tensor, _ send: (Tensor, consuming Tensor) -> Void
    ) {
        let inputs = y.parents
        var gradients = backward(dy, inputs: inputs, y: y)
        guard gradients.count == inputs.count else {
            fail(name, "backward gave \(gradients.count) gradients for \(inputs.count) inputs")
        }
        for (index, input) in inputs.enumerated() where input.needsGradient {
            // Taken out of the array, so that the engine may hold the only reference.
            guard let gradient = gradients[index].take() else {
                if mayOmitGradients { continue }
                fail(name, "backward gave no gradient for an input that requires one")
            }
            send(input, gradient)
        }
    }
}
