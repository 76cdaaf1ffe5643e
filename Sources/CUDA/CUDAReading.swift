internal import CCUDA
import Synchronization

/// Bytes of the device on their way to the host: a copy that is waited for by itself, while what was
/// asked for after it goes on.
package final class CUDAReading: Sendable {
    private let slot: CUDAReadings.Slot
    private let readings: CUDAReadings

    fileprivate init(_ slot: CUDAReadings.Slot, of readings: CUDAReadings) {
        self.slot = slot
        self.readings = readings
    }

    deinit { readings.takeBack(slot) }

    /// Waits for the copy, and gives the bytes, those of one part behind those of another.
    package func bytes() throws(CUDAProblem) -> [UInt8] {
        try readings.wait(for: slot)
        let start = UnsafeRawPointer(bitPattern: slot.memory)
        return Array(UnsafeRawBufferPointer(start: start, count: slot.byteCount))
    }
}

/// The memory of copies to the host, which the device writes to when it comes to it.
final class CUDAReadings: Sendable {
    struct Slot {
        let memory: UInt
        let byteCount: Int
        /// Recorded behind the copy.
        let event: UInt
    }

    /// So many slots of a size are kept.
    private static let most = 4

    private let free = Mutex<[Int: [Slot]]>([:])
    private let driver: CUDADriver
    private let context: UInt
    private let stream: UInt

    init(_ driver: CUDADriver, _ context: cuda_context, _ stream: cuda_stream) {
        self.driver = driver
        self.context = UInt(bitPattern: context)
        self.stream = UInt(bitPattern: stream)
    }

    /// Readings are waited for and let go of on any thread.
    private func makeCurrent() {
        cuda_context(bitPattern: context).map { _ = driver.api.cuCtxSetCurrent($0) }
    }

    /// Begins to copy some parts of the device's memory, after what was asked for before.
    func begin(
        _ parts: [(memory: UnsafeRawPointer, byteCount: Int)]
    ) throws(CUDAProblem) -> CUDAReading {
        let count = parts.reduce(0) { $0 + $1.byteCount }
        let known = free.withLock { $0[count]?.popLast() }
        let slot = if let known { known } else { try make(count) }
        // The slot is taken back when nobody holds the reading.
        let reading = CUDAReading(slot, of: self)
        guard let stream = cuda_stream(bitPattern: stream),
            let start = UnsafeMutableRawPointer(bitPattern: slot.memory),
            let event = cuda_event(bitPattern: slot.event)
        else { throw CUDAProblem("nothing can be read") }
        let doing = "copying \(count) bytes to the host"
        var filled = 0
        for part in parts where part.byteCount > 0 {
            let result = driver.api.cuMemcpyDtoHAsync_v2(
                start + filled, address(part.memory), part.byteCount, stream)
            try driver.check(result, doing)
            filled += part.byteCount
        }
        try driver.check(driver.api.cuEventRecord(event, stream), doing)
        return reading
    }

    private func make(_ byteCount: Int) throws(CUDAProblem) -> Slot {
        let (memory, event) = try driver.pinned(
            byteCount, "asking for \(byteCount) bytes of the host that the device can write")
        return Slot(memory: memory, byteCount: byteCount, event: event)
    }

    fileprivate func wait(for slot: Slot) throws(CUDAProblem) {
        guard let event = cuda_event(bitPattern: slot.event) else { return }
        makeCurrent()
        try driver.check(
            driver.api.cuEventSynchronize(event), "copying \(slot.byteCount) bytes to the host")
    }

    fileprivate func takeBack(_ slot: Slot) {
        makeCurrent()
        // Nobody may have waited for it. One that failed is written by nothing any more.
        if let event = cuda_event(bitPattern: slot.event), driver.api.cuEventQuery(event) != 0 {
            _ = driver.api.cuEventSynchronize(event)
        }
        let isKept = free.withLock { free in
            let kept = free[slot.byteCount, default: []]
            guard kept.count < CUDAReadings.most else { return false }
            free[slot.byteCount] = kept + [slot]
            return true
        }
        if !isKept { driver.release(slot.memory, slot.event) }
    }

    /// Gives everything back, when nothing runs any more.
    func close() {
        free.withLock { free in
            for slot in free.values.joined() { driver.release(slot.memory, slot.event) }
            free = [:]
        }
    }
}

extension CUDADriver {
    /// Memory of the host that the system may not move, and an event for it.
    func pinned(
        _ byteCount: Int, _ doing: String
    ) throws(CUDAProblem) -> (memory: UInt, event: UInt) {
        var (made, event): (UnsafeMutableRawPointer?, cuda_event?)
        let memory = try self.made(api.cuMemAllocHost_v2(&made, byteCount), made, doing)
        do throws(CUDAProblem) {
            let result = api.cuEventCreate(&event, UInt32(CUDA_EVENT_WITHOUT_TIME))
            let event = try self.made(result, event, doing)
            return (UInt(bitPattern: memory), UInt(bitPattern: event))
        } catch {
            _ = api.cuMemFreeHost(memory)
            throw error
        }
    }

    /// Gives back what `pinned` made.
    func release(_ memory: UInt, _ event: UInt) {
        UnsafeMutableRawPointer(bitPattern: memory).map { _ = api.cuMemFreeHost($0) }
        cuda_event(bitPattern: event).map { _ = api.cuEventDestroy_v2($0) }
    }
}
