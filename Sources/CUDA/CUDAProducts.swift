internal import CCUDA
import Synchronization

/// cuBLAS.
package final class CUDAProductsLibrary: @unchecked Sendable {
    // Safe to share: the table never changes.
    let api: cuda_products
    /// Products with what follows them, where the library has such.
    let joint: CUDAJointProducts?
    /// Where its library lies.
    package let path: String
    /// The release, such as "12.8.4".
    package let version: String

    init(_ symbols: CUDASymbols) throws(CUDAProblem) {
        api = symbols.load { cuda_products_load($0, $1) }
        if let missing = api.missing { throw symbols.lacks(missing) }
        path = symbols.path
        var numbers: [Int32] = [0, 0, 0]
        for part in 0..<3 { _ = api.cublasGetProperty(Int32(part), &numbers[part]) }
        joint = CUDAJointProducts(symbols, release: numbers)
        version = numbers.map { "\($0)" }.joined(separator: ".")
    }
}

/// A matrix of rows: whether its rows or, `isTransposed`, its columns are contiguous, and how far
/// from one to the next.
package struct CUDAMatrix {
    package let pointer: UnsafeRawPointer
    package let isTransposed: Bool
    package let step: Int
    /// From a matrix to the next one of a batch, in elements.
    package let stride: Int

    package init(_ pointer: UnsafeRawPointer, isTransposed: Bool, step: Int, stride: Int = 0) {
        self.pointer = pointer
        self.isTransposed = isTransposed
        self.step = step
        self.stride = stride
    }
}

/// The sizes of a product [m, k] · [k, n], of so many matrices of equal distances.
package struct CUDAProductSize {
    package let m: Int
    package let n: Int
    package let k: Int
    package let count: Int

    package init(m: Int, n: Int, k: Int, count: Int = 1) {
        self.m = m
        self.n = n
        self.k = k
        self.count = count
    }
}

/// What matrices hold, and in which numbers products are added up.
package enum CUDANumbers {
    case float32, float64
    /// Float32 that is multiplied with 11 significant bits.
    case tf32
    /// Halves, added up in float32.
    case float16, bfloat16

    var type: Int32 {
        switch self {
        case .float32, .tf32: Int32(CUBLAS_FLOAT)
        case .float64: Int32(CUBLAS_DOUBLE)
        case .float16: Int32(CUBLAS_HALF)
        case .bfloat16: Int32(CUBLAS_BFLOAT)
        }
    }

    var compute: Int32 {
        switch self {
        case .float32, .float16, .bfloat16: Int32(CUBLAS_COMPUTE_FLOAT)
        case .float64: Int32(CUBLAS_COMPUTE_DOUBLE)
        case .tf32: Int32(CUBLAS_COMPUTE_TF32)
        }
    }
}

/// Matrix products on the stream of a context.
package final class CUDAProducts: Sendable {
    private let context: CUDAContext
    private let library: CUDAProductsLibrary
    /// cuBLAS's state for the context's stream, and that for recorded steps once there is one.
    private let handle: CUDAProductsHandle
    private let recordingHandle = Mutex<CUDAProductsHandle?>(nil)
    /// Room for both: what they have to do never happens at once.
    private let workspace: CUDAWorkspace
    /// The library and its release.
    package var version: String { "cuBLAS \(library.version)" }

    package init(_ context: CUDAContext) throws(CUDAProblem) {
        self.context = context
        library = try context.platform.products()
        workspace = try CUDAWorkspace(context)
        handle = try CUDAProductsHandle(library, on: context.stream, workspace)
    }

    deinit { context.makeCurrent() }

    /// The state for what the calling thread asks for.
    private func currentHandle() throws(CUDAProblem) -> CUDAProductsHandle {
        if context.companion == nil { return handle }
        return try recordingHandle(on: context.target)
    }

    private func recordingHandle(
        on stream: cuda_stream
    ) throws(CUDAProblem) -> CUDAProductsHandle {
        let result: Result<CUDAProductsHandle, CUDAProblem> = recordingHandle.withLock { known in
            if let known { return .success(known) }
            return Result { () throws(CUDAProblem) in
                let made = try CUDAProductsHandle(library, on: stream, workspace)
                known = made
                return made
            }
        }
        return try result.get()
    }

    /// Makes what recorded steps need before one is recorded: cuBLAS may wait for the device as it
    /// begins, and as it multiplies for the first time, which would end a recording.
    package func prepareToRecord() throws(CUDAProblem) {
        let stream = try context.recordingStream()
        if recordingHandle.withLock({ $0 != nil }) { return }
        let handle = try recordingHandle(on: stream)
        let byteCount = 3 * CUDAProducts.trial
        let memory = try context.allocate(byteCount, for: .library)
        defer { context.release(memory, byteCount, of: .library) }
        try context.set(memory, to: 0, byteCount: byteCount)
        try context.synchronize()
        let matrices = (0..<3).map {
            CUDAMatrix(memory + $0 * CUDAProducts.trial, isTransposed: false, step: 16)
        }
        let (left, right) = (matrices[0], matrices[1])
        let (out, size) = (memory + 2 * CUDAProducts.trial, CUDAProductSize(m: 16, n: 16, k: 16))
        for numbers in [CUDANumbers.float32, .float16] {
            try check(handle.use { call($0, left, right, size, numbers, into: out) }, size)
            let joint = CUDAJointProducts.Call(
                a: left, b: right, size: size, numbers: numbers, bias: right.pointer, out: out)
            // What it says of this one doesn't matter.
            _ = handle.use { library.joint?.run(joint, $0, stream, workspace) }
        }
        try context.driver.check(
            context.driver.api.cuStreamSynchronize(stream), "beginning with cuBLAS")
    }

    /// The bytes of a matrix that is multiplied to begin with: 16 rows of 16 float32.
    private static let trial = 1024

    /// Contiguous `out` [count, m, n] = a · b, none of which is empty.
    package func multiply(
        _ a: CUDAMatrix, _ b: CUDAMatrix, _ size: CUDAProductSize, _ numbers: CUDANumbers,
        into out: UnsafeMutableRawPointer
    ) throws(CUDAProblem) {
        try check(a, b, size)
        let numbers = suited(numbers)
        let result = try currentHandle().use { call($0, a, b, size, numbers, into: out) }
        try check(result, size)
    }

    /// TF32 where the GPU has it.
    private func suited(_ numbers: CUDANumbers) -> CUDANumbers {
        numbers == .tf32 && context.info.major < 8 ? .float32 : numbers
    }

    /// `out` [m, n] = a · b plus `bias` [n] on each row; false where the library has no product of
    /// this form with a bias, and nothing was done.
    package func multiply(
        _ a: CUDAMatrix, _ b: CUDAMatrix, _ size: CUDAProductSize, _ numbers: CUDANumbers,
        adding bias: UnsafeRawPointer, into out: UnsafeMutableRawPointer
    ) throws(CUDAProblem) -> Bool {
        guard size.count == 1, let joint = library.joint else { return false }
        try check(a, b, size)
        let call = CUDAJointProducts.Call(
            a: a, b: b, size: size, numbers: suited(numbers), bias: bias, out: out)
        let stream = context.target
        let result = try currentHandle().use { joint.run(call, $0, stream, workspace) }
        guard let result else { return false }
        // What it couldn't do, cuBLAS may; unless the GPU is lost.
        if result != 0 { try tellOfDevice() }
        return result == 0
    }

    private func check(
        _ a: CUDAMatrix, _ b: CUDAMatrix, _ size: CUDAProductSize
    ) throws(CUDAProblem) {
        let most = Int(Int32.max)
        guard size.m <= most, size.n <= most, size.k <= most, size.count <= most,
            a.step <= most, b.step <= most
        else { throw CUDAProblem("cuBLAS takes no matrices with 2³¹ rows or columns") }
        context.makeCurrent()
    }

    private func check(_ result: cuda_result, _ size: CUDAProductSize) throws(CUDAProblem) {
        if result == 0 { return }
        try tellOfDevice()
        let lacksMemory = result == Int32(CUBLAS_OUT_OF_MEMORY)
        throw CUDAProblem(
            "cuBLAS gives error \(result) for [\(size.m), \(size.k)] · [\(size.k), \(size.n)]",
            code: lacksMemory ? Int32(CUDA_OUT_OF_MEMORY) : nil)
    }

    /// Throws what the device met before, of which cuBLAS only says that it can't go on.
    private func tellOfDevice() throws(CUDAProblem) {
        if context.companion == nil { try context.synchronize() }
    }

    /// cuBLAS's matrices lie by columns: to it, ours are transposed, and so is the product.
    private func call(
        _ handle: cublas_handle, _ a: CUDAMatrix, _ b: CUDAMatrix, _ size: CUDAProductSize,
        _ numbers: CUDANumbers, into out: UnsafeMutableRawPointer
    ) -> cuda_result {
        func operation(_ matrix: CUDAMatrix) -> Int32 {
            Int32(matrix.isTransposed ? CUBLAS_TRANSPOSED : CUBLAS_PLAIN)
        }
        let (type, compute) = (numbers.type, numbers.compute)
        let algorithm = Int32(CUBLAS_DEFAULT_ALGORITHM)
        let (m, n, k) = (Int32(size.m), Int32(size.n), Int32(size.k))
        func run(_ one: UnsafeRawPointer, _ zero: UnsafeRawPointer) -> cuda_result {
            if size.count == 1 {
                return library.api.cublasGemmEx(
                    handle, operation(b), operation(a), n, m, k, one, b.pointer, type,
                    Int32(b.step), a.pointer, type, Int32(a.step), zero, out, type, n, compute,
                    algorithm)
            }
            return library.api.cublasGemmStridedBatchedEx(
                handle, operation(b), operation(a), n, m, k, one, b.pointer, type, Int32(b.step),
                Int64(b.stride), a.pointer, type, Int32(a.step), Int64(a.stride), zero, out, type,
                n, Int64(size.m * size.n), Int32(size.count), compute, algorithm)
        }
        if numbers == .float64 {
            let (one, zero) = (1.0, 0.0)
            return withUnsafePointer(to: one) { one in withUnsafePointer(to: zero) { run(one, $0) }
            }
        }
        let (one, zero): (Float, Float) = (1, 0)
        return withUnsafePointer(to: one) { one in withUnsafePointer(to: zero) { run(one, $0) } }
    }
}
