internal import CKernels
package import CUDA
internal import CUDAKernels
internal import FTSupport
import Synchronization

/// An NVIDIA GPU: kernels that are compiled for it when they are first wanted, and cuBLAS.
package final class CUDABackend: Backend {
    let context: CUDAContext
    let products: CUDAProducts
    let reports = CUDAReports()
    /// Those that are kept from step to step.
    private let steadyTables = CUDATables()
    var tables: CUDATables { notes?.tables ?? steadyTables }
    /// The numbers of options that compile chains of elementwise functions, by their instructions.
    let programs = Mutex<[[UInt8]: Int]>([:])
    package let device: Device
    /// Begins to work with a GPU; `device` is what it is known by.
    ///
    /// Throws where the GPU, CUDA's compiler or cuBLAS can't be used.
    package init(
        _ platform: CUDAPlatform, _ ordinal: Int, as device: Device? = nil
    ) throws(CUDAProblem) {
        context = try CUDAContext(platform, ordinal)
        _ = try platform.compiler()
        products = try CUDAProducts(context)
        self.device = device ?? .cuda(ordinal)
        try reports.begin(on: context)
    }

    /// The GPUs of this machine that were asked for.
    private static let opened = Mutex<[Int: Result<CUDABackend, CUDAProblem>]>([:])

    /// A GPU of this machine, which is found when it is first asked for.
    ///
    /// Throws where there is no driver, no such GPU, or where a library is missing.
    package static func ofMachine(_ ordinal: Int) throws(CUDAProblem) -> CUDABackend {
        let result = opened.withLock { opened in
            if let known = opened[ordinal] { return known }
            let fresh = Result { () throws(CUDAProblem) in
                try CUDABackend(CUDAPlatform.machine.get(), ordinal)
            }
            opened[ordinal] = fresh
            return fresh
        }
        return try result.get()
    }

    package var summary: String {
        let memory = Double(context.info.memory) / Double(1 << 30)
        return "\(device): \(context.info.name), \(Format.fixed(memory, 1)) GiB, "
            + "CUDA \(context.platform.driver.versionText)"
    }

    package var arithmetic: String {
        "\(context.info.name) (sm_\(context.info.architecture)), \(products.version)"
    }

    // Memory.

    package var alignment: Int { CUDAContext.alignment }

    package var memory: MemoryStatistics {
        let counts = context.counts
        var statistics = MemoryStatistics()
        statistics.live = counts.live
        statistics.peak = counts.peak
        statistics.cached = counts.cached
        statistics.allocations = counts.allocations
        statistics.reused = counts.reused
        return statistics
    }

    package func resetPeakMemory() { context.resetPeak() }

    /// Gives back the little that is kept from step to step, such as addresses of parameters.
    package func releaseTables() {
        steadyTables.clear(on: context)
        context.trim()
    }

    package func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        var memory = CUDABackend.nowhere
        perform("memory", hint: "use a smaller batch or model") { () throws(CUDAProblem) in
            memory = try context.allocate(byteCount)
        }
        guard let memory else { fail("memory", "there is no address for an array") }
        return memory
    }

    package func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        if CUDABackend.isNowhere(pointer) { return }
        context.deallocate(pointer, byteCount)
    }

    package func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) {
        if let notes {
            // The bytes of a recording are the same in each replay.
            return notes.attempt { () throws(CUDAProblem) in
                let bytes = Array(UnsafeRawBufferPointer(start: host, count: byteCount))
                let place = try notes.tables.place(bytes, on: context)
                guard let source = UnsafeRawPointer(bitPattern: place) else { return }
                try context.copy(from: source, to: memory, byteCount: byteCount)
            }
        }
        perform("copy to \(device)") { () throws(CUDAProblem) in
            try context.copyIn(from: host, to: memory, byteCount: byteCount)
            if context.waitsForEach { try context.synchronize() }
        }
    }

    package func send(
        _ host: UnsafeRawPointer, byteCount: Int
    ) -> UnsafeMutableRawPointer? {
        var memory = CUDABackend.nowhere
        perform("copy to \(device)", hint: "use a smaller batch or model") {
            () throws(CUDAProblem) in
            memory = try context.send(host, byteCount: byteCount)
        }
        return memory
    }

    package func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int
    ) {
        let isDone = perform("copy from \(device)") { () throws(CUDAProblem) in
            try context.copyOut(from: memory, to: host, byteCount: byteCount, waits: false)
            try reports.check(on: context)
        }
        if !isDone { host.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
    }

    package func read(_ memory: UnsafeRawPointer, byteCount: Int) -> (any HostReading)? {
        let reading = CUDAHostReading(byteCount, on: self)
        perform("copy from \(device)") { () throws(CUDAProblem) in try reading.begin(memory) }
        return reading
    }

    package func synchronize() {
        perform("\(device)") { () throws(CUDAProblem) in try reports.check(on: context) }
    }

    /// Memory that a call needs on its way; what follows on the stream may have it again.
    func withTemporary<R>(
        byteCount: Int, _ body: (UnsafeMutableRawPointer) throws(CUDAProblem) -> R
    ) throws(CUDAProblem) -> R {
        let memory = try context.allocate(byteCount)
        defer { context.deallocate(memory, byteCount) }
        return try body(memory)
    }
}
