internal import CKernels
internal import COpenBLAS
internal import FTSupport
import Glibc
import Synchronization

/// The processor: vector kernels for its instruction set, one pool of threads.
package final class CPUBackend: Backend {
    /// The one CPU backend of a process, made on first use.
    package static let shared = CPUBackend()
    /// The fewest rows whose products are computed as those of any more rows are.
    package static let fewestEvenRows = Int(FT_PRODUCT_FEW) + 1

    private let isa: Int32
    /// The kernels for this processor.
    let kernels: ft_kernels
    let pool: ThreadPool
    /// Whether convolutions of 3 by 3 may go by Winograd's fewer products; the environment's
    /// FAKETENSOR_WINOGRAD=off turns them off.
    package var usesWinograd: Bool {
        get { winograd.load(ordering: .relaxed) }
        set { winograd.store(newValue, ordering: .relaxed) }
    }
    private let winograd = Atomic(CPUBackend.allowsWinograd)
    private let allocator = CachingAllocator(cacheLimit: 1 << 30)

    private init() {
        isa = CPUBackend.chosenInstructionSet
        kernels = ft_kernels_for(isa).pointee
        pool = ThreadPool(threads: CPUBackend.defaultThreads)
        openblas_set_num_threads(1)
    }

    /// The best instruction set that the processor has, or a lower one by the environment's
    /// FAKETENSOR_ISA, to see that results don't depend on it.
    private static var chosenInstructionSet: Int32 {
        let wanted = wantedInstructionSet
        if wanted.isEmpty { return ft_isa_best() }
        guard let isa = instructionSets.firstIndex(of: wanted) else {
            fail("FAKETENSOR_ISA", instructionSetProblem ?? "")
        }
        return Int32(isa)
    }

    /// Why the instruction set that the environment names can't be used; nil where it can, or none
    /// is named.
    package static var instructionSetProblem: String? {
        let wanted = wantedInstructionSet
        if wanted.isEmpty || instructionSets.contains(wanted) { return nil }
        return "this processor has no instruction set '\(wanted)'; "
            + "it has \(instructionSets.joined(separator: ", "))"
    }

    private static var allowsWinograd: Bool {
        getenv("FAKETENSOR_WINOGRAD").map { String(cString: $0) != "off" } ?? true
    }

    private static var wantedInstructionSet: String {
        getenv("FAKETENSOR_ISA").map { String(cString: $0) } ?? ""
    }

    /// The names of those that this processor has, the lowest first.
    private static var instructionSets: [String] { (0...ft_isa_best()).map(name) }

    private static func name(_ isa: Int32) -> String {
        ft_isa_name(isa).map { String(cString: $0) } ?? ""
    }

    /// The processors this process may use, or fewer by the environment's OMP_NUM_THREADS.
    private static var defaultThreads: Int {
        var available = Machine.processors(among: Int(ft_processor_count()))
        if let text = getenv("OMP_NUM_THREADS"), let wanted = Int(String(cString: text)),
            wanted > 0
        {
            available = min(available, wanted)
        }
        return max(1, available)
    }

    /// How many threads kernels use, 1 up to the number the process started with. Results don't
    /// depend on it.
    package var threads: Int {
        get { pool.threads }
        set { pool.threads = newValue }
    }

    /// Runs `body` with all its kernels on the calling thread: for work beside training, which
    /// would otherwise find the pool taken.
    package static func onThisThread<R>(_ body: () throws -> R) rethrows -> R {
        try ThreadPool.$staysOnThread.withValue(true, operation: body)
    }

    package var device: Device { .cpu }

    package var summary: String {
        "cpu: \(CPUBackend.name(isa)), \(threads) \(threads == 1 ? "thread" : "threads")"
    }

    package var arithmetic: String {
        let sums = ft_isa_fuses(isa) ? "fused multiply-add" : "multiplication, then addition"
        return usesWinograd ? sums + ", Winograd convolutions" : sums
    }

    package var memory: MemoryStatistics { allocator.statistics }
    package func resetPeakMemory() { allocator.resetPeak() }

    package func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        allocator.allocate(byteCount: byteCount)
    }

    package func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        allocator.deallocate(pointer, byteCount: byteCount)
    }

    package func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) {
        memory.copyMemory(from: host, byteCount: byteCount)
    }

    package func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int
    ) {
        host.copyMemory(from: memory, byteCount: byteCount)
    }

    package func synchronize() {}

    /// Calls `body` with ranges that cover 0..<count, cut into pieces of `grain` elements.
    func parallel(_ count: Int, grain: Int, _ body: (Int64, Int64) -> Void) {
        if count <= grain { return body(0, Int64(count)) }
        let pieces = (count + grain - 1) / grain
        pool.run(pieces) { piece in
            body(Int64(piece * grain), Int64(min(count, (piece + 1) * grain)))
        }
    }
}
