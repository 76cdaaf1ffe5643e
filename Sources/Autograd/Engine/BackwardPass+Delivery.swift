import FTSupport
import Tensor

/// Takes a gradient.
typealias GradientTaker = (consuming Tensor) -> Void

// Where gradients go: to tensors that pass them on, to targets, to leaves.
extension BackwardPass {
    /// Makes `gradient` fit `parent` and adds it to what other uses of `parent` gave; nil for
    /// `node` if `parent` is a root.
    func deliver(_ gradient: consuming Tensor, to parent: Tensor, from node: Tensor?) {
        var gradient = gradient
        if gradient.dtype != parent.dtype { gradient = gradient.cast(to: parent.dtype) }
        if gradient.shape != parent.shape {
            gradient = gradient.reduced(
                to: parent.shape, in: node?.shape ?? [], node?.ctx?.name ?? "backward")
        }
        if parent.awaitsUses {
            var total = parent.takeCotangent()
            BackwardPass.add(consume gradient, to: &total, isOwner: false)
            parent.cotangent = total
        } else if marks != nil {
            guard let slot = marks?.slot(parent) else { return }
            accept(consume gradient, at: slot)
        } else {
            BackwardPass.addToGrad(consume gradient, of: parent)
        }
    }

    /// Takes a gradient by a target.
    private func accept(_ gradient: consuming Tensor, at slot: Int) {
        if !takers.isEmpty, let taker = takers[slot] { return taker(consume gradient) }
        BackwardPass.add(consume gradient, to: &captured[slot], isOwner: true)
    }

    /// Where the gradients of a leaf go, if not by way of a tensor that waits for all of them: a
    /// pass inside this one may hand them on as they come, instead of holding those of a whole
    /// segment.
    func taker(for leaf: Tensor) -> GradientTaker? {
        guard leaf.isLeaf, leaf.extras == nil else { return nil }
        guard let marks else {
            return { (gradient: consuming Tensor) in
                BackwardPass.addToGrad(consume gradient, of: leaf)
            }
        }
        guard let slot = marks.slot(leaf) else { return nil }
        return { (gradient: consuming Tensor) in self.accept(consume gradient, at: slot) }
    }

    func addToGrad(_ gradient: Tensor, of leaf: Tensor) {
        if marks == nil { BackwardPass.addToGrad(gradient, of: leaf) }
    }

    /// Of each leaf one, for passes of other threads may end in it too.
    private static let gates = (0..<64).map { _ in Monitor() }

    private static func addToGrad(_ gradient: consuming Tensor, of tensor: Tensor) {
        // The addresses of objects are multiples of 16.
        let gate = gates[Int(bitPattern: ObjectIdentifier(tensor)) >> 4 & 63]
        gate.enter()
        defer { gate.leave() }
        if Recorder.mayBeOpen { Recorder.current?.noteGradient(of: tensor) }
        if let grad = tensor.accumulated,
            grad.shape != gradient.shape || grad.dtype != gradient.dtype
        {
            fail(
                "backward",
                "\(tensor.label ?? "a tensor") \(gradient.dtype) \(gradient.shape) can't add to its "
                    + "grad, \(grad.dtype) \(grad.shape)",
                hint: "set grad to no other shape or dtype, or call zeroGrad()")
        }
        add(consume gradient, to: &tensor.accumulated, isOwner: true)
    }

    /// Adds `gradient` to what `slot` holds, in place where nobody else sees it. An owner's
    /// gradient outlives the pass, so it gets elements of its own: changing it must not change
    /// another.
    private static func add(
        _ gradient: consuming Tensor, to slot: inout Tensor?, isOwner: Bool
    ) {
        if let existing = slot.take() {
            slot = existing + gradient
            return
        }
        var fresh = gradient
        if isOwner, fresh.ctx == nil, !fresh.data.isContiguous || !Tensor.isUnshared(&fresh) {
            fresh = fresh.copy()
        }
        slot = fresh
    }

    func runHooks(of node: Tensor, _ gradient: Tensor) -> Tensor {
        guard let extras = node.extras else { return gradient }
        var gradient = gradient
        for hook in extras.hooks {
            guard let changed = hook.change(gradient) else { continue }
            guard changed.shape == node.shape, changed.dtype == node.dtype else {
                fail(
                    "onGradient",
                    "a hook returned \(changed.dtype) \(changed.shape) for a gradient "
                        + "\(node.dtype) \(node.shape)")
            }
            gradient = changed
        }
        if extras.retainsGrad, !node.isLeaf, marks == nil {
            BackwardPass.addToGrad(gradient, of: node)
        }
        return gradient
    }
}

extension Tensor {
    /// The gradient by an input of an operation, summed over the axes that the operation repeated
    /// to make its output. An axis of another size than the output's was repeated by nobody: traps.
    func reduced(to input: Shape, in output: Shape, _ operation: String) -> Tensor {
        if shape == input { return self }
        let isExplained = (0..<Swift.max(rank, input.rank)).allSatisfy { distance in
            let (axis, size) = (rank - 1 - distance, input.rank - 1 - distance)
            guard axis >= 0 else { return false }
            if size >= 0, input[size] == shape[axis] { return true }
            let place = output.rank - 1 - distance
            return (size < 0 || input[size] == 1) && place >= 0 && output[place] == shape[axis]
        }
        guard isExplained else {
            fail(
                operation,
                "backward gave a gradient of shape \(shape) for an input of shape \(input)")
        }
        return sum(to: input)
    }
}
