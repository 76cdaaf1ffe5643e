import FTSupport
import Synchronization

/// What a function gives that three threads run at once, added up.
func runOnThreads(_ body: @escaping (_ thread: Int) -> Int) -> Int {
    struct Shared: @unchecked Sendable {
        // Safe to share: what is tested says that it is.
        let body: (Int) -> Int
    }
    let shared = Shared(body: body)
    let sum = Mutex(0)
    let threads = (0..<3).map { index in
        POSIXThread {
            let part = shared.body(index)
            sum.withLock { $0 += part }
        }
    }
    for thread in threads { thread.join() }
    return sum.withLock { $0 }
}
