import Synchronization

/// How operations are recorded in the current scope.
package struct Recording: Sendable {
    package var isEnabled = true
    /// Which `checkpoint` the scope lies in; 0 outside.
    package var segment: UInt32 = 0
    /// How many backward passes are under way, one inside another.
    package var passDepth: UInt16 = 0
    /// In which numbers products are computed; see `autocast`.
    package var precision = AutocastPrecision.float32
    /// Told of every operation; see `OpObserver`.
    package var observer: (any OpObserver)?

    package init() {}

    @TaskLocal package static var current = Recording()

    private static let segments = Atomic<UInt32>(0)

    /// A number for a scope of recording: larger, modulo 2³², than those of the scopes it lies in.
    package static func newSegment() -> UInt32 {
        let number = segments.wrappingAdd(1, ordering: .relaxed).newValue
        return number == 0 ? newSegment() : number
    }

    /// Whether something of the segment `inner` was recorded while the scope `segment` was open.
    package static func isInside(_ segment: UInt32, _ inner: UInt32) -> Bool {
        inner != 0 && Int32(bitPattern: inner &- segment) >= 0
    }

    /// Runs `body` in a scope that differs from the current one by `change`.
    package static func with<R>(
        _ change: (inout Recording) -> Void, _ body: () throws -> R
    ) rethrows -> R {
        var scope = current
        change(&scope)
        return try $current.withValue(scope, operation: body)
    }
}

/// Whether operations are recorded for differentiation: on, except inside `noGrad`.
public enum GradMode {
    /// Whether operations of the current scope are recorded.
    public static var isEnabled: Bool { Recording.current.isEnabled }
}

/// Runs `body` without recording operations; nests with `enableGrad` in any order.
@discardableResult
public func noGrad<R>(_ body: () throws -> R) rethrows -> R {
    try Recording.with({ $0.isEnabled = false }, body)
}

/// As above, for a tensor: so `noGrad { … }.data` compiles with several statements inside.
@_disfavoredOverload
@discardableResult
public func noGrad(_ body: () throws -> Tensor) rethrows -> Tensor {
    try Recording.with({ $0.isEnabled = false }, body)
}

/// Runs `body` with recording on, also inside `noGrad`.
@discardableResult
public func enableGrad<R>(_ body: () throws -> R) rethrows -> R {
    try Recording.with({ $0.isEnabled = true }, body)
}

/// As above, for a tensor: see `noGrad`.
@_disfavoredOverload
@discardableResult
public func enableGrad(_ body: () throws -> Tensor) rethrows -> Tensor {
    try Recording.with({ $0.isEnabled = true }, body)
}

/// Watches operations as they run: the profiler and the search for NaN.
package protocol OpObserver: AnyObject, Sendable {
    /// Who watched before, and goes on watching.
    var outer: (any OpObserver)? { get }
    /// Runs `forward`, which computes `op` on `inputs`, and may look at what comes out.
    func observe(_ op: Op, _ inputs: [Tensor], _ forward: () -> Tensor) -> Tensor
    /// Runs `propagate`, which sends the gradients of `y`'s parents.
    func observeBackward(_ op: Op, _ y: Tensor, _ propagate: () -> Void)
    /// Sees what `propagate` sends to `parent`, before it is added to what others sent.
    func observeGradient(_ gradient: Tensor, of parent: Tensor, from op: Op)
}

extension Recording {
    /// How many scopes with an observer are open in the process: while there are none, operations
    /// don't look for one.
    private static let observed = Atomic(0)

    /// Has operations look for who is told of them while a step is recorded.
    static func beginNotes() { observed.add(1, ordering: .relaxed) }
    static func endNotes() { observed.subtract(1, ordering: .relaxed) }

    @inline(__always)
    package static var mayBeObserved: Bool { observed.load(ordering: .relaxed) != 0 }

    /// Runs `body` with `observer` told of its operations.
    package static func observing<R>(
        _ observer: any OpObserver, _ body: () throws -> R
    ) rethrows -> R {
        observed.add(1, ordering: .relaxed)
        defer { observed.subtract(1, ordering: .relaxed) }
        return try with({ $0.observer = observer }, body)
    }
}
