import Synchronization

/// What a device met that it couldn't go on from: it has no memory left, or it is lost.
public struct DeviceProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where it happened.
    public let device: Device
    /// What happened, with the operation that was under way when it showed.
    public let description: String
    /// Whether the device is lost to the process; if not, it can be used again.
    public let isLost: Bool

    package init(_ device: Device, _ description: String, isLost: Bool) {
        self.device = device
        self.description = description
        self.isLost = isLost
    }
}

extension Device {
    /// Runs `body`, and throws a `DeviceProblem` where a GPU has no memory left for it or fails,
    /// instead of ending the program.
    ///
    ///     do { try Device.attempt { step(largeBatch) } } catch let problem as DeviceProblem {
    ///         print(problem)
    ///         step(smallBatch)
    ///     }
    ///
    /// From the problem on the device does nothing for this thread until `body` ends, and what is
    /// read from it is zeros: keep nothing of what `body` reads or computes when it throws. Arrays
    /// that it left elsewhere and that never came to be end the program when they are used. What is
    /// a mistake of the program still ends it.
    public static func attempt<R>(_ body: () throws -> R) throws -> R {
        try DeviceAttempt.run(body)
    }
}

/// A piece of work during which a device's problems are noted.
final class DeviceAttempt {
    /// The first that was met.
    var problem: DeviceProblem?

    @TaskLocal private static var scoped: ThreadScope<DeviceAttempt>?
    /// How many are open in the process: while none is, nobody looks.
    private static let open = Atomic(0)

    private init() {}

    /// That of this scope and thread, the innermost.
    static var current: DeviceAttempt? {
        open.load(ordering: .relaxed) == 0 ? nil : scoped?.value
    }

    static func run<R>(_ body: () throws -> R) throws -> R {
        let attempt = DeviceAttempt()
        open.add(1, ordering: .relaxed)
        defer { open.subtract(1, ordering: .relaxed) }
        let result = Result { try ThreadScope.open(attempt, in: $scoped, body) }
        if let problem = attempt.problem { throw problem }
        return try result.get()
    }
}
