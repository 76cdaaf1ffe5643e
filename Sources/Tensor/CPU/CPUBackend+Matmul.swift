internal import CKernels
internal import COpenBLAS

extension CPUBackend {
    @inline(never)
    func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, into out: NDArray) {
        if !out.dtype.isFloat { return integerProduct(a, b, into: out) }
        let left = MatrixOperand(a)
        let right = MatrixOperand(b)
        let size = MatrixSize(
            m: out.shape[out.rank - 2], n: out.shape[out.rank - 1], k: a.shape[a.rank - 1])
        let plan = MatrixPlan(size)
        let batches = out.count / (size.m * size.n)
        pool.run(batches * plan.pieces) { task in
            let (batch, piece) = (task / plan.pieces, task % plan.pieces)
            let tile = plan.tile(piece)
            multiply(
                left.matrix(batch), left, right.matrix(batch), right, size, tile,
                out.pointer + batch * size.m * size.n * out.dtype.size, out.dtype)
            if bias != nil || relu {
                let width = out.dtype.size
                let start = (batch * size.m + tile.row) * size.n + tile.column
                kernels.bias_act(
                    out.dtype.rawValue, relu ? 1 : 0, Int64(tile.rows), Int64(tile.columns),
                    Int64(size.n), bias.map { UnsafeRawPointer($0.pointer + tile.column * width) },
                    out.pointer + start * width)
            }
        }
        withExtendedLifetime((left, right)) {}
    }

    private func integerProduct(_ a: NDArray, _ b: NDArray, into out: NDArray) {
        let left = MatrixOperand(a)
        var right = MatrixOperand(b)
        if right.isTransposed { right = MatrixOperand(b.copy()) }
        let (m, n, k) = (out.shape[out.rank - 2], out.shape[out.rank - 1], a.shape[a.rank - 1])
        for batch in 0..<out.count / (m * n) {
            var product = ft_product()
            product.dtype = out.dtype.rawValue
            product.n = Int64(n)
            product.k = Int64(k)
            product.a_row = Int64(left.rowStride)
            product.a_column = Int64(left.columnStride)
            product.b_row = Int64(right.rowStride)
            product.a = UnsafeRawPointer(left.matrix(batch))
            product.b = UnsafeRawPointer(right.matrix(batch))
            product.c = out.pointer + batch * m * n * out.dtype.size
            withUnsafePointer(to: product) { product in
                parallel(m, grain: max(1, (1 << 17) / max(1, n * k))) { begin, end in
                    kernels.integer_product(product, begin, end)
                }
            }
        }
        withExtendedLifetime((left, right)) {}
    }

    /// One tile of C = A · B on the calling thread.
    private func multiply(
        _ a: UnsafeMutableRawPointer, _ left: MatrixOperand, _ b: UnsafeMutableRawPointer,
        _ right: MatrixOperand, _ size: MatrixSize, _ tile: MatrixTile,
        _ c: UnsafeMutableRawPointer, _ dtype: DType
    ) {
        let width = dtype.size
        let a = a + tile.row * left.rowStride * width
        let b = b + tile.column * right.columnStride * width
        let c = c + (tile.row * size.n + tile.column) * width
        let transA = left.isTransposed ? CblasTrans : CblasNoTrans
        let transB = right.isTransposed ? CblasTrans : CblasNoTrans
        let (m, n, k) = (blasint(tile.rows), blasint(tile.columns), blasint(size.k))
        if dtype == .float32 {
            cblas_sgemm(
                CblasRowMajor, transA, transB, m, n, k, 1, a.assumingMemoryBound(to: Float.self),
                left.leading, b.assumingMemoryBound(to: Float.self), right.leading, 0,
                c.assumingMemoryBound(to: Float.self), blasint(size.n))
        } else {
            cblas_dgemm(
                CblasRowMajor, transA, transB, m, n, k, 1, a.assumingMemoryBound(to: Double.self),
                left.leading, b.assumingMemoryBound(to: Double.self), right.leading, 0,
                c.assumingMemoryBound(to: Double.self), blasint(size.n))
        }
    }
}

struct MatrixSize {
    let m: Int
    let n: Int
    let k: Int
}

struct MatrixTile {
    let row: Int
    let rows: Int
    let column: Int
    let columns: Int
}

/// How a product is cut into tiles, by its size alone: the bits of the result don't depend on the
/// number of threads. Cuts run along the columns in multiples of 16, or along the rows of a narrow
/// result.
struct MatrixPlan {
    let size: MatrixSize
    let pieces: Int
    private let byColumns: Bool
    private let step: Int

    /// Below this many multiply-adds a product is one tile: a few microseconds on one thread.
    private static let smallest = 1 << 20
    /// Tiles of large products: enough for many threads, few enough to keep each one efficient.
    private static let tile = 1 << 26

    init(_ size: MatrixSize) {
        self.size = size
        byColumns = size.n >= size.m || size.n >= 128
        let work = size.m * size.n * size.k
        let length = byColumns ? size.n : size.m
        guard work >= MatrixPlan.smallest, length >= 32 else {
            pieces = 1
            step = length
            return
        }
        let wanted = min(max(2, work / MatrixPlan.tile), 64, length / 32 + 1)
        step = max(16, ((length + wanted - 1) / wanted + 15) / 16 * 16)
        pieces = (length + step - 1) / step
    }

    func tile(_ piece: Int) -> MatrixTile {
        let start = piece * step
        return byColumns
            ? MatrixTile(row: 0, rows: size.m, column: start, columns: min(step, size.n - start))
            : MatrixTile(row: start, rows: min(step, size.m - start), column: 0, columns: size.n)
    }
}

/// A batch of matrices in a form BLAS takes: rows or columns contiguous, copied only if neither is.
private struct MatrixOperand: @unchecked Sendable {
    // Safe to share: an array that is only read, and numbers.
    let array: NDArray
    let isTransposed: Bool
    let leading: Int32
    let rowStride: Int
    let columnStride: Int
    private let batchShape: Shape

    init(_ given: NDArray) {
        given.requireElements()
        let rank = given.rank
        var array = given
        var transposed = false
        let (rows, columns) = (given.shape[rank - 2], given.shape[rank - 1])
        let (down, across) = (given.strides[rank - 2], given.strides[rank - 1])
        if across == 1 || columns == 1, rows == 1 || down >= max(1, columns) {
            transposed = false
        } else if down == 1 || rows == 1, columns == 1 || across >= max(1, rows) {
            transposed = true
        } else {
            array = given.copy()
        }
        self.array = array
        isTransposed = transposed
        let lead =
            transposed
            ? (columns == 1 ? rows : array.strides[rank - 1])
            : (rows == 1 ? columns : array.strides[rank - 2])
        leading = Int32(clamping: max(1, lead))
        rowStride = transposed ? 1 : lead
        columnStride = transposed ? lead : 1
        batchShape = Shape(array.shape.prefix(rank - 2))
    }

    func matrix(_ batch: Int) -> UnsafeMutableRawPointer {
        var rest = batch
        var position = 0
        var axis = batchShape.rank - 1
        while axis >= 0 {
            position += (rest % batchShape[axis]) * array.strides[axis]
            rest /= batchShape[axis]
            axis -= 1
        }
        return array.pointer + position * array.dtype.size
    }
}
