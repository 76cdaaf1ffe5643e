// The counting of a backward pass. It stands here and not with the engine because accesses to a
// tensor's fields are checked at run time outside this module, at a tenth of a small operation's
// cost.
extension Tensor {
    /// Whether gradients flow through this tensor to others: then it waits for all of them. A pass
    /// that captures targets has `marks` that say so.
    package final func passesOn(_ marks: PassMarks?) -> Bool {
        if let marks { return marks.passesOn(self) }
        return requiresGrad && (!isLeaf || extras != nil)
    }

    /// Whether the pass under way counted uses of this tensor and still waits for some: then it
    /// passes gradients on, whatever has been changed about it since.
    package final var awaitsUses: Bool { pendingUses > 0 }

    /// Gives the graph above this tensor up, for good.
    package final func freeHistory() {
        isFreed = true
        forgetHistory()
    }

    package final var hasExtras: Bool { extras != nil }

    package final var hasFreedHistory: Bool { isFreed }

    /// Counts this tensor's use of its parents; those used for the first time go on `stack`.
    package final func countParents(_ marks: PassMarks?, _ stack: inout [Tensor]) {
        if let first = held(firstParent), first._withUnsafeGuaranteedRef({ $0.countUse(marks) }) {
            stack.append(first.takeUnretainedValue())
        }
        if let second = held(secondParent), second._withUnsafeGuaranteedRef({ $0.countUse(marks) })
        {
            stack.append(second.takeUnretainedValue())
        }
        for parent in otherParents where parent.countUse(marks) { stack.append(parent) }
    }

    /// Marks this tensor's use of its parents as done; those without further uses are `ready`.
    package final func releaseParents(_ ready: inout [Tensor]) {
        if let first = held(firstParent), first._withUnsafeGuaranteedRef({ $0.endUse() }) {
            ready.append(first.takeUnretainedValue())
        }
        if let second = held(secondParent), second._withUnsafeGuaranteedRef({ $0.endUse() }) {
            ready.append(second.takeUnretainedValue())
        }
        for parent in otherParents where parent.endUse() { ready.append(parent) }
    }

    /// A parent, which this tensor keeps alive meanwhile: so nobody counts a reference.
    @inline(__always)
    private func held(_ parent: Tensor?) -> Unmanaged<Tensor>? {
        parent.map { Unmanaged.passUnretained($0) }
    }

    /// Whether this is the first use.
    private func countUse(_ marks: PassMarks?) -> Bool {
        guard passesOn(marks) else { return false }
        let uses = pendingUses + 1
        pendingUses = uses
        return uses == 1
    }

    /// Whether this was the last use.
    package final func endUse() -> Bool {
        let uses = pendingUses
        guard uses > 0 else { return false }
        pendingUses = uses - 1
        return uses == 1
    }
}
