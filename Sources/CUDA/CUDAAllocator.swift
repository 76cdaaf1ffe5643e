internal import CCUDA
import Glibc
import Synchronization

/// What memory of a device is for.
enum CUDAOwner: Int, CaseIterable {
    case arrays, steps, batches, library

    /// In a sentence.
    var name: String {
        switch self {
        case .arrays: "arrays"
        case .steps: "recorded steps"
        case .batches: "batches that are sent ahead"
        case .library: "cuBLAS"
        }
    }
}

/// What a device's memory was asked for, in bytes and counts.
package struct CUDAMemoryCounts: Sendable, Equatable {
    /// In use, rounded up to block sizes.
    package var live = 0
    /// The most that was in use since the last reset.
    package var peak = 0
    /// Kept for reuse.
    package var cached = 0
    /// Blocks handed out.
    package var allocations = 0
    /// Blocks handed out that had been used before.
    package var reused = 0
}

/// Hands out a device's memory and keeps what comes back for the next request of its size.
///
/// A block that comes back may be handed out at once: whoever gets it uses it later on the same
/// stream. Sizes are multiples of 512 bytes and eight steps per power of two, of 64 MiB at most.
/// Small blocks are cut from larger ones, for which alone the driver is asked.
///
/// With `FAKETENSOR_CUDA_CACHE=off` each request is the driver's own block of that very size, given
/// back when all that was asked for is done: then tools that watch a device's memory see who writes
/// beyond an array, or after its end.
final class CUDAAllocator: Sendable {
    private struct State {
        var free: [Int: [UInt]] = [:]
        /// What is left of the block that small ones are cut from.
        var rest: Range<UInt> = 0..<0
        /// All that the driver gave.
        var owned: [UInt: Int] = [:]
        var counts = CUDAMemoryCounts()
        /// All bytes of the driver's blocks, and those in use by what they are for.
        var ownedBytes = 0
        var held = [Int](repeating: 0, count: CUDAOwner.allCases.count)
        /// How many blocks of each size are in use.
        var sizes: [Int: Int] = [:]
    }

    private static let granule = CUDAContext.alignment
    private static let longestStep = 64 << 20
    private static let slab = 2 << 20
    /// The largest size that is cut from a slab.
    private static let small = 256 << 10

    private let state = Mutex(State())
    private let driver: CUDADriver
    private let stream: UInt
    private let keeps: Bool

    init(_ driver: CUDADriver, _ stream: cuda_stream) {
        keeps = getenv("FAKETENSOR_CUDA_CACHE").map { String(cString: $0) } != "off"
        self.driver = driver
        self.stream = UInt(bitPattern: stream)
    }

    var counts: CUDAMemoryCounts { state.withLock { $0.counts } }
    func resetPeak() { state.withLock { $0.counts.peak = $0.counts.live } }

    /// The size of the block for a request.
    static func size(_ byteCount: Int) -> Int {
        if byteCount <= granule { return granule }
        let exponent = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let step = max(granule, min(longestStep, 1 << max(0, exponent - 3)))
        return (byteCount + step - 1) / step * step
    }

    func allocate(
        _ byteCount: Int, for owner: CUDAOwner = .arrays
    ) throws(CUDAProblem) -> UnsafeMutableRawPointer {
        let size = CUDAAllocator.size(byteCount)
        let result: Result<UInt, CUDAProblem> = state.withLock { state in
            let block: UInt
            if let known = state.free[size]?.popLast() {
                block = known
                state.counts.reused += 1
                state.counts.cached -= size
            } else {
                switch fresh(size, byteCount, &state) {
                case .success(let address): block = address
                case .failure(let problem): return .failure(problem)
                }
            }
            state.counts.allocations += 1
            state.counts.live += size
            state.counts.peak = max(state.counts.peak, state.counts.live)
            state.held[owner.rawValue] += size
            state.sizes[size, default: 0] += 1
            return .success(block)
        }
        guard let pointer = UnsafeMutableRawPointer(bitPattern: try result.get()) else {
            throw CUDAProblem("the driver gives memory at 0")
        }
        return pointer
    }

    func deallocate(
        _ pointer: UnsafeMutableRawPointer, _ byteCount: Int, of owner: CUDAOwner = .arrays
    ) {
        let size = CUDAAllocator.size(byteCount)
        state.withLock { state in
            state.held[owner.rawValue] -= size
            state.sizes[size, default: 0] -= 1
            state.counts.live -= size
            if !keeps { return giveBack(UInt(bitPattern: pointer), &state) }
            state.counts.cached += size
            state.free[size, default: []].append(UInt(bitPattern: pointer))
        }
    }

    /// Gives a block back to the driver, when what uses it is done.
    private func giveBack(_ block: UInt, _ state: inout State) {
        cuda_stream(bitPattern: stream).map { _ = driver.api.cuStreamSynchronize($0) }
        _ = driver.api.cuMemFree_v2(cuda_address(block))
        state.ownedBytes -= state.owned.removeValue(forKey: block) ?? 0
    }

    /// A block that nobody had before.
    private func fresh(
        _ size: Int, _ byteCount: Int, _ state: inout State
    ) -> Result<UInt, CUDAProblem> {
        if !keeps { return ask(max(1, byteCount), for: byteCount, &state) }
        if size > CUDAAllocator.small { return ask(size, for: size, &state) }
        if state.rest.count < size {
            switch ask(CUDAAllocator.slab, for: size, &state) {
            case .success(let start): state.rest = start..<start + UInt(CUDAAllocator.slab)
            case .failure(let problem): return .failure(problem)
            }
        }
        let start = state.rest.lowerBound
        state.rest = start + UInt(size)..<state.rest.upperBound
        return .success(start)
    }

    /// Asks the driver; if it has no more, once again when all that is kept was given back.
    private func ask(
        _ size: Int, for wanted: Int, _ state: inout State
    ) -> Result<UInt, CUDAProblem> {
        var address: cuda_address = 0
        var result = driver.api.cuMemAlloc_v2(&address, size)
        if result == CUDA_OUT_OF_MEMORY {
            trim(&state)
            result = driver.api.cuMemAlloc_v2(&address, size)
        }
        if result == CUDA_OUT_OF_MEMORY {
            return .failure(outOfMemory(wanted, state))
        }
        if result != 0 { return .failure(driver.problem(result, "asking for \(size) bytes")) }
        state.owned[UInt(address)] = size
        state.ownedBytes += size
        return .success(UInt(address))
    }

    /// What was asked for, who holds what, and what is left.
    private func outOfMemory(_ size: Int, _ state: State) -> CUDAProblem {
        var (free, total) = (0, 0)
        _ = driver.api.cuMemGetInfo_v2(&free, &total)
        var parts = CUDAOwner.allCases.compactMap { owner in
            let bytes = state.held[owner.rawValue]
            return bytes > 0 ? "\(owner.name) hold \(bytes)" : nil
        }
        if let largest = state.sizes.filter({ $0.value > 0 }).keys.max() {
            parts.append("the largest block in use has \(largest)")
        }
        parts.append("\(state.counts.cached) are kept for reuse in small blocks")
        let others = total - free - state.ownedBytes
        if others > 0 { parts.append("other programs and the driver hold \(others)") }
        let remark = free >= size ? ", too few in one piece" : ""
        return CUDAProblem(
            "the device has no \(size) bytes left; of its \(total), "
                + parts.joined(separator: ", ") + " and \(free) are free\(remark)",
            code: cuda_result(CUDA_OUT_OF_MEMORY))
    }

    /// Gives back what is kept, but for the small blocks.
    private func trim(_ state: inout State) {
        // What runs may still use it.
        if let stream = cuda_stream(bitPattern: stream) {
            _ = driver.api.cuStreamSynchronize(stream)
        }
        for (size, blocks) in state.free where size > CUDAAllocator.small {
            for block in blocks {
                _ = driver.api.cuMemFree_v2(cuda_address(block))
                state.owned[block] = nil
            }
            state.ownedBytes -= size * blocks.count
            state.counts.cached -= size * blocks.count
            state.free[size] = nil
        }
    }

    /// Gives everything back.
    func close() {
        state.withLock { state in
            for block in state.owned.keys { _ = driver.api.cuMemFree_v2(cuda_address(block)) }
            state = State()
        }
    }
}
