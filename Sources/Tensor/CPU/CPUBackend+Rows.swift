internal import CKernels
import Synchronization

// Rows of logits, gathering, randomness.
extension CPUBackend {
    private static var grain: Int { 1 << 14 }

    private func parallelRows(_ x: NDArray, _ body: (Int64, Int, UnsafeMutableRawPointer) -> Void) {
        let n = x.shape[x.rank - 1]
        parallel(x.count / n, grain: max(1, CPUBackend.grain / n)) { begin, end in
            let start = Int(begin) * n * x.dtype.size
            body(end - begin, start, x.pointer + start)
        }
    }

    @inline(never)
    func softmax(_ x: NDArray, logarithm: Bool, into out: NDArray) {
        let n = Int64(x.shape[x.rank - 1])
        parallelRows(x) { rows, start, pointer in
            kernels.softmax_rows(x.dtype.rawValue, logarithm, rows, n, pointer, out.pointer + start)
        }
    }

    @inline(never)
    func productOfOthers(_ x: NDArray, into out: NDArray) {
        let n = Int64(x.shape[x.rank - 1])
        parallelRows(x) { rows, start, pointer in
            kernels.others_rows(x.dtype.rawValue, rows, n, pointer, out.pointer + start)
        }
    }

    @inline(never)
    func distances(_ a: NDArray, _ b: NDArray, order: Double, into out: NDArray) {
        let (m, k) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
        let n = b.shape[b.rank - 1]
        parallel(out.count / n, grain: max(1, CPUBackend.grain / (n * k))) { begin, end in
            kernels.distances(
                a.dtype.rawValue, order, begin, end, Int64(m), Int64(k), Int64(n), a.pointer,
                b.pointer, out.pointer)
        }
    }

    @inline(never)
    func softmaxBackward(_ y: NDArray, _ dy: NDArray, logarithm: Bool, into out: NDArray) {
        let n = Int64(y.shape[y.rank - 1])
        parallelRows(y) { rows, start, pointer in
            kernels.softmax_backward_rows(
                y.dtype.rawValue, logarithm, rows, n, pointer, dy.pointer + start,
                out.pointer + start)
        }
    }

    @inline(never)
    func logSumExp(_ x: NDArray, into out: NDArray) {
        let n = x.shape[x.rank - 1]
        parallelRows(x) { rows, start, pointer in
            kernels.logsumexp_rows(
                x.dtype.rawValue, rows, Int64(n), pointer, out.pointer + start / n)
        }
    }

    @inline(never)
    func positions(
        _ index: NDArray, below size: Int, into out: NDArray, fault: (Int64) -> KernelFault
    ) {
        let indices = index.pointer.assumingMemoryBound(to: Int64.self)
        let places = out.pointer.assumingMemoryBound(to: Int64.self)
        let firstBad = Atomic(Int.max)
        parallel(index.count, grain: CPUBackend.grain) { begin, end in
            let bad = kernels.positions(
                end - begin, Int64(size), indices + Int(begin), places + Int(begin))
            if bad >= 0 { firstBad.min(Int(begin + bad), ordering: .relaxed) }
        }
        let bad = firstBad.load(ordering: .relaxed)
        if bad != .max { fault(indices[bad]).stop() }
    }

    @inline(never)
    func gather(_ table: NDArray, _ index: NDArray, into out: NDArray) {
        let width = out.count / index.count
        let indices = index.pointer.assumingMemoryBound(to: Int64.self)
        let bytes = width * table.dtype.size
        let rows = table.shape[0]
        let firstBad = Atomic(Int.max)
        parallel(index.count, grain: max(1, CPUBackend.grain / max(width, 1))) { begin, end in
            let bad = kernels.gather(
                end - begin, Int64(bytes), Int64(rows), table.pointer, indices + Int(begin),
                out.pointer + Int(begin) * bytes)
            if bad >= 0 { firstBad.min(Int(begin + bad), ordering: .relaxed) }
        }
        let bad = firstBad.load(ordering: .relaxed)
        if bad != .max {
            KernelFault.index(indices[bad], position: bad, rows: rows, kernel: "gather").stop()
        }
    }

    /// Each element of the output is changed in the order of the index, on one thread, so how the
    /// work is shared out shows nowhere. Halves accumulate in float32 and are rounded once.
    @inline(never)
    func scatter(_ rule: ScatterRule, _ x: NDArray, _ index: NDArray, into out: NDArray) {
        if rule != .put, out.dtype.isFloat, !out.dtype.isWide {
            let wide = NDArray(uninitialized: out.shape, .float32, on: self)
            copy(out, into: wide)
            scatterRows(rule, x, index, into: wide)
            return copy(wide, into: out)
        }
        scatterRows(rule, x, index, into: out)
    }

    private func scatterRows(
        _ rule: ScatterRule, _ x: NDArray, _ index: NDArray, into out: NDArray
    ) {
        if index.count == 0 { return }
        var plan = ft_scatter()
        plan.rule = rule.code
        plan.dtype = x.dtype.rawValue
        plan.count = Int64(index.count)
        plan.width = Int64(x.count / index.count)
        plan.rows = Int64(out.shape[0])
        plan.x = UnsafeRawPointer(x.pointer)
        plan.index = UnsafePointer(index.pointer.assumingMemoryBound(to: Int64.self))
        plan.out = out.pointer
        let (width, rows) = (Int(plan.width), Int(plan.rows))
        let byColumns = width >= CPUBackend.columns * pool.threads
        let length = byColumns ? width : rows
        let share = (length + pool.threads - 1) / pool.threads
        let step =
            x.count < CPUBackend.grain ? length : byColumns ? max(CPUBackend.columns, share) : share
        let firstBad = Atomic(Int64.max)
        withUnsafePointer(to: plan) { plan in
            parallel(length, grain: max(1, step)) { begin, end in
                let bad =
                    byColumns
                    ? kernels.scatter(plan, 0, Int64(rows), begin, end)
                    : kernels.scatter(plan, begin, end, 0, Int64(width))
                if bad >= 0 { firstBad.min(bad, ordering: .relaxed) }
            }
        }
        let bad = firstBad.load(ordering: .relaxed)
        if bad != .max {
            KernelFault.index(
                plan.index[Int(bad)], position: Int(bad), rows: rows, kernel: rule.name
            ).stop()
        }
    }

    /// The fewest columns of items that are worth a thread: a few cache lines of each.
    private static var columns: Int { 64 }

    @inline(never)
    func draw(_ draw: Draw, _ key: RandomKey, _ x: NDArray, into out: NDArray) {
        switch draw {
        case .uniform(let low, let high): randomUniform(key, low: low, high: high, into: out)
        case .normal(let mean, let deviation):
            randomNormal(key, mean: mean, deviation: deviation, into: out)
        case .words: randomWords(key, into: out)
        case .dropout(let rate): dropout(x, rate: rate, key, into: out)
        }
    }

    private func randomUniform(_ key: RandomKey, low: Double, high: Double, into out: NDArray) {
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            kernels.random_uniform(
                out.dtype.rawValue, key.seed, key.stream, key.block, begin, end, low, high,
                out.pointer)
        }
    }

    private func randomNormal(_ key: RandomKey, mean: Double, deviation: Double, into out: NDArray)
    {
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            kernels.random_normal(
                out.dtype.rawValue, key.seed, key.stream, key.block, begin, end, mean,
                deviation, out.pointer)
        }
    }

    private func randomWords(_ key: RandomKey, into out: NDArray) {
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            kernels.philox_words(
                key.seed, key.stream, key.block, begin, end,
                out.pointer.assumingMemoryBound(to: UInt32.self))
        }
    }

    private func dropout(_ x: NDArray, rate: Double, _ key: RandomKey, into out: NDArray) {
        parallel(x.count, grain: CPUBackend.grain) { begin, end in
            kernels.dropout(
                x.dtype.rawValue, key.seed, key.stream, key.block, begin, end, rate,
                x.pointer, out.pointer)
        }
    }

    @inline(never)
    func range(start: Int, step: Int, into out: NDArray) {
        let size = out.dtype.size
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            for index in Int(begin)..<Int(end) {
                Scalar(start &+ index &* step).store(as: out.dtype, at: out.pointer + index * size)
            }
        }
    }
}
