import Tensor

// What a captured function gives.
extension Tensor {
    /// Whether a derivative may flow through this result: by a transformation that is under way, or
    /// by a backward pass, for which nothing above it was freed yet.
    final var leadsOn: Bool {
        if trace != nil { return true }
        var seen: Set<ObjectIdentifier> = []
        var stack = [self]
        while let node = stack.popLast() {
            guard node.requiresGrad, seen.insert(ObjectIdentifier(node)).inserted else { continue }
            if node.isFreed { return false }
            stack += node.parents
        }
        return requiresGrad
    }

    /// The elements of this result where nobody writes over them, as a replay gives them; the
    /// result itself where a derivative may flow through it.
    final var ownResult: Tensor {
        trace != nil || requiresGrad && !isFreed ? self : Tensor(data.copy())
    }
}
