internal import CKernels

// Rows of logits, gathering, randomness, optimizers.
extension CPUBackend {
    private static var grain: Int { 1 << 14 }

    private func parallelRows(_ x: NDArray, _ body: (Int64, Int, UnsafeMutableRawPointer) -> Void) {
        let n = x.shape[x.rank - 1]
        parallel(x.count / n, grain: max(1, CPUBackend.grain / n)) { begin, end in
            let start = Int(begin) * n * x.dtype.size
            body(end - begin, start, x.pointer + start)
        }
    }

    public func softmax(_ x: NDArray, logarithm: Bool, into out: NDArray) {
        let n = Int64(x.shape[x.rank - 1])
        parallelRows(x) { rows, start, pointer in
            ft_softmax_rows(
                isa, x.dtype.rawValue, logarithm, rows, n, pointer, out.pointer + start)
        }
    }

    public func softmaxBackward(_ y: NDArray, _ dy: NDArray, logarithm: Bool, into out: NDArray) {
        let n = Int64(y.shape[y.rank - 1])
        parallelRows(y) { rows, start, pointer in
            ft_softmax_backward_rows(
                isa, y.dtype.rawValue, logarithm, rows, n, pointer, dy.pointer + start,
                out.pointer + start)
        }
    }

    public func logSumExp(_ x: NDArray, into out: NDArray) {
        let n = x.shape[x.rank - 1]
        parallelRows(x) { rows, start, pointer in
            ft_logsumexp_rows(
                isa, x.dtype.rawValue, rows, Int64(n), pointer, out.pointer + start / n)
        }
    }

    public func gather(_ table: NDArray, _ index: NDArray, into out: NDArray) {
        let width = out.count / index.count
        let indices = index.pointer.assumingMemoryBound(to: Int64.self)
        let bytes = width * table.dtype.size
        parallel(index.count, grain: max(1, CPUBackend.grain / max(width, 1))) { begin, end in
            ft_gather(
                end - begin, Int64(bytes), table.pointer, indices + Int(begin),
                out.pointer + Int(begin) * bytes)
        }
    }

    public func scatterAdd(_ x: NDArray, _ index: NDArray, into out: NDArray) {
        ft_scatter_add(
            isa, x.dtype.rawValue, Int64(index.count), Int64(x.count / index.count), x.pointer,
            index.pointer.assumingMemoryBound(to: Int64.self), out.pointer)
    }

    public func randomUniform(_ key: RandomKey, low: Double, high: Double, into out: NDArray) {
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            ft_random_uniform(
                isa, out.dtype.rawValue, key.seed, key.stream, key.block, begin, end, low, high,
                out.pointer)
        }
    }

    public func randomNormal(_ key: RandomKey, mean: Double, deviation: Double, into out: NDArray) {
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            ft_random_normal(
                isa, out.dtype.rawValue, key.seed, key.stream, key.block, begin, end, mean,
                deviation, out.pointer)
        }
    }

    public func randomWords(_ key: RandomKey, into out: NDArray) {
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            ft_philox_words(
                isa, key.seed, key.stream, key.block, begin, end,
                out.pointer.assumingMemoryBound(to: UInt32.self))
        }
    }

    public func dropout(_ x: NDArray, rate: Double, _ key: RandomKey, into out: NDArray) {
        parallel(x.count, grain: CPUBackend.grain) { begin, end in
            ft_dropout(
                isa, x.dtype.rawValue, key.seed, key.stream, key.block, begin, end, rate,
                x.pointer, out.pointer)
        }
    }

    public func sumOfSquares(_ x: NDArray) -> Double {
        let grain = CPUBackend.grain
        let pieces = (x.count + grain - 1) / grain
        let partial = NDArray(uninitialized: [pieces], .float64, on: self)
        let sums = partial.pointer.assumingMemoryBound(to: Double.self)
        pool.run(pieces) { piece in
            let start = piece * grain
            sums[piece] = ft_sum_squares(
                isa, x.dtype.rawValue, Int64(min(grain, x.count - start)),
                x.pointer + start * x.dtype.size)
        }
        return (0..<pieces).reduce(0) { $0 + sums[$1] }
    }

    public func isAllFinite(_ x: NDArray) -> Bool {
        ft_all_finite(isa, x.dtype.rawValue, Int64(x.count), x.pointer)
    }
}
