import Glibc
import Synchronization
package import Tensor

/// A device for tests that is as hard on its users as a GPU: it computes what the CPU computes, to
/// the bit, but later, on a thread of its own, in memory that the host can't touch.
///
/// Reading or writing an array of it outside its kernels and copies ends the process. Memory that
/// nobody has written is full of 0xff: NaN in every float.
package final class StrictBackend: Backend {
    /// The strict device that tests share, `Device("strict")` once it has been asked for.
    package static let shared = StrictBackend(named: "strict")

    private let queue = LateQueue(limit: 64)
    private let arena = StrictArena()
    private let state = Mutex(State())

    private struct State {
        /// Blocks that were given back, by their size.
        var free: [Int: [UInt]] = [:]
        var statistics = MemoryStatistics()
        var counts = Counts()
    }

    /// How often the device was asked for something.
    package struct Counts: Sendable, Equatable {
        /// Kernels that were launched.
        package var kernels = 0
        /// Copies from the host, which don't wait.
        package var uploads = 0
        /// Copies to the host and other calls that wait for all kernels before.
        package var waits = 0
    }

    /// A device of its own, for whoever counts what it is asked for. It stays until the process
    /// ends.
    package init(named name: String) {
        device = .named(name)
        queue.start()
        Device.register(self, as: name)
    }

    package let device: Device
    package var summary: String { "\(device): \(arithmetic)" }
    package var arithmetic: String { CPUBackend.shared.arithmetic }

    /// What the device was asked for since it was made; other threads count too.
    package var counts: Counts { state.withLock { $0.counts } }

    package var memory: MemoryStatistics { state.withLock { $0.statistics } }
    package func resetPeakMemory() {
        state.withLock { $0.statistics.peak = $0.statistics.live }
    }

    // Memory.

    package func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let size = StrictArena.rounded(byteCount)
        let (reused, fresh) = state.withLock { state -> (UInt?, StrictArena.Block?) in
            state.statistics.allocations += 1
            state.statistics.live += size
            state.statistics.peak = max(state.statistics.peak, state.statistics.live)
            if let block = state.free[size]?.popLast() {
                state.statistics.reused += 1
                state.statistics.cached -= size
                return (block, nil)
            }
            return (nil, arena.reserve(byteCount: size))
        }
        if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) { return pointer }
        guard let fresh else { fail("StrictDevice", "there is no block") }
        queue.add { [self] in spoil(fresh) }
        return fresh.pointer
    }

    /// Kernels that use the block may still be to come: it is free when they have run.
    package func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        let block = StrictArena.Block(
            pointer: pointer, byteCount: StrictArena.rounded(byteCount))
        state.withLock { $0.statistics.live -= block.byteCount }
        queue.add { [self] in
            spoil(block)
            state.withLock { state in
                state.statistics.cached += block.byteCount
                state.free[block.byteCount, default: []].append(UInt(bitPattern: pointer))
            }
        }
    }

    private func spoil(_ block: StrictArena.Block) {
        arena.opening([block]) {
            _ = memset(block.pointer, 0xff, block.byteCount)
        }
    }

    // Copies.

    package func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) {
        state.withLock { $0.counts.uploads += 1 }
        // The host may change or free its bytes before the queue comes to them.
        let staged = [UInt8](UnsafeRawBufferPointer(start: host, count: byteCount))
        queue.add { [self] in
            arena.opening([StrictArena.Block(pointer: memory, byteCount: byteCount)]) {
                staged.withUnsafeBytes { bytes in
                    guard let base = bytes.baseAddress else { return }
                    memory.copyMemory(from: base, byteCount: byteCount)
                }
            }
        }
    }

    package func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int
    ) {
        queue.add { [self] in
            let source = UnsafeMutableRawPointer(mutating: memory)
            arena.opening([StrictArena.Block(pointer: source, byteCount: byteCount)]) {
                host.copyMemory(from: memory, byteCount: byteCount)
            }
        }
        synchronize()
    }

    package func read(_ memory: UnsafeRawPointer, byteCount: Int) -> (any HostReading)? {
        let bytes = StrictReading(byteCount, on: self)
        bytes.number = queue.add { [self] in
            let source = UnsafeMutableRawPointer(mutating: memory)
            arena.opening([StrictArena.Block(pointer: source, byteCount: byteCount)]) {
                bytes.place.copyMemory(from: memory, byteCount: byteCount)
            }
        }
        return bytes
    }

    /// Waits for a copy and what was asked for before it.
    fileprivate func wait(for number: Int) {
        state.withLock { $0.counts.waits += 1 }
        queue.wait(for: number)
    }

    package func synchronize() {
        state.withLock { $0.counts.waits += 1 }
        queue.wait()
    }

    // Kernels.

    package func run(
        _ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) {
        state.withLock { $0.counts.kernels += 1 }
        let call = LateCall(kernel, a, b, c, out, owner: self)
        queue.add { [self] in
            for range in call.ranges where !arena.contains(range.pointer) {
                fail(call.kernel.name, "an operand lies outside the strict device")
            }
            arena.opening(call.ranges) { call.run() }
        }
    }
}

/// Bytes that the queue brings to the host.
private final class StrictReading: HostReading, @unchecked Sendable {
    // Safe to share: the queue writes the bytes before anybody who waits for it reads them.
    let place: UnsafeMutableRawPointer
    var number = 0
    private let byteCount: Int
    private let backend: StrictBackend

    init(_ byteCount: Int, on backend: StrictBackend) {
        place = .allocate(byteCount: byteCount, alignment: 16)
        self.byteCount = byteCount
        self.backend = backend
    }

    deinit { place.deallocate() }

    func finish(into host: UnsafeMutableRawPointer) {
        backend.wait(for: number)
        host.copyMemory(from: place, byteCount: byteCount)
    }
}

/// A kernel to be run, on arrays that hold no reference to the memory they name: a reference would
/// keep results from being written over operands that nobody else can see.
private struct LateCall {
    let kernel: Kernel
    private let a, b, c, out: NDArray
    /// All memory that the kernel may touch: whole storages.
    private(set) var ranges: [StrictArena.Block] = []

    init(
        _ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray,
        owner: AnyObject
    ) {
        var ranges: [StrictArena.Block] = []
        func alias(_ x: NDArray) -> NDArray {
            let (pointer, byteCount) = (x.storage.pointer, x.storage.byteCount)
            if !ranges.contains(where: { $0.pointer == pointer && $0.byteCount == byteCount }) {
                ranges.append(StrictArena.Block(pointer: pointer, byteCount: byteCount))
            }
            let storage = Storage(
                wrapping: pointer, byteCount: byteCount, backend: CPUBackend.shared, owner: owner)
            return NDArray(
                storage: storage, dtype: x.dtype, shape: x.shape, strides: x.strides,
                offset: x.offset)
        }
        let aliased = kernel.list.map { ArrayList($0.arrays.map(alias)) }
        self.kernel = aliased.map { kernel.with($0) } ?? kernel
        self.a = alias(a)
        self.b = alias(b)
        self.c = alias(c)
        self.out = alias(out)
        self.ranges = ranges
    }

    func run() { CPUBackend.shared.run(kernel, a, b, c, into: out) }
}
