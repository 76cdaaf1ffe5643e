public import Tensor

/// What operations cost: time, calls and memory by operation, forward and backward apart.
///
/// `print(profile)` shows it as a table; `chromeTrace` draws it in a browser.
public struct Profile: Sendable {
    /// What one pass of an operation cost.
    public struct Cost: Sendable, Equatable {
        /// How often it ran.
        public internal(set) var calls = 0
        /// Time in it, without that of operations inside it.
        public internal(set) var seconds = 0.0
        /// Memory it allocated for results; views allocate none.
        public internal(set) var bytes = 0
        /// The multiply-adds of matrix products, convolutions, attention (as if no position were
        /// masked) and recurrent layers; 0 in backward passes, whose parts aren't told apart.
        public internal(set) var multiplyAdds = 0
    }

    /// One operation, or one place.
    public struct Row: Sendable, Equatable {
        /// The name of the operation, or the scopes of the place.
        public let name: String
        /// What its forward passes cost, those in recomputed segments included.
        public internal(set) var forward = Cost()
        /// What its rule in backward passes cost.
        public internal(set) var backward = Cost()
        /// The bytes of its results that were alive when most memory was in use.
        public internal(set) var heldAtPeak = 0

        /// Forward and backward together.
        public var seconds: Double { forward.seconds + backward.seconds }
    }

    /// All launches of one kernel.
    public struct Kernel: Sendable, Equatable {
        /// The name: that of the scalar function, where there is one.
        public let name: String
        /// How often it was launched.
        public let launches: Int
        /// Bytes read and written.
        public let bytes: Int
        /// Floating-point operations and function values; a multiply-add counts as two.
        public let operations: Int
    }

    /// One run of an operation.
    public struct Event: Sendable, Equatable {
        /// The name of the operation.
        public let name: String
        /// Whether it was its rule in a backward pass that ran.
        public let isBackward: Bool
        /// Seconds since the profile began.
        public let start: Double
        /// How long it ran, operations inside it included.
        public let seconds: Double
        /// The shapes of the inputs.
        public let shapes: [Shape]
        /// The scopes in which it was called.
        public let place: String?
        /// The bytes of all results alive after it.
        public let liveBytes: Int
    }

    /// The operations, those that took longest first.
    public let operations: [Row]
    /// The same by the scopes in which operations were called, in the order of their first call;
    /// empty if there were none.
    public let places: [Row]
    /// The kernels that were launched, those that touched most bytes first.
    public let kernels: [Kernel]
    /// Every run of an operation in order, unless they weren't asked for.
    public let events: [Event]
    /// Time from beginning to end, in operations and between them.
    public let seconds: Double
    /// The most that results of operations held at one time.
    public let peakBytes: Int
    /// What was allocated on the backend before.
    public let bytesBefore: Int
    /// The most that was allocated on the backend, by anyone, at one time.
    public let backendPeakBytes: Int

    /// The row of an operation.
    public subscript(operation: String) -> Row? { operations.first { $0.name == operation } }
}

/// Runs `body` and measures its operations, on this task and those it starts.
///
///     let (_, profile) = profile { loss(model(images), labels).backward() }
///     print(profile)
///
/// Each operation is waited for, which slows devices that work ahead, and none writes its result
/// over an operand that is no longer needed. The backend's `resetPeakMemory` is called.
///
/// - Parameters:
///   - device: whose memory is reported; the scope's if nil.
///   - events: whether each run of an operation is listed, for `chromeTrace`.
public func profile<R>(
    on device: Device? = nil, events: Bool = true, _ body: () throws -> R
) rethrows -> (result: R, profile: Profile) {
    let profiler = Profiler(on: NDArray.backend(device), keepsEvents: events)
    let result = try profiler.counter.count { try Recording.observing(profiler, body) }
    return (result, profiler.profile())
}
