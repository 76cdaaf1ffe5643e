import FTSupport
import Glibc
import Tensor

/// Work for a thread of its own, done in the order it was given, and as late as possible: when
/// somebody waits for it, or when much has piled up.
final class LateQueue: @unchecked Sendable {
    // Safe to share: everything is touched under the lock, and a piece of work by the thread alone.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var pending: [() -> Void] = []
    private var added = 0
    private var done = 0
    /// Up to where somebody wants the work done.
    private var wanted = 0
    private let limit: Int

    /// At most `limit` pieces lie around undone before the thread begins on its own.
    init(limit: Int) {
        self.limit = limit
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    /// Starts the thread. It never ends, and neither does the queue.
    func start() {
        _ = POSIXThread { [self] in
            while true {
                for work in next() { work() }
            }
        }
    }

    private func next() -> [() -> Void] {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        done = added - pending.count
        pthread_cond_broadcast(changed)
        while pending.isEmpty || (wanted <= done && pending.count < limit) {
            pthread_cond_wait(changed, lock)
        }
        defer { pending = [] }
        return pending
    }

    /// - Returns: by which number `wait` knows it.
    @discardableResult
    func add(_ work: @escaping () -> Void) -> Int {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        pending.append(work)
        added += 1
        if pending.count >= limit { pthread_cond_broadcast(changed) }
        return added
    }

    /// Waits until a piece of work and all before it is done; nil: everything that was added.
    func wait(for number: Int? = nil) {
        pthread_mutex_lock(lock)
        let last = number ?? added
        wanted = max(wanted, last)
        if done < last { pthread_cond_broadcast(changed) }
        while done < last { pthread_cond_wait(changed, lock) }
        pthread_mutex_unlock(lock)
    }
}
