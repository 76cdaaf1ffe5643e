/// What a random stream's numbers depend on, beside the position.
package struct StreamName: Hashable, Sendable {
    package let seed: UInt64
    package let stream: UInt64

    package init(seed: UInt64, stream: UInt64) {
        self.seed = seed
        self.stream = stream
    }
}

/// Work that a device knows by heart, so that one call asks for all of it.
///
/// The calls of a step are recorded as they are, with their operands' addresses. What changes from
/// one replay to the next reaches the device otherwise: inputs are copied to where the step was
/// recorded, an optimizer's numbers lie in memory of their own as always, and how far the random
/// streams went is told in `perform`.
package protocol RecordedWork: AnyObject {
    /// Has the device do the work.
    ///
    /// - Parameter moves: how many blocks each of the recording's random streams is further than
    ///   its keys say.
    func perform(movedBy moves: [UInt64])
}

/// Why a device that learns calls didn't learn those of a step.
package struct Unrecorded: Error {
    package let reason: String
}
