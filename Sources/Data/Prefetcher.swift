import FTSupport
import Tensor

/// Makes elements on a thread of its own, a few ahead of whoever takes them.
///
/// Letting go of it stops the thread.
final class Prefetcher<Element: Sendable> {
    private let queue: BoundedQueue<Element>
    /// nil where the system starts no more; the queue then says so.
    private let thread: POSIXThread?

    /// Runs `make`, which hands over each element with `emit` and returns when that gives false.
    init(
        ahead: Int, _ make: @escaping @Sendable (_ emit: (Element) -> Bool) throws -> Void
    ) {
        let queue = BoundedQueue<Element>(capacity: ahead)
        self.queue = queue
        do throws(SystemProblem) {
            thread = try POSIXThread.start {
                CPUBackend.onThisThread { queue.finish(Result { try make(queue.push) }) }
            }
        } catch {
            thread = nil
            queue.finish(
                .failure(
                    DataError(
                        "threads",
                        "the system starts no thread to read data in: \(systemMessage(error.code)); "
                            + "allow more (ulimit -u) or more memory")))
        }
    }

    deinit {
        queue.cancel()
        thread?.join()
    }

    /// The next element, or nil at the end, with the seconds spent waiting for it.
    ///
    /// Elements made before an error come first.
    func next() throws -> (element: Element?, waited: Double) { try queue.next() }
}

/// Hands elements from one thread to another.
private final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    // Safe to share: everything below is touched only while `monitor` is locked.
    private let monitor = Monitor()
    private let capacity: Int
    private var waiting: [Element] = []
    private var end: Result<Void, any Error>?
    private var isCancelled = false

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    private func locked<R>(_ body: () throws -> R) rethrows -> R {
        try monitor.locked {
            defer { monitor.broadcast() }
            return try body()
        }
    }

    /// Adds an element, waiting while the queue is full; false once nobody wants more.
    func push(_ element: Element) -> Bool {
        locked {
            monitor.wait { waiting.count >= capacity && !isCancelled }
            if !isCancelled { waiting.append(element) }
            return !isCancelled
        }
    }

    /// Says that no more elements come, and why.
    func finish(_ result: Result<Void, any Error>) { locked { end = result } }

    /// Tells the maker to stop.
    func cancel() {
        locked {
            isCancelled = true
            waiting = []
        }
    }

    func next() throws -> (element: Element?, waited: Double) {
        try locked {
            var waited = 0.0
            if waiting.isEmpty, end == nil, !isCancelled {
                let start = Clock.seconds()
                monitor.wait { waiting.isEmpty && end == nil }
                waited = Clock.seconds() - start
            }
            if !waiting.isEmpty { return (waiting.removeFirst(), waited) }
            try end?.get()
            return (nil, waited)
        }
    }
}
