import Glibc

/// A value that holds in a scope for the thread that opened it. A task started inside inherits the
/// scope's task-local values, but may run on another thread, or on this one when the scope has
/// ended: for it there is no value.
package final class ThreadScope<Value>: @unchecked Sendable {
    // Safe to share: the thread never changes, and on no other one is the value looked at or
    // changed.
    private let thread = pthread_self()
    private var held: Value?

    private init(_ value: Value) { held = value }

    /// The value; nil on another thread, or after the scope.
    package var value: Value? { pthread_equal(thread, pthread_self()) != 0 ? held : nil }

    /// Runs `body` with `value` as that of `local`, for this thread.
    package static func open<R>(
        _ value: Value, in local: TaskLocal<ThreadScope?>, _ body: () throws -> R
    ) rethrows -> R {
        let scope = ThreadScope(value)
        defer { scope.held = nil }
        return try local.withValue(scope, operation: body)
    }
}
