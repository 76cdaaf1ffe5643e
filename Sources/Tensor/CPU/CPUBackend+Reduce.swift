internal import CKernels

// A reduction becomes calls of two kernels: along rows (the reduced axis is contiguous) or along
// columns (the kept one is). Work is cut by size alone, so sums repeat to the bit.
extension CPUBackend {
    private static var grain: Int { 1 << 15 }

    @inline(never)
    func reduce(_ op: Reduction, _ x: NDArray, axes: AxisSet, into out: NDArray) {
        if out.dtype.isFloat, out.dtype.size == 2, op == .sum || op == .product {
            // Halves would round, and overflow, between the stages of a reduction.
            let wide = NDArray(uninitialized: out.shape, .float32, on: self)
            reduce(op, x.cast(to: .float32), axes: axes, into: wide)
            return copy(wide, into: out)
        }
        var kept = AxisList()
        var reduced = AxisList()
        for axis in 0..<x.rank where x.shape[axis] != 1 {
            if axes.contains(axis) {
                reduced.append(x.shape[axis], x.strides[axis])
            } else {
                kept.append(x.shape[axis], x.strides[axis])
            }
        }
        if reduced.count > 1 { return reduceInStages(op, x, axes: axes, into: out) }
        let n = reduced.count == 1 ? reduced.sizes[0] : 1
        let step = reduced.count == 1 ? reduced.strides[0] : 1
        let innerIsContiguous = kept.count > 0 && kept.strides[kept.count - 1] == 1
        if step == 1 && (n > 1 || !innerIsContiguous) {
            kept.forEachOuter { source, target, rows, stride in
                reduceRows(op, x, source, rows: rows, n: n, stride: stride, out, target)
            }
        } else if innerIsContiguous {
            kept.forEachOuter { source, target, m, _ in
                reduceColumns(op, x, source, n: n, m: m, stride: step, out, target)
            }
        } else {
            let order =
                (0..<x.rank).filter { !axes.contains($0) }
                + (0..<x.rank).filter { axes.contains($0) }
            let moved = x.permute(order).copy()
            let rows = out.count
            reduceRows(op, moved, 0, rows: rows, n: x.count / rows, stride: x.count / rows, out, 0)
        }
    }

    /// Reduces the last group of adjacent axes first, then the rest of the result.
    private func reduceInStages(
        _ op: Reduction, _ x: NDArray, axes: AxisSet, into out: NDArray
    ) {
        var first = AxisSet()
        var axis = x.rank - 1
        while !axes.contains(axis) || x.shape[axis] == 1 { axis -= 1 }
        var step = x.strides[axis]
        while axis >= 0, x.shape[axis] == 1 || (axes.contains(axis) && x.strides[axis] == step) {
            if axes.contains(axis) {
                first.insert(axis)
                step *= x.shape[axis]
            }
            axis -= 1
        }
        var shape = x.shape
        for axis in 0..<x.rank where first.contains(axis) { shape[axis] = 1 }
        let partial = NDArray(uninitialized: shape, out.dtype, on: self)
        reduce(op, x, axes: first, into: partial)
        reduce(op, partial, axes: axes, into: out)
    }

    private func reduceRows(
        _ op: Reduction, _ x: NDArray, _ source: Int, rows: Int, n: Int, stride: Int,
        _ out: NDArray, _ target: Int
    ) {
        let base = x.pointer + source * x.dtype.size
        let result = out.pointer + target * out.dtype.size
        let kernel = op.kernel
        let chunk = 1 << 16
        if n >= 2 * chunk, rows < 16 {
            let chunks = (n + chunk - 1) / chunk
            let partial = NDArray(uninitialized: [rows, chunks], out.dtype, on: self)
            pool.run(rows * chunks) { task in
                let (row, piece) = (task / chunks, task % chunks)
                let length = min(chunk, n - piece * chunk)
                kernels.reduce_rows(
                    kernel, x.dtype.rawValue, 1, Int64(length), 0,
                    base + (row * stride + piece * chunk) * x.dtype.size,
                    partial.pointer + task * out.dtype.size)
            }
            kernels.reduce_rows(
                kernel, out.dtype.rawValue, Int64(rows), Int64(chunks), Int64(chunks),
                partial.pointer, result)
            return
        }
        parallel(rows, grain: max(1, CPUBackend.grain / n)) { begin, end in
            kernels.reduce_rows(
                kernel, x.dtype.rawValue, end - begin, Int64(n), Int64(stride),
                base + Int(begin) * stride * x.dtype.size, result + Int(begin) * out.dtype.size)
        }
    }

    private func reduceColumns(
        _ op: Reduction, _ x: NDArray, _ source: Int, n: Int, m: Int, stride: Int,
        _ out: NDArray, _ target: Int
    ) {
        let base = x.pointer + source * x.dtype.size
        let result = out.pointer + target * out.dtype.size
        let kernel = op.kernel
        let chunk = 4096
        if n >= 2 * chunk, m < 256 {
            let chunks = (n + chunk - 1) / chunk
            let partial = NDArray(uninitialized: [chunks, m], out.dtype, on: self)
            pool.run(chunks) { piece in
                kernels.reduce_columns(
                    kernel, x.dtype.rawValue, Int64(min(chunk, n - piece * chunk)), Int64(m),
                    Int64(stride), base + piece * chunk * stride * x.dtype.size,
                    partial.pointer + piece * m * out.dtype.size)
            }
            kernels.reduce_columns(
                kernel, out.dtype.rawValue, Int64(chunks), Int64(m), Int64(m),
                partial.pointer, result)
            return
        }
        parallel(m, grain: n * m <= CPUBackend.grain ? m : max(64, CPUBackend.grain / n)) {
            begin, end in
            kernels.reduce_columns(
                kernel, x.dtype.rawValue, Int64(n), end - begin, Int64(stride),
                base + Int(begin) * x.dtype.size, result + Int(begin) * out.dtype.size)
        }
    }

    @inline(never)
    func argExtreme(maximum: Bool, _ x: NDArray, into out: NDArray) {
        let n = x.shape[x.rank - 1]
        parallel(out.count, grain: max(1, CPUBackend.grain / n)) { begin, end in
            kernels.arg_rows(
                maximum, x.dtype.rawValue, end - begin, Int64(n), Int64(n),
                x.pointer + Int(begin) * n * x.dtype.size,
                (out.pointer + Int(begin) * 8).assumingMemoryBound(to: Int64.self))
        }
    }

    @inline(never)
    func scan(_ op: Reduction, _ x: NDArray, into out: NDArray) {
        let n = x.shape[x.rank - 1]
        parallel(x.count / n, grain: max(1, CPUBackend.grain / n)) { begin, end in
            let start = Int(begin) * n
            kernels.scan_rows(
                op.kernel, x.dtype.rawValue, end - begin, Int64(n),
                x.pointer + start * x.dtype.size, out.pointer + start * out.dtype.size)
        }
    }
}

/// Axes of one kind in row-major order, neighbours merged where one stride walks both.
private struct AxisList {
    var sizes = Shape()
    var strides = Shape()
    var count: Int { sizes.rank }

    mutating func append(_ size: Int, _ stride: Int) {
        let last = sizes.rank - 1
        if last >= 0, strides[last] == stride * size {
            sizes[last] *= size
            strides[last] = stride
        } else {
            sizes.append(size)
            strides.append(stride)
        }
    }

    /// Calls `body` with the source and target positions of each innermost run, its size and its
    /// stride.
    func forEachOuter(_ body: (Int, Int, Int, Int) -> Void) {
        guard count > 0 else { return body(0, 0, 1, 0) }
        let inner = sizes[count - 1]
        var index = Shape(repeating: 0, count: count - 1)
        var source = 0
        for target in 0..<(sizes.elementCount / inner) {
            body(source, target * inner, inner, strides[count - 1])
            var axis = count - 2
            while axis >= 0 {
                index[axis] += 1
                source += strides[axis]
                if index[axis] < sizes[axis] { break }
                source -= index[axis] * strides[axis]
                index[axis] = 0
                axis -= 1
            }
        }
    }
}
