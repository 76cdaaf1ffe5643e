/// What a pass by targets notes in `Tensor.mark`.
///
/// A pass may run inside another one, as when a backward function differentiates something itself;
/// both may meet the same tensors. The upper bits hold the depth of the pass that a note is of.
package struct PassMarks {
    package static let leadsToTarget: UInt16 = 2
    package static let hasLeadingParent: UInt16 = 4
    /// The walk ends here, whatever the parents are.
    package static let isEnd: UInt16 = 8
    package static let isTarget: UInt16 = 16
    /// An end whose hooks are for the pass outside to run.
    package static let isForeign: UInt16 = 32

    // What a comparison with `seen` leaves out: all notes, or all but the one that it asks for.
    private static let notes = leadsToTarget | hasLeadingParent | isEnd | isTarget | isForeign
    private static let notesButLeading = notes & ~leadsToTarget
    private static let notesButParent = notes & ~hasLeadingParent

    /// The depth, and that the tensor was seen.
    package let seen: UInt16

    /// Marks of a pass with as many under way around it, itself included; of one about to run if
    /// not said.
    package init(depth: UInt16 = Recording.current.passDepth + 1) {
        if depth >= 1 << 10 { fail("backward", "\(depth) backward passes run inside each other") }
        seen = depth << 6 | 1
    }

    package func hasSeen(_ tensor: Tensor) -> Bool { tensor.mark & ~PassMarks.notes == seen }

    package func leads(_ tensor: Tensor?) -> Bool {
        guard let tensor else { return false }
        return tensor.mark & ~PassMarks.notesButLeading == seen | PassMarks.leadsToTarget
    }

    /// Whether gradients flow through a tensor to others, or its hooks wait for all of them.
    package func passesOn(_ tensor: Tensor) -> Bool {
        if tensor.mark & ~PassMarks.notesButParent == seen | PassMarks.hasLeadingParent {
            return true
        }
        return tensor.extras != nil && leads(tensor) && tensor.mark & PassMarks.isForeign == 0
    }

    /// Whether the walk goes on above a tensor.
    package func hasLeadingParent(_ tensor: Tensor) -> Bool {
        tensor.mark & PassMarks.hasLeadingParent != 0
    }

    /// The position of a target of this pass.
    package func slot(_ tensor: Tensor) -> Int? {
        guard hasSeen(tensor), tensor.mark & PassMarks.isTarget != 0 else { return nil }
        return Int(tensor.target) - 1
    }
}
