import Glibc

/// The thread on which a scope was opened. A task started inside inherits the scope's task-local
/// values but may run on another thread: there the scope is to be ignored.
package struct HomeThread: Sendable {
    private let thread = pthread_self()

    package init() {}

    package var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 }
}
