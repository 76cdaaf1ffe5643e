import Glibc

/// The thread on which a scope was opened, and whether the scope is still open. A task started
/// inside inherits the scope's task-local values, but may run on another thread, or on this one
/// when the scope has ended: then the scope is to be ignored.
package final class HomeThread: @unchecked Sendable {
    // Safe to share: the thread never changes, and on no other one is the flag looked at or
    // changed.
    private let thread = pthread_self()
    private var isOpen = true

    package init() {}

    /// Whether this is the scope's thread, and the scope open.
    package var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 && isOpen }

    /// Ends the scope; called on its thread.
    package func close() { isOpen = false }
}
