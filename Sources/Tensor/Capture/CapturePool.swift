import Synchronization

/// The memory of a step while it is recorded: blocks that only its arrays use, handed out again as
/// arrays come and go. When the step's own memory is planned, those blocks stay that somebody still
/// holds arrays in, at the addresses they have.
final class CapturePool: @unchecked Sendable {
    private struct State {
        var free: [Int: [UnsafeMutableRawPointer]] = [:]
        var blocks: [(pointer: UnsafeMutableRawPointer, size: Int)] = []
        var live: [UInt32: UnsafeMutableRawPointer] = [:]
        var lastSerial: UInt32 = 0
        /// After recording nothing more is handed out: what comes back belongs to a replay.
        var isSealed = false
    }
    // Safe to share: the blocks belong to the pool, and the mutex guards the lists.
    private let lock = Mutex(())
    private var state = State()
    let backend: any Backend

    init(on backend: any Backend) { self.backend = backend }

    deinit {
        for (pointer, size) in state.blocks { backend.deallocate(pointer, byteCount: size) }
    }

    /// Bytes of all blocks.
    var byteCount: Int { withLock { $0.blocks.reduce(0) { $0 + $1.size } } }

    private func withLock<R>(_ body: (inout State) -> R) -> R {
        lock.withLock { _ in body(&state) }
    }

    func allocate(byteCount: Int) -> (pointer: UnsafeMutableRawPointer, serial: UInt32) {
        let size = CachingAllocator.sizeClass(byteCount).size
        return withLock { state in
            state.lastSerial += 1
            let serial = state.lastSerial
            if let block = state.free[size]?.popLast() {
                state.live[serial] = block
                return (block, serial)
            }
            let fresh = backend.allocate(byteCount: size)
            state.blocks.append((fresh, size))
            state.live[serial] = fresh
            return (fresh, serial)
        }
    }

    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int, _ serial: UInt32) {
        let size = CachingAllocator.sizeClass(byteCount).size
        withLock { state in
            state.live[serial] = nil
            if !state.isSealed { state.free[size, default: []].append(pointer) }
        }
    }

    /// Ends recording: gives the numbers of the storages that still exist, and all blocks back that
    /// none of them lies in.
    func seal() -> Set<UInt32> {
        withLock { state in
            state.isSealed = true
            let kept = Set(state.live.values)
            for (pointer, size) in state.blocks where !kept.contains(pointer) {
                backend.deallocate(pointer, byteCount: size)
            }
            state.blocks.removeAll { !kept.contains($0.pointer) }
            state.free = [:]
            return Set(state.live.keys)
        }
    }
}

/// The block of memory that a captured step plans for itself.
final class CaptureArena: @unchecked Sendable {
    // Safe to share: the address doesn't change; the bytes belong to the step.
    let pointer: UnsafeMutableRawPointer
    let byteCount: Int
    private let backend: any Backend

    init(byteCount: Int, on backend: any Backend) {
        self.byteCount = byteCount
        self.backend = backend
        pointer = backend.allocate(byteCount: max(1, byteCount))
    }

    deinit { backend.deallocate(pointer, byteCount: max(1, byteCount)) }
}
