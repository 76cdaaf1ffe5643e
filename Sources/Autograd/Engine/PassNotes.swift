import Tensor

/// The notes of one pass on the tensors it meets, and those of the passes under way outside, which
/// it displaced there.
///
/// Tensors hold the notes of the innermost pass alone. A pass that may run inside another one
/// enters each tensor before it counts or delivers anything, and gives back at its end what lay
/// there.
struct PassNotes {
    let marks: PassMarks
    private var entered: [Tensor] = []
    private var displaced: [(tensor: Tensor, mark: UInt16, uses: Int32, cotangent: Tensor?)] = []

    /// Notes of a pass by targets that is about to run.
    init() { marks = PassMarks() }

    /// Notes of a pass that runs as the `depth`-th, through everything above `roots` to all leaves.
    init(enteringAbove roots: [Tensor], depth: UInt16) {
        marks = PassMarks(depth: depth)
        var stack = roots
        while let node = stack.popLast() {
            guard node.requiresGrad, !marks.hasSeen(node) else { continue }
            enter(node)
            node.mark |= PassMarks.leadsToTarget
            if let first = node.firstParent { stack.append(first) }
            if let second = node.secondParent { stack.append(second) }
            stack.append(contentsOf: node.otherParents)
        }
    }

    /// Marks a tensor as seen, with nothing else noted on it.
    mutating func enter(_ node: Tensor) {
        if node.mark != 0 || node.pendingUses != 0 || node.cotangent != nil {
            displaced.append((node, node.mark, node.pendingUses, node.cotangent))
            node.pendingUses = 0
            node.cotangent = nil
        }
        entered.append(node)
        node.mark = marks.seen
    }

    /// Clears the notes and gives back what they displaced.
    func reset() {
        for tensor in entered { tensor.mark = 0 }
        for (tensor, mark, uses, cotangent) in displaced {
            tensor.mark = mark
            tensor.pendingUses = uses
            tensor.cotangent = cotangent
        }
    }
}
