import FTSupport
import Synchronization
import Testing

@testable import Tensor

@Suite("The thread pool")
struct ThreadPoolTests {
    @Test("runs each task once", arguments: [0, 1, 2, 1000])
    func once(_ count: Int) {
        let pool = ThreadPool(threads: 3)
        let total = Atomic(0)
        for _ in 0..<50 {
            pool.run(count) { total.add($0 + 1, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 50 * count * (count + 1) / 2)
        withExtendedLifetime(Pools.shared.keep(pool)) {}
    }

    @Test("runs a job inside a job on the spot")
    func nested() {
        let total = Atomic(0)
        CPUBackend.shared.pool.run(8) { _ in
            CPUBackend.shared.pool.run(8) { _ in total.add(1, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 64)
    }

    @Test("serves two threads at once")
    func concurrent() {
        final class Counter: Sendable { let value = Atomic(0) }
        let counter = Counter()
        let threads = (0..<2).map { _ in
            POSIXThread {
                for _ in 0..<500 {
                    CPUBackend.shared.pool.run(16) { _ in
                        counter.value.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(counter.value.load(ordering: .relaxed) == 2 * 500 * 16)
    }

    @Test("uses no more threads than it is told, and at least one")
    func limits() {
        let pool = ThreadPool(threads: 2)
        pool.threads = 0
        #expect(pool.threads == 1)
        pool.threads = 100
        #expect(pool.threads == 2)
        withExtendedLifetime(Pools.shared.keep(pool)) {}
    }
}

/// Pools live as long as the process, for their threads never end.
private final class Pools: Sendable {
    static let shared = Pools()
    private let pools = Mutex<[ThreadPool]>([])
    func keep(_ pool: ThreadPool) { pools.withLock { $0.append(pool) } }
}

@Suite("Block sizes")
struct SizeClassTests {
    @Test("hold what was asked for, waste at most an eighth and have one list each")
    func sizes() {
        var lists: [Int: Int] = [:]
        for bytes in Array(0...5000) + [1 << 20, (1 << 20) + 1, 3 << 30, (1 << 40) - 1] {
            let (index, size) = CachingAllocator.sizeClass(bytes)
            #expect(size >= bytes && size % 64 == 0)
            #expect(size <= max(64, bytes + max(64, bytes / 8)))
            #expect(lists[index, default: size] == size)
            lists[index] = size
        }
    }
}
