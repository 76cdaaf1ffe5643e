internal import CCUDA
package import CUDAKernels
import Glibc
import Synchronization

/// A GPU at work: its memory, and one stream on which everything happens in the order in which it
/// was asked for.
package final class CUDAContext: @unchecked Sendable {
    // Safe to share: the driver's functions may be called on any thread once the context is made
    // current there, and what changes lies behind locks.
    package let platform: CUDAPlatform
    package let info: CUDADeviceInfo
    let driver: CUDADriver
    let stream: cuda_stream
    let recorder = CUDARecorder()
    private let context: cuda_context
    private let kernels = Mutex(Kernels())
    let allocator: CUDAAllocator
    let staging: CUDAStaging
    let uploads: CUDAUploads
    let readings: CUDAReadings
    /// Whether each call is waited for, so that what it met is told where it was made.
    package let waitsForEach: Bool

    /// Begins to work with a GPU.
    package init(_ platform: CUDAPlatform, _ ordinal: Int) throws(CUDAProblem) {
        self.platform = platform
        driver = platform.driver
        info = try driver.device(ordinal)
        let doing = "starting \(info.name)"
        guard info.architecture >= CUDADeviceInfo.leastArchitecture else {
            throw CUDAProblem(
                "\(info.name) has compute capability \(info.capability); "
                    + "7.5 or newer is needed")
        }
        var (made, stream): (cuda_context?, cuda_stream?)
        let retained = driver.api.cuDevicePrimaryCtxRetain(&made, info.handle)
        context = try driver.made(retained, made, doing)
        do throws(CUDAProblem) {
            try driver.check(driver.api.cuCtxSetCurrent(context), doing)
            let result = driver.api.cuStreamCreate(&stream, UInt32(CUDA_STREAM_NON_BLOCKING))
            self.stream = try driver.made(result, stream, doing)
        } catch {
            _ = driver.api.cuDevicePrimaryCtxRelease_v2(info.handle)
            throw error
        }
        allocator = CUDAAllocator(driver, self.stream)
        staging = CUDAStaging(driver, self.stream)
        uploads = CUDAUploads(driver, allocator, self.stream, memory: info.memory)
        readings = CUDAReadings(driver, context, self.stream)
        waitsForEach = getenv("FAKETENSOR_CUDA_WAIT").map { String(cString: $0) } == "each"
    }

    deinit {
        _ = driver.api.cuCtxSetCurrent(context)
        _ = driver.api.cuStreamSynchronize(stream)
        staging.close()
        uploads.close()
        readings.close()
        allocator.close()
        recorder.close(driver)
        _ = driver.api.cuStreamDestroy_v2(stream)
        _ = driver.api.cuDevicePrimaryCtxRelease_v2(info.handle)
    }

    /// Makes the context that of the calling thread.
    func makeCurrent() { _ = driver.api.cuCtxSetCurrent(context) }

    /// What was compiled and loaded, and the kernels that were looked up in it.
    private struct Kernels {
        var modules: [Module: UInt] = [:]
        var functions: [Function: UInt] = [:]
        /// What the compiler may be told beside a variant, by number; 0 is nothing.
        var options = [""]
        var numbers = ["": 0]
    }

    /// What the compiler is told, beside the sources.
    private struct Module: Hashable {
        let variant: UInt64
        let option: Int
    }

    private struct Function: Hashable {
        let kernel: Int32
        let module: Module
    }

    // Recorded steps.

    /// Where the calling thread's work goes.
    var target: cuda_stream { recorder.current?.stream ?? stream }

    /// Where the work of recorded steps goes.
    func recordingStream() throws(CUDAProblem) -> cuda_stream {
        makeCurrent()
        return try recorder.stream(driver)
    }

    /// What `record` was given, on the thread that records.
    package var companion: AnyObject? { recorder.current?.companion }

    /// A graph of what `body` asks for on this thread, none of which is done; nil where the driver
    /// knows no graphs, or each launch is to be waited for.
    ///
    /// Memory that is given back in `body` is kept for the graph alone. Copies from and to the host
    /// are made at once and are no part of it.
    package func record(
        with companion: AnyObject, _ body: () -> Void
    ) throws(CUDAProblem) -> CUDAGraph? {
        guard let graphs = driver.graphs, !waitsForEach else { return nil }
        makeCurrent()
        return try recorder.record(on: self, graphs, companion, body)
    }

    // Kernels.

    /// The number of an option for the compiler.
    package func number(ofOption option: String) -> Int {
        kernels.withLock { kernels in
            if let known = kernels.numbers[option] { return known }
            kernels.options.append(option)
            kernels.numbers[option] = kernels.options.count - 1
            return kernels.options.count - 1
        }
    }

    /// Runs a kernel; nothing where it has nothing to do.
    ///
    /// - Parameter option: the number of one more for the compiler, which makes code of its own of
    ///   it; 0 for none.
    package func launch<Arguments>(
        _ kernel: ft_cuda_kernel, _ arguments: Arguments, option: Int = 0
    ) throws(CUDAProblem) {
        let number = Int32(kernel.rawValue)
        let result: Result<Void, CUDAProblem> = withUnsafeBytes(of: arguments) { bytes in
            guard let base = bytes.baseAddress else { return .success(()) }
            // A structure of another size would be read beyond its end.
            guard bytes.count == Int(ft_cuda_kernel_bytes(number)) else {
                return .failure(CUDAProblem("the arguments are those of another kernel"))
            }
            let blocks = Int(ft_cuda_blocks(number, base))
            if blocks == 0 { return .success(()) }
            return Result { () throws(CUDAProblem) in
                try launch(number, base, option, blocks: blocks)
            }
        }
        try result.get()
    }

    private func launch(
        _ kernel: Int32, _ arguments: UnsafeRawPointer, _ option: Int, blocks: Int
    ) throws(CUDAProblem) {
        makeCurrent()
        let function = try self.function(kernel, ft_cuda_variant(kernel, arguments), option)
        let most = info.processors * Int(FT_CUDA_BLOCKS_PER_PROCESSOR)
        var parameter: UnsafeMutableRawPointer? = UnsafeMutableRawPointer(mutating: arguments)
        let result = driver.api.cuLaunchKernel(
            function, UInt32(min(blocks, max(1, most))), 1, 1, UInt32(FT_CUDA_THREADS), 1, 1, 0,
            target, &parameter, nil)
        try driver.check(result, "launching")
    }

    private func function(
        _ kernel: Int32, _ variant: UInt64, _ option: Int
    ) throws(CUDAProblem) -> cuda_function {
        let module = Module(variant: variant, option: option)
        let key = Function(kernel: kernel, module: module)
        let result: Result<UInt, CUDAProblem> = kernels.withLock { kernels in
            if let known = kernels.functions[key] { return .success(known) }
            return Result { () throws(CUDAProblem) in
                let known = kernels.modules[module]
                let option = kernels.options[module.option]
                let loaded = if let known { known } else { try load(module.variant, option) }
                kernels.modules[module] = loaded
                let function = try find(kernel, in: loaded)
                kernels.functions[key] = function
                return function
            }
        }
        guard let function = cuda_function(bitPattern: try result.get()) else {
            throw CUDAProblem("there is no such kernel")
        }
        return function
    }

    private func load(_ variant: UInt64, _ option: String) throws(CUDAProblem) -> UInt {
        let image = try platform.image(of: variant, option, for: info)
        var loaded: cuda_module?
        try driver.check(driver.api.cuModuleLoadData(&loaded, image), "loading kernels")
        return UInt(bitPattern: loaded)
    }

    private func find(_ kernel: Int32, in module: UInt) throws(CUDAProblem) -> UInt {
        guard let module = cuda_module(bitPattern: module),
            let name = ft_cuda_kernel_name(kernel)
        else { throw CUDAProblem("there is no kernel \(kernel)") }
        var function: cuda_function?
        try driver.check(
            driver.api.cuModuleGetFunction(&function, module, name),
            "looking for \(String(cString: name))")
        return UInt(bitPattern: function)
    }
}

/// An address as the driver takes it.
func address(_ pointer: UnsafeRawPointer) -> cuda_address {
    cuda_address(UInt(bitPattern: pointer))
}
