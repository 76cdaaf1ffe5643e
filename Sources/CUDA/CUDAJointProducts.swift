internal import CCUDA

/// Products that add a bias as they store their sums, by cublasLt, which comes with cuBLAS; halves
/// are rounded once. It chooses a way by sizes, layouts and alignment, so the same call takes the
/// same one.
///
/// It could rectify, too, but then chooses anew, and what it makes of NaN isn't said: a step that
/// is recorded would not have the bits of one that isn't.
final class CUDAJointProducts: @unchecked Sendable {
    // Safe to share: the table never changes.
    private let api: cuda_joint_products
    /// The most rows or columns it is asked for: before release 12.1 it fails for more.
    private let most: Int

    /// Nil where the library, of this release, has no such products.
    init?(_ symbols: CUDASymbols, release: [Int32]) {
        api = symbols.load { cuda_joint_products_load($0, $1) }
        if api.missing != nil { return nil }
        most = release.lexicographicallyPrecedes([12, 1]) ? 65_534 : .max
    }

    /// A product of two matrices, and a bias [n] for each row.
    struct Call {
        let a: CUDAMatrix
        let b: CUDAMatrix
        let size: CUDAProductSize
        let numbers: CUDANumbers
        let bias: UnsafeRawPointer
        let out: UnsafeMutableRawPointer
    }

    /// The library's result once it was asked for the product; nil where it has none of this form,
    /// and nothing was done.
    func run(
        _ call: Call, _ handle: cublas_handle, _ stream: cuda_stream, _ workspace: CUDAWorkspace
    ) -> cuda_result? {
        // Of float64 it has none with a bias. It reads a bias by 16 bytes, whatever it is told of
        // the output's alignment.
        if call.numbers == .float64 || alignment(call.bias) < 16 { return nil }
        if max(call.size.m, call.size.n, call.size.k) > most { return nil }
        let description = Description(api, call)
        defer { description.destroy() }
        guard let parts = description.parts(workspace.byteCount) else { return nil }
        var way = cublaslt_way()
        var count: Int32 = 0
        let found = api.cublasLtMatmulAlgoGetHeuristic(
            handle, parts.product, parts.left, parts.right, parts.out, parts.out,
            parts.preference, 1, &way, &count)
        guard found == 0, count == 1, way.state == 0, way.workspace <= workspace.byteCount else {
            return nil
        }
        let (one, zero): (Float, Float) = (1, 0)
        let result = withUnsafePointer(to: way.algorithm) { algorithm in
            algorithm.withMemoryRebound(to: UInt64.self, capacity: 8) { algorithm in
                withUnsafePointer(to: one) { one in
                    withUnsafePointer(to: zero) { zero in
                        api.cublasLtMatmul(
                            handle, parts.product, one, call.b.pointer, parts.left,
                            call.a.pointer, parts.right, zero, call.out, parts.out, call.out,
                            parts.out, algorithm, workspace.memory, workspace.byteCount, stream)
                    }
                }
            }
        }
        let isRefused = result == Int32(CUBLAS_INVALID) || result == Int32(CUBLAS_UNSUPPORTED)
        return isRefused ? nil : result
    }
}

extension CUDAJointProducts {
    /// What the library is told of a product. To it, matrices lie by columns: ours are transposed,
    /// and the operands change places.
    private final class Description {
        struct Parts {
            let product: cublaslt_product
            let left: cublaslt_layout
            let right: cublaslt_layout
            let out: cublaslt_layout
            let preference: cublaslt_preference
        }

        private let api: cuda_joint_products
        private let call: Call
        private var product: cublaslt_product?
        private var layouts: [cublaslt_layout] = []
        private var preference: cublaslt_preference?

        init(_ api: cuda_joint_products, _ call: Call) {
            self.api = api
            self.call = call
        }

        func destroy() {
            for layout in layouts { _ = api.cublasLtMatrixLayoutDestroy(layout) }
            if let product { _ = api.cublasLtMatmulDescDestroy(product) }
            if let preference { _ = api.cublasLtMatmulPreferenceDestroy(preference) }
        }

        /// All of it; nil where the library takes a part not.
        func parts(_ workspace: Int) -> Parts? {
            guard let product = describe(), let preference = prefer(workspace),
                let left = layout(call.b, call.size.n, call.size.k),
                let right = layout(call.a, call.size.k, call.size.m),
                let out = layout(rows: call.size.n, columns: call.size.m, step: call.size.n)
            else { return nil }
            return Parts(
                product: product, left: left, right: right, out: out, preference: preference)
        }

        private func describe() -> cublaslt_product? {
            let made = api.cublasLtMatmulDescCreate(
                &product, call.numbers.compute, Int32(CUBLAS_FLOAT))
            guard made == 0, let product else { return nil }
            func set(_ attribute: Int, _ value: some BitwiseCopyable) -> Bool {
                tell(value) { [api] in
                    api.cublasLtMatmulDescSetAttribute(product, Int32(attribute), $0, $1)
                }
            }
            func operation(_ matrix: CUDAMatrix) -> Int32 {
                Int32(matrix.isTransposed ? CUBLAS_TRANSPOSED : CUBLAS_PLAIN)
            }
            guard set(CUBLASLT_TRANSPOSES_A, operation(call.b)),
                set(CUBLASLT_TRANSPOSES_B, operation(call.a)),
                set(CUBLASLT_FOLLOWED_BY, Int32(CUBLASLT_THEN_BIAS)),
                set(CUBLASLT_BIAS, UInt(bitPattern: call.bias))
            else { return nil }
            return product
        }

        private func prefer(_ workspace: Int) -> cublaslt_preference? {
            guard api.cublasLtMatmulPreferenceCreate(&preference) == 0, let preference else {
                return nil
            }
            func set(_ attribute: Int, _ value: some BitwiseCopyable) -> Bool {
                tell(value) { [api] in
                    api.cublasLtMatmulPreferenceSetAttribute(preference, Int32(attribute), $0, $1)
                }
            }
            let out = alignment(call.out)
            guard set(CUBLASLT_MOST_WORKSPACE, workspace),
                set(CUBLASLT_JOINS, UInt32(CUBLASLT_WIDE_SUMS)),
                set(CUBLASLT_ALIGNMENT_A, alignment(call.b.pointer)),
                set(CUBLASLT_ALIGNMENT_B, alignment(call.a.pointer)),
                set(CUBLASLT_ALIGNMENT_C, out), set(CUBLASLT_ALIGNMENT_D, out)
            else { return nil }
            return preference
        }

        /// Whether the library takes the bytes of a value.
        private func tell(
            _ value: some BitwiseCopyable, _ set: (UnsafeRawPointer, Int) -> cuda_result
        ) -> Bool {
            withUnsafeBytes(of: value) { bytes in
                bytes.baseAddress.map { set($0, bytes.count) } == 0
            }
        }

        /// Of a matrix that has so many rows and columns once its operation is done.
        private func layout(_ matrix: CUDAMatrix, _ rows: Int, _ columns: Int) -> cublaslt_layout? {
            matrix.isTransposed
                ? layout(rows: columns, columns: rows, step: matrix.step)
                : layout(rows: rows, columns: columns, step: matrix.step)
        }

        private func layout(rows: Int, columns: Int, step: Int) -> cublaslt_layout? {
            var layout: cublaslt_layout?
            let made = api.cublasLtMatrixLayoutCreate(
                &layout, call.numbers.type, UInt64(rows), UInt64(columns), Int64(step))
            guard made == 0, let layout else { return nil }
            layouts.append(layout)
            return layout
        }
    }
}

/// By itself the library takes operands to be aligned to 256 bytes. What has 16 counts as that,
/// whatever else it has, for arrays of a recorded step lie elsewhere.
private func alignment(_ pointer: UnsafeRawPointer) -> UInt32 {
    UInt32(1) << min(4, UInt(bitPattern: pointer).trailingZeroBitCount)
}
