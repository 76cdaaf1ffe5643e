import Tensor

/// Takes a gradient.
typealias GradientTaker = (consuming Tensor) -> Void

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
    /// The notes by which the pass finds its way, if it captures targets.
    private let marks: PassMarks?
    /// The results that the pass starts from, which `.destroy` spares.
    private var spared: Set<ObjectIdentifier> = []
    /// The gradients by the targets.
    private(set) var captured: [Tensor?]
    /// Who takes the gradients by a target as they come, in place of `captured`.
    private let takers: [GradientTaker?]

    init(
        graph: GraphPolicy, records: Bool, capturing count: Int? = nil,
        takers: [GradientTaker?] = []
    ) {
        self.takers = takers
        self.graph = graph
        self.records = records
        marks = count == nil ? nil : PassMarks()
        captured = Array(repeating: nil, count: count ?? 0)
    }

    func run(from roots: [(tensor: Tensor, seed: Tensor)]) {
        if graph == .destroy { spared = Set(roots.map { ObjectIdentifier($0.tensor) }) }
        let change = { [records] (scope: inout Recording) in
            scope.isEnabled = records
            scope.passDepth += 1
        }
        // The recording innermost, for operations look it up.
        BackwardPass.$current.withValue(Current(pass: self)) {
            Recording.with(change) { walk(roots) }
        }
    }

    private func walk(_ roots: [(tensor: Tensor, seed: Tensor)]) {
        countUses(above: roots.map(\.tensor))
        for (root, seed) in roots { deliver(seed, to: root, from: nil) }
        var ready: [Tensor] = []
        for (root, _) in roots where root.pendingUses == 0 && passesOn(root) {
            ready.append(root)
        }
        while let node = ready.popLast() { visit(node, &ready) }
    }

    /// The pass under way.
    struct Current: @unchecked Sendable {
        // Safe to share: a task-local value; a pass stays on the thread of its tensors.
        var pass: BackwardPass?
    }

    @TaskLocal static var current = Current()

    /// Sends the gradient of a tensor, now complete, to its parents.
    private func visit(_ node: Tensor, _ ready: inout [Tensor]) {
        guard var dy = node.takeCotangent() else { return }
        if node.extras != nil { dy = runHooks(of: node, dy) }
        if let marks {
            if let slot = marks.slot(node) { captured[slot] = dy }
            if !marks.hasLeadingParent(node) { return }
        }
        guard let op = node.ctx else { return addToGrad(dy, of: node) }
        if op.hasChanged(since: node) { failChanged(op, node) }
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
        node.releaseParents(marks, &ready)
        if graph == .keep { return }
        node.freeHistory()
        if graph == .destroy, !spared.contains(ObjectIdentifier(node)) {
            node.data = node.data.released
        }
    }

    private func propagate(_ dy: Tensor, _ op: Op, _ node: Tensor) {
        op.propagate(dy, from: node) { parent, gradient in
            self.deliver(gradient, to: parent, from: op)
        }
    }

    /// Whether gradients flow through a tensor to others: then it waits for all of them.
    @inline(__always)
    private func passesOn(_ tensor: Tensor) -> Bool {
        tensor.passesOn(marks)
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
            node.countParents(marks, &stack)
        }
        var released: Set<ObjectIdentifier> = []
        for root in roots where passesOn(root) && released.insert(ObjectIdentifier(root)).inserted {
            root.pendingUses -= 1
        }
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
            BackwardPass.add(consume gradient, to: &parent.cotangent, isOwner: false)
        } else if marks != nil {
            guard let slot = marks?.slot(parent) else { return }
            accept(gradient, at: slot)
        } else {
            BackwardPass.add(consume gradient, to: &parent.grad, isOwner: true)
        }
    }

    /// Takes a gradient by a target.
    private func accept(_ gradient: consuming Tensor, at slot: Int) {
        if !takers.isEmpty, let taker = takers[slot] { return taker(gradient) }
        BackwardPass.add(gradient, to: &captured[slot], isOwner: true)
    }

    /// Where the gradients of a leaf go, if not by way of a tensor that waits for all of them: a
    /// pass inside this one may hand them on as they come, instead of holding those of a whole
    /// segment.
    func taker(for leaf: Tensor) -> GradientTaker? {
        guard leaf.isLeaf, leaf.extras == nil else { return nil }
        guard let marks else {
            return { BackwardPass.add($0, to: &leaf.grad, isOwner: true) }
        }
        guard let slot = marks.slot(leaf) else { return nil }
        return { self.accept($0, at: slot) }
    }

    private func addToGrad(_ gradient: Tensor, of leaf: Tensor) {
        if marks == nil { BackwardPass.add(gradient, to: &leaf.grad, isOwner: true) }
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
        if extras.retainsGrad, !node.isLeaf, marks == nil {
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
