internal import CKernels
import FTSupport
import Synchronization

/// The threads that every CPU kernel shares, matrix products included.
///
/// `run` cuts nothing itself: callers cut work by its size alone, so results don't depend on the
/// number of threads. A call from inside a task, or while another thread holds the pool, runs its
/// tasks one after the other on the spot.
final class ThreadPool: @unchecked Sendable {
    // Safe to share: `body` and `taskCount` are written by the one thread that holds `busy`, before
    // `isOpen` is stored and read by workers after they load it; `run` returns only when no worker
    // is inside the job any more. The rest are atomics and the monitor's own lock.
    private var body: UnsafePointer<(Int) -> Void>?
    private var taskCount = 0
    private let busy = Atomic(false)
    private let isOpen = Atomic(false)
    private let generation = Atomic(0)
    private let nextTask = Atomic(0)
    private let active = Atomic(0)
    private let sleepers = Atomic(0)
    private let limit = Atomic(0)
    /// As many as the system started.
    private let workerCount = Atomic(0)
    private let wake = Monitor()

    /// About 100 µs of spinning before a worker sleeps: longer than the pauses within a train step.
    private static let spins = 4000

    /// Whether work started in this scope stays on its thread.
    @TaskLocal static var staysOnThread = false

    /// A pool of `threads` threads, or as many as the system starts, the caller being one of them.
    init(threads: Int) {
        var started = 0
        while started < threads - 1,
            POSIXThread.detach({ [unowned self, started] in self.work(started) })
        {
            started += 1
        }
        workerCount.store(started, ordering: .relaxed)
        limit.store(started, ordering: .relaxed)
    }

    /// How many threads take tasks: at most as many as the pool was made with.
    var threads: Int {
        get { limit.load(ordering: .relaxed) + 1 }
        set {
            let most = workerCount.load(ordering: .relaxed)
            limit.store(min(max(newValue - 1, 0), most), ordering: .relaxed)
        }
    }

    /// Calls `body` once for each index in 0..<count, in any order, on all threads; returns when
    /// all calls have.
    func run(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, limit.load(ordering: .relaxed) > 0, !ThreadPool.staysOnThread,
            !busy.exchange(true, ordering: .acquiring)
        else {
            for index in 0..<count { body(index) }
            return
        }
        withoutActuallyEscaping(body) { escapable in
            withUnsafePointer(to: escapable) { pointer in
                self.body = pointer
                taskCount = count
                nextTask.store(0, ordering: .relaxed)
                isOpen.store(true, ordering: .sequentiallyConsistent)
                generation.add(1, ordering: .sequentiallyConsistent)
                if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
                    wake.locked { wake.broadcast() }
                }
                takeTasks()
                isOpen.store(false, ordering: .sequentiallyConsistent)
                while active.load(ordering: .sequentiallyConsistent) > 0 { ft_pause() }
                self.body = nil
            }
        }
        busy.store(false, ordering: .releasing)
    }

    private func takeTasks() {
        guard let body else { return }
        while true {
            let index = nextTask.add(1, ordering: .relaxed).oldValue
            if index >= taskCount { return }
            body.pointee(index)
        }
    }

    private func work(_ index: Int) -> Never {
        var seen = 0
        while true {
            seen = waitForJob(after: seen)
            guard index < limit.load(ordering: .relaxed) else { continue }
            active.add(1, ordering: .sequentiallyConsistent)
            if isOpen.load(ordering: .sequentiallyConsistent) { takeTasks() }
            active.subtract(1, ordering: .sequentiallyConsistent)
        }
    }

    private func waitForJob(after seen: Int) -> Int {
        for _ in 0..<ThreadPool.spins {
            let current = generation.load(ordering: .acquiring)
            if current != seen { return current }
            ft_pause()
        }
        sleepers.add(1, ordering: .sequentiallyConsistent)
        wake.locked {
            wake.wait { generation.load(ordering: .sequentiallyConsistent) == seen }
        }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        return generation.load(ordering: .acquiring)
    }
}
