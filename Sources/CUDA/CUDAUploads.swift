internal import CCUDA
import Synchronization

/// Arrays of the host that are sent ahead: they travel on a stream of their own while the device
/// computes, and what is asked for afterwards waits for them.
///
/// They lie in blocks that nothing else uses. A block that comes back is written again when what
/// used it is done, of which an event tells the stream; the host waits for nothing.
final class CUDAUploads: Sendable {
    private struct Block {
        let memory: UInt
        let size: Int
        /// Recorded when the block comes back.
        let event: UInt
    }
    private struct State {
        var stream: UInt = 0
        /// Recorded when an array has arrived.
        var arrival: UInt = 0
        /// Those that came back, the oldest first.
        var free: [Int: [Block]] = [:]
        var used: [UInt: Block] = [:]
        var freeBytes = 0
    }

    /// So many blocks of a size are kept; then the stream waits for the oldest.
    private static let most = 4
    /// The most memory that is kept for what will be sent: so much, or a part of the device's.
    private static let (least, share) = (256 << 20, 32)
    private let limit: Int

    private let state = Mutex(State())
    private let count = Atomic(0)
    private let driver: CUDADriver
    private let allocator: CUDAAllocator
    /// Where the device computes.
    private let main: UInt
    private let staging = Mutex<CUDAStaging?>(nil)

    /// - Parameter memory: how much the device has.
    init(
        _ driver: CUDADriver, _ allocator: CUDAAllocator, _ main: cuda_stream, memory: Int
    ) {
        limit = max(CUDAUploads.least, memory / CUDAUploads.share)
        self.driver = driver
        self.allocator = allocator
        self.main = UInt(bitPattern: main)
    }

    /// Memory with a copy of bytes that may change as soon as this returns.
    func send(
        _ host: UnsafeRawPointer, byteCount: Int
    ) throws(CUDAProblem) -> UnsafeMutableRawPointer {
        let source = UInt(bitPattern: host)
        let result: Result<UInt, CUDAProblem> = state.withLock { state in
            Result { () throws(CUDAProblem) in
                try send(source, byteCount, &state)
            }
        }
        guard let pointer = UnsafeMutableRawPointer(bitPattern: try result.get()) else {
            throw CUDAProblem("the driver gives memory at 0")
        }
        return pointer
    }

    private func send(
        _ host: UInt, _ byteCount: Int, _ state: inout State
    ) throws(CUDAProblem) -> UInt {
        let stream = try begin(&state)
        let block = try take(CUDAAllocator.size(byteCount), stream, &state)
        do throws(CUDAProblem) {
            try fill(block, from: host, byteCount, stream, state.arrival)
        } catch {
            // Some of it may be on its way, and nothing else would wait for that.
            _ = driver.api.cuStreamSynchronize(stream)
            release(block)
            throw error
        }
        state.used[block.memory] = block
        count.store(state.used.count, ordering: .relaxed)
        return block.memory
    }

    /// Sends bytes into a block; what the main stream does from now on finds them there.
    private func fill(
        _ block: Block, from host: UInt, _ byteCount: Int, _ stream: cuda_stream, _ arrival: UInt
    ) throws(CUDAProblem) {
        guard let source = UnsafeRawPointer(bitPattern: host),
            let memory = UnsafeMutableRawPointer(bitPattern: block.memory),
            let staging = staging.withLock({ $0 }), let main = cuda_stream(bitPattern: main),
            let arrival = cuda_event(bitPattern: arrival)
        else { throw CUDAProblem("nothing can be sent") }
        try staging.copyIn(from: source, to: memory, byteCount: byteCount)
        let doing = "sending \(byteCount) bytes"
        try driver.check(driver.api.cuEventRecord(arrival, stream), doing)
        try driver.check(driver.api.cuStreamWaitEvent(main, arrival, 0), doing)
    }

    private func begin(_ state: inout State) throws(CUDAProblem) -> cuda_stream {
        if let known = cuda_stream(bitPattern: state.stream) { return known }
        let doing = "making a stream for what is sent"
        var (made, event): (cuda_stream?, cuda_event?)
        let result = driver.api.cuStreamCreate(&made, UInt32(CUDA_STREAM_NON_BLOCKING))
        let stream = try driver.made(result, made, doing)
        do throws(CUDAProblem) {
            let result = driver.api.cuEventCreate(&event, UInt32(CUDA_EVENT_WITHOUT_TIME))
            state.arrival = UInt(bitPattern: try driver.made(result, event, doing))
        } catch {
            _ = driver.api.cuStreamDestroy_v2(stream)
            throw error
        }
        state.stream = UInt(bitPattern: stream)
        staging.withLock { $0 = CUDAStaging(driver, stream) }
        return stream
    }

    /// A block that the stream may write.
    private func take(
        _ size: Int, _ stream: cuda_stream, _ state: inout State
    ) throws(CUDAProblem) -> Block {
        if let oldest = state.free[size]?.first, let event = cuda_event(bitPattern: oldest.event) {
            let isDone = driver.api.cuEventQuery(event) == 0
            if isDone || state.free[size, default: []].count >= CUDAUploads.most {
                state.free[size]?.removeFirst()
                state.freeBytes -= size
                if !isDone {
                    try driver.check(
                        driver.api.cuStreamWaitEvent(stream, event, 0), "waiting for a block")
                }
                return oldest
            }
        }
        let memory = try allocator.allocate(size, for: .batches)
        do throws(CUDAProblem) {
            let event = try laggingEvent(stream)
            return Block(
                memory: UInt(bitPattern: memory), size: size, event: UInt(bitPattern: event))
        } catch {
            allocator.deallocate(memory, size, of: .batches)
            throw error
        }
    }

    /// An event for a new block, whose memory others may have had before: the stream waits until
    /// what they asked for is done.
    private func laggingEvent(_ stream: cuda_stream) throws(CUDAProblem) -> cuda_event {
        let doing = "making an event for what is sent"
        guard let main = cuda_stream(bitPattern: main) else { throw CUDAProblem(doing) }
        var made: cuda_event?
        var result = driver.api.cuEventCreate(&made, UInt32(CUDA_EVENT_WITHOUT_TIME))
        let event = try driver.made(result, made, doing)
        result = driver.api.cuEventRecord(event, main)
        if result == 0 { result = driver.api.cuStreamWaitEvent(stream, event, 0) }
        if result != 0 {
            _ = driver.api.cuEventDestroy_v2(event)
            throw driver.problem(result, doing)
        }
        return event
    }

    /// Takes a block back that what was asked for before may still use; false for one that wasn't
    /// sent.
    func takeBack(_ pointer: UnsafeMutableRawPointer) -> Bool {
        if count.load(ordering: .relaxed) == 0 { return false }
        return state.withLock { state in
            let place = UInt(bitPattern: pointer)
            guard let block = state.used.removeValue(forKey: place) else { return false }
            count.store(state.used.count, ordering: .relaxed)
            guard state.freeBytes + block.size <= limit,
                let event = cuda_event(bitPattern: block.event),
                let main = cuda_stream(bitPattern: main),
                driver.api.cuEventRecord(event, main) == 0
            else {
                release(block)
                return true
            }
            state.free[block.size, default: []].append(block)
            state.freeBytes += block.size
            return true
        }
    }

    /// Gives a block to whoever asks next: all that used it was asked for on the main stream.
    private func release(_ block: Block) {
        cuda_event(bitPattern: block.event).map { _ = driver.api.cuEventDestroy_v2($0) }
        UnsafeMutableRawPointer(bitPattern: block.memory).map {
            allocator.deallocate($0, block.size, of: .batches)
        }
    }

    /// Gives back what is kept for what will be sent.
    func trim() {
        state.withLock { state in
            for block in state.free.values.joined() { release(block) }
            state.free = [:]
            state.freeBytes = 0
        }
    }

    /// Gives everything back, when nothing runs any more.
    func close() {
        trim()
        state.withLock { state in
            guard let stream = cuda_stream(bitPattern: state.stream) else { return }
            _ = driver.api.cuStreamSynchronize(stream)
            staging.withLock { $0?.close() }
            cuda_event(bitPattern: state.arrival).map { _ = driver.api.cuEventDestroy_v2($0) }
            _ = driver.api.cuStreamDestroy_v2(stream)
            state.stream = 0
        }
    }
}
