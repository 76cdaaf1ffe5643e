internal import CCUDA
import Synchronization

/// Copies from the host that nobody waits for: the bytes go through memory that the system may not
/// move, and on from there when the device comes to it.
final class CUDAStaging: Sendable {
    private struct Slot {
        let memory: UInt
        let size: Int
        let event: UInt
    }
    private struct State {
        var free: [Int: [Slot]] = [:]
        /// Those that the device may still read, in the order of their copies.
        var busy: [Slot] = []
        var byteCount = 0
    }

    /// Copies are cut into pieces of so many bytes.
    private static let piece = 4 << 20
    /// The most memory that is held; then copies wait for those before.
    private static let limit = 64 << 20

    private let state = Mutex(State())
    private let driver: CUDADriver
    private let stream: UInt

    init(_ driver: CUDADriver, _ stream: cuda_stream) {
        self.driver = driver
        self.stream = UInt(bitPattern: stream)
    }

    func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) throws(CUDAProblem) {
        for start in stride(from: 0, to: byteCount, by: CUDAStaging.piece) {
            let count = min(CUDAStaging.piece, byteCount - start)
            // In one go: a copy that was asked for earlier is made earlier.
            let (source, target) = (
                UInt(bitPattern: host + start), UInt(bitPattern: memory + start)
            )
            let result = state.withLock { state in
                Result { () throws(CUDAProblem) in
                    try copy(from: source, to: target, count, &state)
                }
            }
            try result.get()
        }
    }

    private func copy(
        from host: UInt, to memory: UInt, _ count: Int, _ state: inout State
    ) throws(CUDAProblem) {
        let slot = try take(count, &state)
        guard let source = UnsafeRawPointer(bitPattern: host),
            let staged = UnsafeMutableRawPointer(bitPattern: slot.memory),
            let stream = cuda_stream(bitPattern: stream),
            let event = cuda_event(bitPattern: slot.event)
        else { throw CUDAProblem("nothing can be copied") }
        staged.copyMemory(from: source, byteCount: count)
        let doing = "copying \(count) bytes from the host"
        do throws(CUDAProblem) {
            try driver.check(
                driver.api.cuMemcpyHtoDAsync_v2(cuda_address(memory), staged, count, stream), doing)
            try driver.check(driver.api.cuEventRecord(event, stream), doing)
        } catch {
            // The copy may have been asked for.
            _ = driver.api.cuStreamSynchronize(stream)
            end(slot, &state)
            throw error
        }
        state.busy.append(slot)
    }

    private func take(_ count: Int, _ state: inout State) throws(CUDAProblem) -> Slot {
        let size = CUDAAllocator.size(max(4096, count))
        collect(&state)
        if let slot = state.free[size]?.popLast() { return slot }
        while state.byteCount + size > CUDAStaging.limit, let oldest = state.busy.first {
            if let event = cuda_event(bitPattern: oldest.event) {
                try driver.check(
                    driver.api.cuEventSynchronize(event), "waiting for a copy from the host")
            }
            collect(&state)
            if let slot = state.free[size]?.popLast() { return slot }
            release(&state)
        }
        if state.byteCount + size > CUDAStaging.limit { release(&state) }
        return try make(size, &state)
    }

    /// Those whose copies are made are free.
    private func collect(_ state: inout State) {
        var done = 0
        while done < state.busy.count, let event = cuda_event(bitPattern: state.busy[done].event),
            driver.api.cuEventQuery(event) == 0
        {
            state.free[state.busy[done].size, default: []].append(state.busy[done])
            done += 1
        }
        state.busy.removeFirst(done)
    }

    private func make(_ size: Int, _ state: inout State) throws(CUDAProblem) -> Slot {
        let (memory, event) = try driver.pinned(
            size, "asking for \(size) bytes of the host that the device can read")
        state.byteCount += size
        return Slot(memory: memory, size: size, event: event)
    }

    /// Gives the free ones back to the system.
    private func release(_ state: inout State) {
        for slot in state.free.values.joined() { end(slot, &state) }
        state.free = [:]
    }

    private func end(_ slot: Slot, _ state: inout State) {
        driver.release(slot.memory, slot.event)
        state.byteCount -= slot.size
    }

    /// Gives everything back, when nothing runs any more.
    func close() {
        state.withLock { state in
            for slot in state.busy { end(slot, &state) }
            state.busy = []
            release(&state)
        }
    }
}
