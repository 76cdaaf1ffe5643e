import Glibc

/// A lock, and a condition to sleep on while another thread has it.
package final class Monitor: @unchecked Sendable {
    // Safe to share: both are POSIX objects made for it, at fixed addresses.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// A lock that nobody has. One that is `isReentrant` its holder may take again, but then not
    /// wait.
    package init(isReentrant: Bool = false) {
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        if isReentrant {
            pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
        }
        pthread_mutex_init(mutex, &attributes)
        pthread_mutexattr_destroy(&attributes)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Takes the lock, waiting while another thread has it.
    package func enter() { pthread_mutex_lock(mutex) }

    /// Gives the lock back.
    package func leave() { pthread_mutex_unlock(mutex) }

    /// Runs `body` while no other thread has the lock.
    package func locked<R>(_ body: () throws -> R) rethrows -> R {
        enter()
        defer { leave() }
        return try body()
    }

    /// Gives the lock, which the caller has, to others until `predicate` no longer holds; it is
    /// asked again after each `broadcast`.
    package func wait(while predicate: () -> Bool) {
        while predicate() { pthread_cond_wait(condition, mutex) }
    }

    /// Wakes all who wait.
    package func broadcast() { pthread_cond_broadcast(condition) }
}
