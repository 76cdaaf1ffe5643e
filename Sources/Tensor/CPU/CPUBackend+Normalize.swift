internal import CKernels

// Rows brought to the same scale.
extension CPUBackend {
    /// Elements that are worth a task.
    private static var grain: Int { 1 << 14 }

    @inline(never)
    func normalize(_ x: NDArray, _ norm: RowNorm, _ list: ArrayList, into out: NDArray) {
        let plan = ft_row_norm(norm, x, list, into: out)
        let n = Int(plan.n)
        withUnsafePointer(to: plan) { plan in
            parallel(x.count / n, grain: max(1, CPUBackend.grain / n)) { begin, end in
                if out.dtype == x.dtype { return kernels.normalize_rows(plan, begin, end) }
                forWideRows(plan, begin, end) { part, first, count, room in
                    part.out = room
                    withUnsafePointer(to: part) { kernels.normalize_rows($0, 0, count) }
                    convert(
                        room, .float32, Int(count) * n, out.dtype,
                        into: out.pointer + Int(first) * n * out.dtype.size)
                }
            }
        }
    }

    /// Calls `body` for a few rows at a time, with the plan for them alone, the number of the first
    /// and how many they are, and room for as many of float32.
    private func forWideRows(
        _ plan: UnsafePointer<ft_row_norm>, _ begin: Int64, _ end: Int64,
        _ body: (inout ft_row_norm, Int64, Int64, UnsafeMutableRawPointer) -> Void
    ) {
        let n = Int(plan.pointee.n), step = max(1, min(Int(end - begin), (1 << 13) / n))
        withUnsafeTemporaryAllocation(of: Float.self, capacity: step * n) { room in
            guard let base = room.baseAddress else { return }
            for first in stride(from: Int(begin), to: Int(end), by: step) {
                var part = plan.pointee
                part.x += first * n * MemoryLayout<Float>.size
                let count = min(step, Int(end) - first)
                body(&part, Int64(first), Int64(count), UnsafeMutableRawPointer(base))
            }
        }
    }

    /// The gradient of rows where dy, of `dtype`, may be of halves.
    private func backwardRows(
        _ plan: UnsafePointer<ft_row_norm>, _ dtype: DType, _ begin: Int64, _ end: Int64,
        _ sums: UnsafeMutablePointer<Double>?
    ) {
        if dtype.isWide { return kernels.normalize_backward_rows(plan, begin, end, sums) }
        let n = Int(plan.pointee.n)
        forWideRows(plan, begin, end) { part, first, count, room in
            guard let dy = part.dy, let out = part.out else { return }
            convert(
                dy + Int(first) * n * dtype.size, dtype, Int(count) * n, .float32, into: room)
            part.dy = UnsafeRawPointer(room)
            part.out = out + Int(first) * n * MemoryLayout<Float>.size
            withUnsafePointer(to: part) { kernels.normalize_backward_rows($0, 0, count, sums) }
        }
    }

    @inline(never)
    func normalizeBackward(
        _ x: NDArray, _ dy: NDArray, _ norm: RowNorm, _ list: ArrayList, into out: NDArray
    ) {
        var plan = ft_row_norm(norm, x, list, into: out)
        plan.dy = UnsafeRawPointer(dy.pointer)
        let n = Int(plan.n), rows = x.count / n
        withUnsafePointer(to: plan) { plan in
            if list.arrays.isEmpty {
                parallel(rows, grain: max(1, CPUBackend.grain / n)) {
                    backwardRows(plan, dy.dtype, $0, $1, nil)
                }
            } else {
                normalizeBackward(plan, dy.dtype, rows, into: out)
            }
        }
    }

    /// The gradients by weight and bias are sums over runs of rows, cut by their size alone, and of
    /// these sums in their order.
    private func normalizeBackward(
        _ plan: UnsafePointer<ft_row_norm>, _ dtype: DType, _ rows: Int, into out: NDArray
    ) {
        let n = Int(plan.pointee.n), run = max(16, CPUBackend.grain / n)
        let runs = (rows + run - 1) / run
        let space = max(1, runs) * 2 * n * MemoryLayout<Double>.size
        let memory = allocate(byteCount: space)
        let sums = memory.assumingMemoryBound(to: Double.self)
        parallel(runs, grain: 1) { begin, end in
            for index in Int(begin)..<Int(end) {
                let own = sums + index * 2 * n
                own.update(repeating: 0, count: 2 * n)
                backwardRows(
                    plan, dtype, Int64(index * run), Int64(min(rows, (index + 1) * run)), own)
            }
        }
        let target = out.pointer + rows * n * out.dtype.size
        parallel(2 * n, grain: max(64, CPUBackend.grain / max(1, runs))) { begin, end in
            kernels.join_sums(
                plan.pointee.dtype, Int64(runs), Int64(2 * n), begin, end, sums, target)
        }
        deallocate(memory, byteCount: space)
    }
}

extension ft_row_norm {
    fileprivate init(_ norm: RowNorm, _ x: NDArray, _ list: ArrayList, into out: NDArray) {
        self.init()
        dtype = x.dtype.rawValue
        centred = norm.isCentred
        n = Int64(x.shape[x.rank - 1])
        epsilon = norm.epsilon
        self.x = UnsafeRawPointer(x.pointer)
        weight = list.arrays.first.map { UnsafeRawPointer($0.pointer) }
        bias = list.arrays.dropFirst().first.map { UnsafeRawPointer($0.pointer) }
        self.out = out.pointer
    }
}
