import Synchronization

/// The memory of a captured step: blocks that only its kernels use, handed out again within the step
/// as arrays come and go while it is recorded, and at the same addresses whenever it is replayed.
///
/// Lives as long as the step or any array in it.
final class CapturePool: Sendable {
    private struct State: ~Copyable {
        var free: [Int: [UnsafeMutableRawPointer]] = [:]
        var blocks: [(pointer: UnsafeMutableRawPointer, size: Int)] = []
        /// After recording nothing more is handed out: what comes back belongs to a replay.
        var isSealed = false
    }
    // The blocks belong to the pool; the mutex guards the lists.
    private let state = Mutex(State())
    let backend: any Backend

    init(on backend: any Backend) { self.backend = backend }

    deinit {
        state.withLock { state in
            for (pointer, size) in state.blocks { backend.deallocate(pointer, byteCount: size) }
        }
    }

    /// Bytes that the step needs for everything it makes.
    var byteCount: Int { state.withLock { $0.blocks.reduce(0) { $0 + $1.size } } }

    func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let size = CachingAllocator.sizeClass(byteCount).size
        let address: UInt = state.withLock { state in
            if let block = state.free[size]?.popLast() { return UInt(bitPattern: block) }
            let fresh = backend.allocate(byteCount: size)
            state.blocks.append((fresh, size))
            return UInt(bitPattern: fresh)
        }
        guard let block = UnsafeMutableRawPointer(bitPattern: address) else {
            fail("capture", "the system gave no memory for \(byteCount) bytes")
        }
        return block
    }

    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        let size = CachingAllocator.sizeClass(byteCount).size
        let address = UInt(bitPattern: pointer)
        state.withLock { state in
            guard !state.isSealed, let block = UnsafeMutableRawPointer(bitPattern: address) else {
                return
            }
            state.free[size, default: []].append(block)
        }
    }

    func seal() { state.withLock { $0.isSealed = true } }
}
