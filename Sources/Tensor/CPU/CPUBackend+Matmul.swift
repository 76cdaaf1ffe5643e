internal import CKernels

extension CPUBackend {
    @inline(never)
    func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, into out: NDArray) {
        if !out.dtype.isFloat { return integerProduct(a, b, into: out) }
        if !out.dtype.isWide {
            let product = NDArray(uninitialized: out.shape, .float32, on: self)
            matmul(widened(a), widened(b), bias: bias.map(widened), relu: relu, into: product)
            return copy(product, into: out)
        }
        let left = MatrixOperand(a, self)
        let right = MatrixOperand(b, self)
        let size = MatrixSize(
            m: out.shape[out.rank - 2], n: out.shape[out.rank - 1], k: a.shape[a.rank - 1])
        let plan = MatrixPlan(
            size, packsColumns: right.isTransposed, threads: pool.threads)
        let step = size.m * size.n * out.dtype.size
        pool.run(out.byteCount / step * plan.pieces) { task in
            let (batch, piece) = task.quotientAndRemainder(dividingBy: plan.pieces)
            let tile = plan.tile(piece)
            var product = ft_product(
                dtype: out.dtype.rawValue, adds: false, relu: relu, m: Int64(size.m),
                n: Int64(size.n),
                k: Int64(size.k), a_row: Int64(left.rowStride), a_column: Int64(left.columnStride),
                b_row: Int64(right.rowStride), b_column: Int64(right.columnStride),
                c_row: Int64(size.n), a: left.matrix(batch), b: right.matrix(batch),
                bias: bias.map { UnsafeRawPointer($0.pointer) }, addend: nil, addend_row: 0,
                c: out.pointer + batch * step)
            let space = Int(ft_product_space(&product))
            let memory = space > 0 ? allocate(byteCount: space) : nil
            kernels.product(
                &product, Int64(tile.row), Int64(tile.row + tile.rows), Int64(tile.column),
                Int64(tile.column + tile.columns), memory)
            if let memory { deallocate(memory, byteCount: space) }
        }
        withExtendedLifetime((left, right)) {}
    }

    /// Halves as float32, those that lie in one place once, and matrices as they lie.
    private func widened(_ array: NDArray) -> NDArray {
        var own = array
        for axis in 0..<array.rank where array.strides[axis] == 0 && array.shape[axis] > 1 {
            own = own.slice(axis: axis, start: 0, count: 1)
        }
        let liesByColumns =
            own.rank >= 2 && own.strides[own.rank - 1] != 1 && own.strides[own.rank - 2] == 1
        if liesByColumns { own = own.transpose(-2, -1) }
        let wide = NDArray(uninitialized: own.shape, .float32, on: self)
        copy(own, into: wide)
        return (liesByColumns ? wide.transpose(-2, -1) : wide).expand(to: array.shape)
    }

    private func integerProduct(_ a: NDArray, _ b: NDArray, into out: NDArray) {
        let left = MatrixOperand(a, self)
        var right = MatrixOperand(b, self)
        if right.isTransposed { right = MatrixOperand(copied(b), self) }
        let (m, n, k) = (out.shape[out.rank - 2], out.shape[out.rank - 1], a.shape[a.rank - 1])
        let rows = min(m, max(1, (1 << 17) / max(1, n * k)))
        let pieces = (m + rows - 1) / rows
        pool.run(out.count / (m * n) * pieces) { task in
            let (batch, piece) = task.quotientAndRemainder(dividingBy: pieces)
            var product = ft_integer_product()
            product.dtype = out.dtype.rawValue
            product.n = Int64(n)
            product.k = Int64(k)
            product.a_row = Int64(left.rowStride)
            product.a_column = Int64(left.columnStride)
            product.b_row = Int64(right.rowStride)
            product.a = UnsafeRawPointer(left.matrix(batch))
            product.b = UnsafeRawPointer(right.matrix(batch))
            product.c = out.pointer + batch * m * n * out.dtype.size
            kernels.integer_product(
                &product, Int64(piece * rows), Int64(min(m, (piece + 1) * rows)))
        }
        withExtendedLifetime((left, right)) {}
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

/// How a product is cut into tiles, which its bits don't depend on. Cuts run along the columns in
/// multiples of 16, or along the rows of a narrow result, or of one with fewer columns than rows
/// whose right operand lies ready: otherwise each tile would pack all of it.
struct MatrixPlan {
    let size: MatrixSize
    let pieces: Int
    private let byColumns: Bool
    private let step: Int

    /// Below this many multiply-adds a product is one tile: a few microseconds on one thread.
    private static let smallest = 1 << 20
    /// Tiles of large products: enough for many threads, few enough to keep each one efficient.
    private static let tile = 1 << 26
    /// A piece that is worth a thread of many: some twenty microseconds.
    private static let piece = 1 << 22

    init(_ size: MatrixSize, packsColumns: Bool, threads: Int) {
        self.size = size
        byColumns = size.n >= size.m || (size.n >= 128 && packsColumns)
        let work = size.m * size.n * size.k
        let length = byColumns ? size.n : size.m
        guard work >= MatrixPlan.smallest, length >= 32 else {
            pieces = 1
            step = length
            return
        }
        // Above two, a multiple of four, which few threads share evenly; a piece for each of many.
        let few = work < 3 * MatrixPlan.tile ? 2 : (work / MatrixPlan.tile + 3) / 4 * 4
        let wanted = min(max(few, min(threads, work / MatrixPlan.piece)), 64, length / 32 + 1)
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

/// A batch of matrices whose rows or columns are contiguous, copied only if neither is.
private struct MatrixOperand: Sendable {
    let array: NDArray
    let isTransposed: Bool
    let rowStride: Int
    let columnStride: Int
    private let batchShape: Shape

    init(_ given: NDArray, _ backend: CPUBackend) {
        given.requireElements()
        let rank = given.rank
        let isRowMajor = given.strides[rank - 1] == 1 || given.shape[rank - 1] == 1
        isTransposed = !isRowMajor && (given.strides[rank - 2] == 1 || given.shape[rank - 2] == 1)
        array = isRowMajor || isTransposed ? given : backend.copied(given)
        rowStride = isTransposed ? 1 : array.strides[rank - 2]
        columnStride = isTransposed ? array.strides[rank - 1] : 1
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
