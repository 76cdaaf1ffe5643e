// The counting of a backward pass. It stands here and not with the engine because accesses to a
// tensor's fields are checked at run time outside this module, at a tenth of a small operation's
// cost.
extension Tensor {
    /// Whether gradients flow through this tensor to others: then it waits for all of them. Where
    /// only targets are captured, `TargetReach` has marked what leads to them.
    package final func passesOn(capturing: Bool) -> Bool {
        if capturing { return mark & 4 != 0 || mark & 2 != 0 && extras != nil }
        return requiresGrad && (!isLeaf || extras != nil)
    }

    /// Counts this tensor's use of its parents; those used for the first time go on `stack`.
    package final func countParents(capturing: Bool, _ stack: inout [Tensor]) {
        if let first = firstParent, first.countUse(capturing) { stack.append(first) }
        if let second = secondParent, second.countUse(capturing) { stack.append(second) }
        for parent in otherParents where parent.countUse(capturing) { stack.append(parent) }
    }

    /// Marks this tensor's use of its parents as done; those without further uses are `ready`.
    package final func releaseParents(capturing: Bool, _ ready: inout [Tensor]) {
        if let first = firstParent, first.endUse(capturing) { ready.append(first) }
        if let second = secondParent, second.endUse(capturing) { ready.append(second) }
        for parent in otherParents where parent.endUse(capturing) { ready.append(parent) }
    }

    /// Whether this is the first use.
    private func countUse(_ capturing: Bool) -> Bool {
        guard passesOn(capturing: capturing) else { return false }
        pendingUses += 1
        return pendingUses == 1
    }

    /// Whether this was the last use.
    private func endUse(_ capturing: Bool) -> Bool {
        guard passesOn(capturing: capturing) else { return false }
        pendingUses -= 1
        return pendingUses == 0
    }
}
