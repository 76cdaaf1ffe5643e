import Tensor

/// One walk from results back to what they were computed from.
///
/// First it counts how often each tensor is used below the results, then it hands gradients up,
/// visiting a tensor when all its uses have contributed. Loops, not recursion: graphs may be deep.
///
/// Gradients end in the `grad` of the leaves or, where targets are captured, with the targets; in
/// that case `TargetReach` has marked the tensors on the way.
final class BackwardPass {
    private let graph: GraphPolicy
    private let records: Bool
    private let capturesTargets: Bool
    /// The gradients by the targets.
    private(set) var captured: [Tensor?]

    init(graph: GraphPolicy, records: Bool, capturing count: Int? = nil) {
        self.graph = graph
        self.records = records
        capturesTargets = count != nil
        captured = Array(repeating: nil, count: count ?? 0)
    }

    func run(from roots: [(tensor: Tensor, seed: Tensor)]) {
        Recording.with({ $0.isEnabled = records }) {
            countUses(above: roots.map(\.tensor))
            for (root, seed) in roots { deliver(seed, to: root, from: nil) }
            var ready: [Tensor] = []
            for (root, _) in roots where root.pendingUses == 0 && passesOn(root) {
                ready.append(root)
            }
            while let node = ready.popLast() { visit(node, &ready) }
        }
    }

    /// Sends the gradient of a tensor, now complete, to its parents.
    private func visit(_ node: Tensor, _ ready: inout [Tensor]) {
        guard var dy = node.cotangent.take() else { return }
        if node.extras != nil { dy = runHooks(of: node, dy) }
        if node.target != 0, capturesTargets { captured[Int(node.target) - 1] = dy }
        guard let op = node.ctx else { return addToGrad(dy, of: node) }
        if op.savedVersion(of: node) != node.savedVersion { failChanged(op, node) }
        if Recording.mayBeObserved, let observer = Recording.current.observer {
            observer.observeBackward(op, node) {
                op.propagate(dy, from: node) { parent, gradient in
                    observer.observeGradient(gradient, of: parent, from: op)
                    deliver(gradient, to: parent, from: op)
                }
            }
        } else {
            propagate(dy, op, node)
        }
        release(node.firstParent, into: &ready)
        release(node.secondParent, into: &ready)
        for parent in node.otherParents { release(parent, into: &ready) }
        if graph == .keep { return }
        node.isFreed = true
        node.forgetHistory()
    }

    private func propagate(_ dy: Tensor, _ op: Op, _ node: Tensor) {
        op.propagate(dy, from: node) { parent, gradient in
            self.deliver(gradient, to: parent, from: op)
        }
    }

    /// Whether gradients flow through a tensor to others: then it waits for all of them.
    @inline(__always)
    private func passesOn(_ tensor: Tensor) -> Bool {
        if capturesTargets {
            return tensor.mark & 4 != 0 || tensor.mark & 2 != 0 && tensor.extras != nil
        }
        return tensor.requiresGrad && (!tensor.isLeaf || tensor.extras != nil)
    }

    /// Sets `pendingUses` of every tensor that passes gradients on to the number of its uses.
    private func countUses(above roots: [Tensor]) {
        var stack: [Tensor] = []
        for root in roots where passesOn(root) && root.pendingUses == 0 {
            // A root may be above another one; a use by nobody, taken back below, marks it as seen.
            root.pendingUses = 1
            stack.append(root)
        }
        while let node = stack.popLast() {
            if node.isFreed { BackwardPass.failFreed() }
            count(node.firstParent, &stack)
            count(node.secondParent, &stack)
            for parent in node.otherParents { count(parent, &stack) }
        }
        var released: Set<ObjectIdentifier> = []
        for root in roots where passesOn(root) && released.insert(ObjectIdentifier(root)).inserted {
            root.pendingUses -= 1
        }
    }

    @inline(__always)
    private func count(_ parent: Tensor?, _ stack: inout [Tensor]) {
        guard let parent, passesOn(parent) else { return }
        if parent.pendingUses == 0 { stack.append(parent) }
        parent.pendingUses += 1
    }

    /// Marks one use of `parent` as done; after the last one it is ready.
    @inline(__always)
    private func release(_ parent: Tensor?, into ready: inout [Tensor]) {
        guard let parent, passesOn(parent) else { return }
        parent.pendingUses -= 1
        if parent.pendingUses == 0 { ready.append(parent) }
    }

    /// Makes `gradient` fit `parent` and adds it to what other uses of `parent` gave.
    private func deliver(_ gradient: consuming Tensor, to parent: Tensor, from op: Op?) {
        var gradient = gradient
        if gradient.dtype != parent.dtype { gradient = gradient.cast(to: parent.dtype) }
        if gradient.shape != parent.shape {
            guard Shape.broadcast(parent.shape, gradient.shape) == gradient.shape else {
                fail(
                    op?.name ?? "backward",
                    "backward gave a gradient of shape \(gradient.shape) for an input of "
                        + "shape \(parent.shape)")
            }
            gradient = gradient.sum(to: parent.shape)
        }
        if passesOn(parent) {
            BackwardPass.add(gradient, to: &parent.cotangent, isOwner: false)
        } else if capturesTargets {
            let slot = Int(parent.target) - 1
            if slot >= 0 { BackwardPass.add(gradient, to: &captured[slot], isOwner: true) }
        } else {
            BackwardPass.add(gradient, to: &parent.grad, isOwner: true)
        }
    }

    private func addToGrad(_ gradient: Tensor, of leaf: Tensor) {
        if !capturesTargets { BackwardPass.add(gradient, to: &leaf.grad, isOwner: true) }
    }

    /// Adds `gradient` to what `slot` holds, in place where nobody else sees it. An owner's gradient
    /// outlives the pass, so it gets elements of its own: changing it must not change another.
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

    private func runHooks(of node: Tensor, _ gradient: Tensor) -> Tensor {
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
        if extras.retainsGrad, !node.isLeaf, !capturesTargets {
            BackwardPass.add(gradient, to: &node.grad, isOwner: true)
        }
        return gradient
    }

    static func failFreed() -> Never {
        fail(
            "backward", "the graph was freed by an earlier backward pass",
            hint: "pass retainGraph: true to the first one")
    }

    private func failChanged(_ op: Op, _ y: Tensor) -> Never {
        let inputs = y.parents.map { "\($0.label ?? "tensor") \($0.shape)" }
        fail(
            "backward",
            "a tensor that \(op.name) saved was changed in place after the forward pass "
                + "(inputs: \(inputs.joined(separator: ", ")))",
            hint: "change a copy, or change it after backward")
    }
}
