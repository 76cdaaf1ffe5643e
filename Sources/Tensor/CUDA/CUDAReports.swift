internal import CKernels
internal import CUDA
internal import CUDAKernels
import Synchronization

/// What kernels find wrong with their operands while they run: they leave the place in the device's
/// memory, where it is looked at whenever the host waits anyway.
final class CUDAReports: Sendable {
    /// What a launch may have to complain of, with what its sentence needs.
    enum Complaint: Sendable {
        case division(String)
        case index(String, rows: Int)
        case label(LabelTarget, classes: Int)
        case position(StaticString, size: Int)
        case requirement(StaticString)
        case place(elements: Int)
        case range
        case factor(MatrixFactor, StaticString, Shape)
        case system(MatrixSystem, StaticString, Shape)
    }

    private struct State {
        /// Where kernels write, a `ft_cuda_report`.
        var memory: UInt = 0
        /// The ticket of the first launch that wasn't looked at yet.
        var first: UInt64 = 0
        var pending: [Complaint] = []
    }

    /// After so many launches the host waits for once.
    private static let limit = 1 << 16
    private static let tickets: UInt64 = 1 << 24
    private static let positions: UInt64 = 40

    private let state = Mutex(State())

    /// Clears the report of a device.
    func begin(on context: CUDAContext) throws(CUDAProblem) {
        let memory = try context.allocate(MemoryLayout<ft_cuda_report>.size)
        var report = ft_cuda_report()
        report.key = .max
        let size = MemoryLayout<ft_cuda_report>.size
        try context.copyIn(from: &report, to: memory, byteCount: size)
        state.withLock { $0.memory = UInt(bitPattern: memory) }
    }

    /// What the next launch is given so that it can report.
    func witness(_ complaint: Complaint, on context: CUDAContext) throws(CUDAProblem)
        -> ft_cuda_witness
    {
        let (witness, isFull) = state.withLock { state in
            var witness = ft_cuda_witness()
            witness.report = UnsafeMutablePointer(bitPattern: state.memory)
            witness.ticket = (state.first + UInt64(state.pending.count)) % CUDAReports.tickets
            state.pending.append(complaint)
            return (Witness(value: witness), state.pending.count >= CUDAReports.limit)
        }
        if isFull { try check(on: context) }
        return witness.value
    }

    private struct Witness: @unchecked Sendable {
        // Safe to share: an address of the device, which the host only passes on.
        let value: ft_cuda_witness
    }

    /// Waits for the device, and ends the program where a launch reported something.
    func check(on context: CUDAContext) throws(CUDAProblem) {
        let (count, memory) = state.withLock { ($0.pending.count, $0.memory) }
        guard count > 0, let source = UnsafeRawPointer(bitPattern: memory) else {
            return try context.synchronize()
        }
        var report = ft_cuda_report()
        try context.copyOut(
            from: source, to: &report, byteCount: MemoryLayout<ft_cuda_report>.size)
        let complaint: Complaint? = state.withLock { state in
            defer {
                state.pending.removeFirst(min(count, state.pending.count))
                state.first = state.pending.isEmpty ? 0 : state.first + UInt64(count)
            }
            if report.key == .max { return nil }
            let ticket = report.key >> CUDAReports.positions
            let index = Int((ticket &- state.first) % CUDAReports.tickets)
            return index < state.pending.count ? state.pending[index] : nil
        }
        guard let complaint else { return }
        let position = Int(report.key & (1 << CUDAReports.positions - 1))
        complaint.end(at: position, value: Int(report.value))
    }
}

extension CUDAReports.Complaint {
    /// Ends the program with the sentence that the CPU has for it.
    fileprivate func end(at place: Int, value: Int) -> Never {
        switch self {
        case .division(let operation):
            fail(operation, "division by zero, met first at position \(place) of the result")
        case .index(let operation, let rows):
            fail(
                operation, "index \(value) at position \(place) is out of range for \(rows) rows")
        case .label(let target, let classes):
            fail(
                target.loss, "target \(value) at position \(place) is no class of 0..<\(classes)")
        case .position(let operation, let size):
            fail("\(operation)", "index \(value) is out of range for size \(size)")
        case .requirement(let sentence):
            let parts = "\(sentence)".split(separator: ":", maxSplits: 1)
            fail(String(parts[0]), String(parts[parts.count - 1].drop { $0 == " " }))
        case .factor(let factor, let operation, let shape):
            factor.refuse(operation, matrix: place, of: shape, code: value)
        case .system(let system, let operation, let shape):
            system.refuse(operation, matrix: place, of: shape, code: value)
        case .place(let count):
            fail("takeAlong", "index \(value) is out of range for rows of \(count) elements")
        case .range:
            let end = Double(bitPattern: UInt64(bitPattern: Int64(value)))
            fail(
                "histogram", "a range that ends at \(end) has no bins",
                hint: "give a range of numbers")
        }
    }
}
