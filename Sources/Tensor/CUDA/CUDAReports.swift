internal import CKernels
internal import CUDA
internal import CUDAKernels
import Synchronization

/// What kernels find wrong with their operands while they run: they leave the place in the device's
/// memory, where it is looked at whenever the host waits anyway.
final class CUDAReports: Sendable {
    /// What a launch found wrong, by the place and the value that it left.
    typealias Complaint = @Sendable (_ position: Int, _ value: Int) -> KernelFault

    private struct State {
        /// Where kernels write, a `ft_cuda_report`.
        var memory: UInt = 0
        /// The ticket of the first launch that wasn't looked at yet.
        var first: UInt64 = 0
        var pending: [Complaint] = []
        /// How many launches were looked at.
        var passed = 0

        /// The first `launches` of all were looked at.
        mutating func pass(_ launches: Int) {
            let count = min(max(0, launches - passed), pending.count)
            pending.removeFirst(count)
            passed += count
            first = pending.isEmpty ? 0 : first + UInt64(count)
        }
    }

    static let size = MemoryLayout<ft_cuda_report>.size

    /// After so many launches the host waits for once.
    private static let limit = 1 << 16
    private static let tickets: UInt64 = 1 << 24
    private static let positions: UInt64 = 40

    private let state = Mutex(State())

    /// Clears the report of a device.
    func begin(on context: CUDAContext) throws(CUDAProblem) {
        let memory = try context.allocate(CUDAReports.size)
        var report = ft_cuda_report()
        report.key = .max
        try context.copyIn(from: &report, to: memory, byteCount: CUDAReports.size)
        state.withLock { $0.memory = UInt(bitPattern: memory) }
    }

    /// What the next launch is given so that it can report.
    func witness(
        on context: CUDAContext, _ complaint: @escaping Complaint
    ) throws(CUDAProblem) -> ft_cuda_witness {
        if let notes = context.companion as? GraphNotes { return standing(notes, complaint) }
        let ticket = try reserve([complaint], on: context)
        var witness = ft_cuda_witness()
        witness.report = report
        witness.ticket = ticket
        return witness
    }

    /// What a launch of a recording is given, which counts from a ticket that each replay tells.
    private func standing(
        _ notes: GraphNotes, _ complaint: @escaping Complaint
    ) -> ft_cuda_witness {
        var witness = ft_cuda_witness()
        witness.report = report
        witness.ticket = UInt64(notes.add(complaint))
        witness.base = UnsafePointer(notes.numbers.assumingMemoryBound(to: UInt64.self))
        return witness
    }

    private var report: UnsafeMutablePointer<ft_cuda_report>? {
        UnsafeMutablePointer(bitPattern: state.withLock { $0.memory })
    }

    /// The first of the tickets of launches that are about to be made.
    func reserve(
        _ complaints: [Complaint], on context: CUDAContext
    ) throws(CUDAProblem) -> UInt64 {
        // Before, for what is asked for later hasn't complained yet.
        if state.withLock({ $0.pending.count >= CUDAReports.limit }) { try check(on: context) }
        return state.withLock { state in
            let first = (state.first + UInt64(state.pending.count)) % CUDAReports.tickets
            state.pending += complaints
            return first
        }
    }

    /// Waits for the device, and ends the program where a launch reported something.
    func check(on context: CUDAContext) throws(CUDAProblem) {
        guard let place = place() else { return try context.synchronize() }
        var report = ft_cuda_report()
        try context.copyOut(from: place.memory, to: &report, byteCount: CUDAReports.size)
        check(report, launches: place.launches)
    }

    /// Where the report lies, and of how many launches since the device was begun it will tell when
    /// all of them are done; nil where none is left to look at.
    func place() -> (memory: UnsafeRawPointer, launches: Int)? {
        let (memory, passed, count) = state.withLock { ($0.memory, $0.passed, $0.pending.count) }
        guard count > 0, let source = UnsafeRawPointer(bitPattern: memory) else { return nil }
        return (source, passed + count)
    }

    /// Ends the program where a report tells of something that one of the first `launches` met.
    func check(_ report: ft_cuda_report, launches: Int) {
        if report.key == .max { return state.withLock { $0.pass(launches) } }
        let complaint: Complaint? = state.withLock { state in
            let ticket = report.key >> CUDAReports.positions
            let index = Int((ticket &- state.first) % CUDAReports.tickets)
            return index < state.pending.count ? state.pending[index] : nil
        }
        guard let complaint else {
            // Two threads launched at once, and one looked between the ticket and the launch.
            fail(
                "CUDA", "an operation met an index, a label or a divisor that it can't take",
                hint: "FAKETENSOR_CUDA_WAIT=each tells which one")
        }
        let position = Int(report.key & (1 << CUDAReports.positions - 1))
        complaint(position, Int(report.value)).stop()
    }
}
