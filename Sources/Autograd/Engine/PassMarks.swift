import Tensor

/// What a pass by targets notes in `Tensor.mark`.
///
/// A pass may run inside another one, as when a backward function differentiates something itself;
/// both may meet the same tensors. The upper bits hold the depth of the pass that a note is of.
struct PassMarks {
    static let leadsToTarget: UInt16 = 2
    static let hasLeadingParent: UInt16 = 4
    /// The walk ends here, whatever the parents are.
    static let isEnd: UInt16 = 8
    static let isTarget: UInt16 = 16
    /// An end whose hooks are for the pass outside to run.
    static let isForeign: UInt16 = 32

    /// The depth, and that the tensor was seen.
    let seen: UInt16

    init() {
        let depth = Recording.current.passDepth + 1
        if depth >= 1 << 10 { fail("backward", "\(depth) backward passes run inside each other") }
        seen = depth << 6 | 1
    }

    @inline(__always)
    func hasSeen(_ tensor: Tensor) -> Bool { tensor.mark & ~62 == seen }

    @inline(__always)
    func leads(_ tensor: Tensor?) -> Bool {
        guard let tensor else { return false }
        return tensor.mark & ~60 == seen | PassMarks.leadsToTarget
    }

    /// Whether gradients flow through a tensor to others, or its hooks wait for all of them.
    @inline(__always)
    func passesOn(_ tensor: Tensor) -> Bool {
        if tensor.mark & ~58 == seen | PassMarks.hasLeadingParent { return true }
        return tensor.extras != nil && leads(tensor) && tensor.mark & PassMarks.isForeign == 0
    }

    /// The position of a target of this pass.
    @inline(__always)
    func slot(_ tensor: Tensor) -> Int? {
        guard hasSeen(tensor), tensor.mark & PassMarks.isTarget != 0 else { return nil }
        return Int(tensor.target) - 1
    }
}
