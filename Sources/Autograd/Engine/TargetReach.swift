import Tensor

/// Which tensors above some outputs lead to given targets: only they take part in a pass that
/// gives gradients by the targets.
///
/// Notes it on the tensors, in `mark`: bit 0 seen, bit 1 leads to a target or is one, bit 2 has a
/// parent that does; and in `target` the position of a target, from 1.
struct TargetReach {
    private var seen: [Tensor] = []
    private let targets: [Tensor]
    private let previous: [Int32]
    /// Whether something that requires a gradient, other than the targets, takes part: then the
    /// gradients themselves depend on it.
    private(set) var hasOtherSources = false

    init(from outputs: [Tensor], to targets: [Tensor]) {
        self.targets = targets
        previous = targets.map(\.target)
        for (position, target) in targets.enumerated() { target.target = Int32(position + 1) }
        for output in outputs { visit(output) }
        hasOtherSources = hasOtherSources || targets.contains { $0.ctx != nil && $0.requiresGrad }
    }

    /// Clears the notes.
    func reset() {
        for tensor in seen { tensor.mark = 0 }
        for (target, value) in zip(targets, previous) { target.target = value }
    }

    /// A depth-first walk: a tensor's parents are settled before it is looked at again.
    private mutating func visit(_ output: Tensor) {
        guard output.requiresGrad else { return }
        var stack = [output]
        while let node = stack.last {
            if node.mark == 0 {
                node.mark = 1
                seen.append(node)
                if node.isFreed { BackwardPass.failFreed() }
                if node.isLeaf && node.target == 0 || node.trace?.hidesHistory == true {
                    hasOtherSources = true
                }
                push(node.firstParent, &stack)
                push(node.secondParent, &stack)
                for parent in node.otherParents { push(parent, &stack) }
                continue
            }
            stack.removeLast()
            settle(node)
        }
    }

    private func push(_ parent: Tensor?, _ stack: inout [Tensor]) {
        guard let parent, parent.requiresGrad, parent.mark == 0 else { return }
        stack.append(parent)
    }

    private func settle(_ node: Tensor) {
        var parentLeads = (node.firstParent?.mark ?? 0) & 2
        parentLeads |= (node.secondParent?.mark ?? 0) & 2
        for parent in node.otherParents { parentLeads |= parent.mark & 2 }
        if node.target != 0 { node.mark |= 2 }
        if parentLeads != 0 { node.mark |= 6 }
    }
}
