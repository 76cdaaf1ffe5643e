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
    /// The notes by which the pass finds its way, if it captures targets.
    let marks: PassMarks?
    /// The results that the pass starts from, which `.destroy` spares.
    private var spared: Set<ObjectIdentifier> = []
    /// The gradients by the targets.
    var captured: [Tensor?]
    /// Who takes the gradients by a target as they come, in place of `captured`.
    let takers: [GradientTaker?]
    /// What the results of checkpoints were sent so far.
    var upstreams: [ObjectIdentifier: [Tensor?]] = [:]

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
        var depth: UInt16 = 0
        // The recording innermost, for operations look it up.
        ThreadScope.open(self, in: BackwardPass.$scoped) {
            Recording.with {
                $0.isEnabled = records
                $0.precision = $0.precision.ofKernels
                $0.passDepth += 1
                depth = $0.passDepth
            } _: {
                // A pass by targets has entered its tensors already.
                let notes =
                    depth > 1 && marks == nil
                    ? PassNotes(enteringAbove: roots.map(\.tensor), depth: depth) : nil
                walk(roots)
                notes?.reset()
            }
        }
    }

    private func walk(_ roots: [(tensor: Tensor, seed: Tensor)]) {
        let started = countUses(above: roots)
        for (root, seed) in roots { deliver(seed, to: root, from: nil) }
        var ready: [Tensor] = []
        for root in started where root.endUse() { ready.append(root) }
        while let node = ready.popLast() { visit(node, &ready) }
    }

    @TaskLocal private static var scoped: ThreadScope<BackwardPass>?

    /// The innermost pass under way on this thread.
    static var current: BackwardPass? { scoped?.value }

    /// Sends the gradient of a tensor, now complete, to its parents.
    private func visit(_ node: Tensor, _ ready: inout [Tensor]) {
        // Without a gradient, its parents wait for none from here.
        guard var dy = node.takeCotangent() else { return node.releaseParents(&ready) }
        if node.hasExtras { dy = runHooks(of: node, dy) }
        if let marks {
            if let slot = marks.slot(node) { captured[slot] = dy }
            if !marks.hasLeadingParent(node) { return }
        }
        guard let op = node.ctx else {
            if node.isFreed { BackwardPass.failFreed() }
            return addToGrad(dy, of: node)
        }
        if op.hasChanged(since: node) { failChanged(op, node) }
        if Recording.mayBeObserved, let observer = Recording.current.observer {
            observer.observeBackward(op, node) {
                op.propagate(dy, from: node) { parent, gradient in
                    observer.observeGradient(gradient, of: parent, from: op)
                    deliver(gradient, to: parent, from: node)
                }
            }
        } else {
            propagate(dy, op, node)
        }
        if node.hasFreedHistory { BackwardPass.failFreed() }
        node.releaseParents(&ready)
        if graph == .keep { return }
        node.freeHistory()
        // No pass comes here again, and a hook may hold its own tensor.
        if node.hasExtras { node.extras?.hooks.removeAll() }
        if graph == .destroy, !spared.contains(ObjectIdentifier(node)) {
            node.data = NDArray(
                absent: node.shape, node.dtype, .released, beside: node.data.backend)
        }
    }

    private func propagate(_ dy: Tensor, _ op: Op, _ node: Tensor) {
        op.propagate(dy, from: node) { parent, gradient in
            self.deliver(gradient, to: parent, from: node)
        }
    }

    /// Sets `pendingUses` of every tensor that passes gradients on to the number of its uses. Roots
    /// that do have one more, for the gradient they start with: these are returned.
    private func countUses(above roots: [(tensor: Tensor, seed: Tensor)]) -> [Tensor] {
        var started: [Tensor] = []
        for (root, _) in roots where !root.awaitsUses && root.passesOn(marks) {
            root.pendingUses = 1
            started.append(root)
        }
        var stack = started
        while let node = stack.popLast() {
            if node.hasFreedHistory { BackwardPass.failFreed() }
            node.countParents(marks, &stack)
        }
        return started
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
