extension CapturedStep {
    /// Something that a step took for granted.
    struct Condition {
        /// What happened where it no longer holds.
        let change: String
        let holds: () -> Bool
    }

    /// Whether a step can be replayed.
    package enum Standing {
        case holds
        /// Not here: the function is to be run as it is this time.
        case elsewhere
        /// No longer, for a reason.
        case changed(String)
    }

    /// Whether what the step relies on still holds, and inputs lie where it changes nothing.
    package func standing(on inputs: [NDArray]) -> Standing {
        for input in inputs
        where surroundings.changedKeys.contains(ObjectIdentifier(input.storage)) {
            return .elsewhere
        }
        var change: String?
        for found in surroundings.found {
            if found.tensor.trace != nil { return .elsewhere }
            change = change ?? found.change
        }
        change = change ?? otherChange
        return change.map { .changed($0) } ?? .holds
    }

    private var otherChange: String? {
        if surroundings.foundGradients.contains(where: { !$0.isThere }) {
            return "a gradient from before it that it uses is another one"
        }
        if surroundings.reads.contains(where: { $0.storage.version != $0.version }) {
            return "a tensor whose values it reads changes"
        }
        return surroundings.conditions.first { !$0.holds() }?.change
    }
}
