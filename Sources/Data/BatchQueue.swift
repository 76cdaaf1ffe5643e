import Glibc

/// Hands batches from the thread that makes them to the one that trains, a few ahead.
final class BatchQueue: @unchecked Sendable {
    // Safe to share: everything below is touched only while `mutex` is held.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private var waiting: [Batch] = []
    private var end: Result<Void, any Error>?
    private var isCancelled = false

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    private func locked<R>(_ body: () throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }

    /// Adds a batch, waiting while the queue is full; false once nobody wants more.
    func push(_ batch: Batch) -> Bool {
        locked {
            while waiting.count >= capacity, !isCancelled { pthread_cond_wait(changed, mutex) }
            if !isCancelled { waiting.append(batch) }
            return !isCancelled
        }
    }

    /// Says that no more batches come, and why.
    func finish(_ result: Result<Void, any Error>) { locked { end = result } }

    /// Tells the maker to stop.
    func cancel() {
        locked {
            isCancelled = true
            waiting = []
        }
    }

    /// The next batch, or nil at the end, with the seconds spent waiting for it.
    ///
    /// Batches made before an error come first.
    func next() throws -> (batch: Batch?, waited: Double) {
        try locked {
            var waited = 0.0
            if waiting.isEmpty, end == nil, !isCancelled {
                let start = monotonicSeconds()
                while waiting.isEmpty, end == nil { pthread_cond_wait(changed, mutex) }
                waited = monotonicSeconds() - start
            }
            if !waiting.isEmpty { return (waiting.removeFirst(), waited) }
            try end?.get()
            return (nil, waited)
        }
    }
}

/// Seconds on a clock that never goes back.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
