internal import CUDA
internal import CUDAKernels
import Synchronization

/// Elements on their way from a GPU, and what the launches before them found wrong, which is looked
/// at when they are waited for.
final class CUDAHostReading: HostReading {
    private struct Work {
        let reading: CUDAReading
        /// Of how many launches the report behind the elements tells; nil without one.
        let launches: Int?
    }

    private let work = Mutex<Work?>(nil)
    private let byteCount: Int
    private let backend: CUDABackend

    init(_ byteCount: Int, on backend: CUDABackend) {
        self.byteCount = byteCount
        self.backend = backend
    }

    func begin(_ memory: UnsafeRawPointer) throws(CUDAProblem) {
        let place = backend.reports.place()
        var parts = [(memory: memory, byteCount: byteCount)]
        if let place { parts.append((place.memory, CUDAReports.size)) }
        let reading = try backend.context.read(parts)
        work.withLock { $0 = Work(reading: reading, launches: place?.launches) }
    }

    func finish(into host: UnsafeMutableRawPointer) {
        let work = work.withLock { $0 }
        let isDone = backend.perform("copy from \(backend.device)") { () throws(CUDAProblem) in
            guard let work else { throw CUDAProblem("nothing is on its way") }
            let bytes = try work.reading.bytes()
            bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                host.copyMemory(from: base, byteCount: byteCount)
                guard let launches = work.launches else { return }
                let report = (base + byteCount).loadUnaligned(as: ft_cuda_report.self)
                backend.reports.check(report, launches: launches)
            }
        }
        if !isDone { host.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
    }
}
