import Glibc
import Synchronization

/// What an allocator has given out, in bytes and counts.
package struct MemoryStatistics: Sendable, Equatable {
    /// Bytes in use now, rounded up to block sizes.
    package var live = 0
    /// The most that was ever in use at once since the last reset.
    package var peak = 0
    /// Bytes kept for reuse.
    package var cached = 0
    /// Blocks handed out.
    package var allocations = 0
    /// Blocks handed out that had been used before.
    package var reused = 0

    /// Nothing yet.
    package init() {}
}

/// Hands out 64-byte aligned blocks and keeps returned ones for the next request of their size.
///
/// Block sizes are multiples of 64 up to 1 KiB and then eight steps per power of two, so at most an
/// eighth is wasted. Blocks beyond `cacheLimit` bytes go back to the system.
final class CachingAllocator: @unchecked Sendable {
    private struct State {
        var free: [[UnsafeMutableRawPointer]] = Array(repeating: [], count: 512)
        var statistics = MemoryStatistics()
    }
    // Safe to share: the pointers in the free lists belong to nobody else, and the state is touched
    // only by whoever holds the lock.
    @exclusivity(unchecked) private var state = State()
    private let isLocked = Atomic(false)
    private let cacheLimit: Int

    init(cacheLimit: Int) { self.cacheLimit = cacheLimit }

    /// A lock that spins: what it guards takes nanoseconds, less than a system lock does.
    @inline(__always)
    private func withLock<R>(_ body: (inout State) -> R) -> R {
        while isLocked.exchange(true, ordering: .acquiring) {
            while isLocked.load(ordering: .relaxed) { sched_yield() }
        }
        defer { isLocked.store(false, ordering: .releasing) }
        return body(&state)
    }

    var statistics: MemoryStatistics { withLock { $0.statistics } }

    func resetPeak() { withLock { $0.statistics.peak = $0.statistics.live } }

    func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        if byteCount > HostMemory.byteCount {
            fail(
                "memory", "\(byteCount) bytes are more than this machine's \(HostMemory.byteCount)",
                hint: "use smaller arrays, a smaller batch or model")
        }
        let (sizeClass, size) = CachingAllocator.sizeClass(byteCount)
        let cached: UnsafeMutableRawPointer? = withLock { state in
            state.statistics.allocations += 1
            state.statistics.live += size
            state.statistics.peak = max(state.statistics.peak, state.statistics.live)
            guard let block = state.free[sizeClass].popLast() else { return nil }
            state.statistics.reused += 1
            state.statistics.cached -= size
            return block
        }
        if let cached { return cached }
        if let fresh = aligned_alloc(64, size) { return fresh }
        // What is kept for reuse may be what the system lacks.
        trim()
        if let fresh = aligned_alloc(64, size) { return fresh }
        fail(
            "memory", "the system has no \(size) bytes left",
            hint: "\(statistics.live - size) are in use, none kept for reuse; "
                + "use a smaller batch or model")
    }

    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        let (sizeClass, size) = CachingAllocator.sizeClass(byteCount)
        let kept = withLock { state in
            state.statistics.live -= size
            guard state.statistics.cached + size <= cacheLimit else { return false }
            state.statistics.cached += size
            state.free[sizeClass].append(pointer)
            return true
        }
        if !kept { free(pointer) }
    }

    /// Gives every cached block back to the system.
    func trim() {
        withLock { state in
            for sizeClass in state.free.indices {
                for block in state.free[sizeClass] { free(block) }
                state.free[sizeClass] = []
            }
            state.statistics.cached = 0
        }
    }

    /// The index of the free list for a request and the size of its blocks.
    static func sizeClass(_ byteCount: Int) -> (index: Int, size: Int) {
        if byteCount <= 1024 {
            let index = byteCount <= 64 ? 0 : (byteCount - 1) >> 6
            return (index, (index + 1) << 6)
        }
        let exponent = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let step = 1 << (exponent - 3)
        let size = (byteCount + step - 1) & ~(step - 1)
        let position = (size >> (exponent - 3)) - 8
        return (16 + (exponent - 10) * 8 + position, size)
    }
}
