import Tensor

/// Which tensors above some outputs lead to given targets: only they take part in a pass that
/// gives gradients by the targets.
///
/// Notes it on the tensors, in `mark` (see `PassMarks`), and in `target` the position of a target,
/// from 1.
struct TargetReach {
    private var notes = PassNotes()
    private let targets: [Tensor]
    private let previous: [Int32]
    private let segment: UInt32?
    /// Whether something that requires a gradient, other than the targets, takes part: then the
    /// gradients themselves depend on it.
    private(set) var hasOtherSources = false

    init(from outputs: [Tensor], to targets: [Tensor], within segment: UInt32? = nil) {
        self.targets = targets
        self.segment = segment
        var previous: [Int32] = []
        for (position, target) in targets.enumerated() {
            previous.append(target.target)
            target.target = Int32(position + 1)
        }
        self.previous = previous
        for output in outputs { visit(output) }
        hasOtherSources = hasOtherSources || targets.contains { $0.ctx != nil && $0.requiresGrad }
    }

    private var marks: PassMarks { notes.marks }

    /// Clears the notes.
    func reset() {
        notes.reset()
        // Backwards, for a tensor may be listed twice.
        for (target, value) in zip(targets, previous).reversed() { target.target = value }
    }

    /// A depth-first walk: a tensor's parents are settled before it is looked at again.
    private mutating func visit(_ output: Tensor) {
        guard output.requiresGrad else { return }
        var stack = [output]
        while let node = stack.last {
            if !marks.hasSeen(node) {
                enter(node)
                if node.mark & PassMarks.isEnd != 0 { continue }
                if node.isFreed { BackwardPass.failFreed() }
                push(node.firstParent, &stack)
                push(node.secondParent, &stack)
                for parent in node.otherParents { push(parent, &stack) }
                continue
            }
            stack.removeLast()
            settle(node)
        }
    }

    private mutating func enter(_ node: Tensor) {
        notes.enter(node)
        let isTarget = isTarget(node)
        if isTarget { node.mark |= PassMarks.isTarget }
        if let segment {
            let isInside = Recording.isInside(segment, node.segment)
            if isTarget || !isInside { node.mark |= PassMarks.isEnd }
            if !isInside { node.mark |= PassMarks.isForeign }
        }
        let isSource = node.isLeaf && !isVariableInside(node) || node.mark & PassMarks.isEnd != 0
        if isSource && !isTarget || node.trace?.hidesHistory == true { hasOtherSources = true }
    }

    /// Whether a leaf is a variable of a function that was differentiated inside the segment:
    /// nobody outside knows it.
    private func isVariableInside(_ leaf: Tensor) -> Bool {
        segment.map { Recording.isInside($0, leaf.segment) } ?? false
    }

    /// A position may also be that of an outer pass, which has other targets.
    private func isTarget(_ node: Tensor) -> Bool {
        let position = Int(node.target) - 1
        return position >= 0 && position < targets.count && targets[position] === node
    }

    private func push(_ parent: Tensor?, _ stack: inout [Tensor]) {
        guard let parent, parent.requiresGrad, !marks.hasSeen(parent) else { return }
        stack.append(parent)
    }

    private func settle(_ node: Tensor) {
        if node.mark & PassMarks.isTarget != 0 { node.mark |= PassMarks.leadsToTarget }
        if node.mark & PassMarks.isEnd != 0 { return }
        var parentLeads = marks.leads(node.firstParent) || marks.leads(node.secondParent)
        for parent in node.otherParents where !parentLeads { parentLeads = marks.leads(parent) }
        if parentLeads { node.mark |= PassMarks.leadsToTarget | PassMarks.hasLeadingParent }
    }
}
