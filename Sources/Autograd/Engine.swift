public import Tensor

// The backward pass. It visits the operations above a result in reverse order of dependence: first
// it counts how often each tensor is used below the result, then it hands gradients down, visiting
// a tensor when all its uses have contributed. Loops, not recursion: graphs may be deep.
extension Tensor {
    /// Adds to the `grad` of every leaf above this tensor the gradient of Σ upstream · self.
    ///
    /// - Parameters:
    ///   - upstream: the gradient by this tensor, of its shape; ones if nil.
    ///   - retainGraph: keep the graph for another backward pass. Otherwise it is freed on the way.
    ///   - createGraph: record the pass itself, so that the gradients have gradients; implies
    ///     `retainGraph`.
    public final func backward(
        _ upstream: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false
    ) {
        guard requiresGrad else {
            fail(
                "backward", "no input of this tensor requires a gradient",
                hint: "make a leaf with requiresGrad: true, outside noGrad")
        }
        if let upstream, upstream.shape != shape {
            fail("backward", "the upstream gradient has shape \(upstream.shape), not \(shape)")
        }
        let seed = upstream.map { $0.cast(to: dtype) } ?? .ones(like: self)
        let pass = BackwardPass(keepsGraph: retainGraph || createGraph)
        GradMode.$isEnabled.withValue(createGraph) { pass.run(from: self, seed: seed) }
    }

    /// Forgets the accumulated gradient.
    public final func zeroGrad() { grad = nil }
}

/// One walk from a result back to its leaves.
private struct BackwardPass {
    let keepsGraph: Bool

    func run(from root: Tensor, seed: Tensor) {
        if root.isLeaf {
            accumulate(seed, into: &root.grad, isLeaf: true)
            return
        }
        countUses(below: root)
        root.cotangent = seed
        var ready = [root]
        while let node = ready.popLast() {
            guard let op = node.ctx, let dy = node.cotangent else { continue }
            node.cotangent = nil
            if op.savedVersion(of: node) != node.savedVersion { failChanged(op, node) }
            op.propagate(dy, from: node) { parent, gradient in
                deliver(gradient, to: parent, from: op)
            }
            release(node.firstParent, into: &ready)
            release(node.secondParent, into: &ready)
            for parent in node.otherParents { release(parent, into: &ready) }
            if !keepsGraph {
                node.isFreed = true
                node.forgetHistory()
            }
        }
    }

    /// Sets `pendingUses` of every recorded tensor above `root` to the number of its uses.
    private func countUses(below root: Tensor) {
        var stack = [root]
        while let node = stack.popLast() {
            if node.isFreed { failFreed() }
            count(node.firstParent, &stack)
            count(node.secondParent, &stack)
            for parent in node.otherParents { count(parent, &stack) }
        }
    }

    @inline(__always)
    private func count(_ parent: Tensor?, _ stack: inout [Tensor]) {
        guard let parent, parent.requiresGrad, !parent.isLeaf else { return }
        if parent.pendingUses == 0 { stack.append(parent) }
        parent.pendingUses += 1
    }

    /// Marks one use of `parent` as done; after the last one it is ready.
    @inline(__always)
    private func release(_ parent: Tensor?, into ready: inout [Tensor]) {
        guard let parent, parent.requiresGrad, !parent.isLeaf else { return }
        parent.pendingUses -= 1
        if parent.pendingUses == 0 { ready.append(parent) }
    }

    /// Makes `gradient` fit `parent` and adds it to what other uses of `parent` gave.
    private func deliver(_ gradient: consuming Tensor, to parent: Tensor, from op: Op) {
        var gradient = gradient
        if gradient.dtype != parent.dtype { gradient = gradient.cast(to: parent.dtype) }
        if gradient.shape != parent.shape {
            guard Shape.broadcast(parent.shape, gradient.shape) == gradient.shape else {
                fail(
                    op.name,
                    "backward gave a gradient of shape \(gradient.shape) for an input of "
                        + "shape \(parent.shape)")
            }
            gradient = gradient.sum(to: parent.shape)
        }
        if parent.isLeaf {
            accumulate(gradient, into: &parent.grad, isLeaf: true)
        } else {
            accumulate(gradient, into: &parent.cotangent, isLeaf: false)
        }
    }

    /// Adds `gradient` to what `slot` holds, in place where nobody else sees it. A leaf's gradient
    /// outlives the pass, so it gets elements of its own: changing it must not change another.
    private func accumulate(
        _ gradient: consuming Tensor, into slot: inout Tensor?, isLeaf: Bool
    ) {
        if let existing = slot.take() {
            slot = existing + gradient
            return
        }
        var fresh = gradient
        if isLeaf, fresh.ctx == nil, !fresh.data.isContiguous || !Tensor.isUnshared(&fresh) {
            fresh = fresh.copy()
        }
        slot = fresh
    }

    private func failFreed() -> Never {
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
