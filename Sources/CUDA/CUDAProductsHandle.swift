internal import CCUDA
import Synchronization

/// cuBLAS's state for a stream, used by one thread at a time.
final class CUDAProductsHandle: Sendable {
    private let library: CUDAProductsLibrary
    private let handle: Mutex<UInt>

    init(
        _ library: CUDAProductsLibrary, on stream: cuda_stream, _ workspace: CUDAWorkspace
    ) throws(CUDAProblem) {
        self.library = library
        let api = library.api
        var handle: cublas_handle?
        let result = api.cublasCreate_v2(&handle)
        guard result == 0, let handle else {
            throw CUDAProblem("cuBLAS (\(library.path)) can't be started (error \(result))")
        }
        self.handle = Mutex(UInt(bitPattern: handle))
        // Float32 as it is, not in the 19 bits of TF32, and sums of halves in float32 to the end.
        // Setting the stream forgets the workspace.
        guard api.cublasSetStream_v2(handle, stream) == 0,
            api.cublasSetWorkspace_v2(handle, workspace.memory, workspace.byteCount) == 0,
            api.cublasSetMathMode(handle, Int32(CUBLAS_MATH_OF_WIDE_SUMS)) == 0
        else { throw CUDAProblem("cuBLAS (\(library.path)) doesn't take the stream") }
    }

    deinit {
        let handle = handle.withLock { $0 }
        cublas_handle(bitPattern: handle).map { _ = library.api.cublasDestroy_v2($0) }
    }

    func use(_ body: (cublas_handle) -> cuda_result) -> cuda_result {
        use { handle in Optional(body(handle)) } ?? 1
    }

    /// The same of what may be refused.
    func use(_ body: (cublas_handle) -> cuda_result?) -> cuda_result? {
        handle.withLock { handle in
            guard let handle = cublas_handle(bitPattern: handle) else { return 1 }
            return body(handle)
        }
    }
}

/// Memory for cuBLAS's sums of parts. It decides by its size which way products go, so that a step
/// takes the same way launch by launch and recorded.
final class CUDAWorkspace: @unchecked Sendable {
    // Safe to share: the address doesn't change; the bytes are cuBLAS's.
    let memory: UnsafeMutableRawPointer
    let byteCount: Int
    private let context: CUDAContext

    /// As much as cuBLAS takes by itself: 32 MiB from Hopper on, 4 MiB before.
    init(_ context: CUDAContext) throws(CUDAProblem) {
        self.context = context
        byteCount = context.info.major >= 9 ? 32 << 20 : 4 << 20
        memory = try context.allocate(byteCount, for: .library)
    }

    deinit { context.release(memory, byteCount, of: .library) }
}
