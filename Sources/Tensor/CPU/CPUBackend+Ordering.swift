internal import CKernels
import Synchronization

// Rows in order. Places are a function of the elements alone, so work may be cut to fit the
// threads.
extension CPUBackend {
    private static var grain: Int { 1 << 13 }
    /// A row that is worth several threads.
    private static var longRow: Int { 1 << 16 }

    @inline(never)
    func run(_ ordering: Kernel.Ordering, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        let index = out.pointer.assumingMemoryBound(to: Int64.self)
        switch ordering {
        case .sort(let descending): sort(a, descending: descending, into: index)
        case .top(let largest):
            top(a, out.shape[out.rank - 1], largest: largest, into: index)
        case .take: take(a, b, into: out)
        case .runningExtreme(let maximum):
            parallelRows(a) { start, rows, n in
                kernels.running_extreme(
                    a.dtype.rawValue, maximum, rows, n, a.element(start), index + start)
            }
        case .recur(let reversed):
            parallelRows(a) { start, rows, n in
                kernels.recur(
                    a.dtype.rawValue, reversed, rows, n, a.element(start), b.element(start),
                    out.element(start))
            }
        case .search(let right): search(a, b, right: right, into: index)
        case .bins(let bins): count(a, between: b, bins, into: index, out.shape[out.rank - 1])
        case .rank(let rank): place(a, of: rank, into: index)
        }
    }

    /// Calls `body` with the place of some rows, their number and their length.
    private func parallelRows(_ x: NDArray, _ body: (Int, Int64, Int64) -> Void) {
        let n = x.shape[x.rank - 1]
        parallel(x.count / n, grain: max(1, CPUBackend.grain / n)) { begin, end in
            body(Int(begin) * n, end - begin, Int64(n))
        }
    }

    /// Calls `body` with runs of rows, and with memory of its own for each run.
    func parallelRows(
        _ rows: Int, _ n: Int, roomBytes: Int,
        _ body: (Int, Int64, UnsafeMutableRawPointer) -> Void
    ) {
        let share = (rows + 4 * pool.threads - 1) / (4 * pool.threads)
        let grain = max(share, CPUBackend.grain / n, 1)
        let runs = (rows + grain - 1) / grain
        let rooms = NDArray(uninitialized: [runs, roomBytes], .uint8, on: self)
        parallel(rows, grain: grain) { begin, end in
            let run = Int(begin) / grain
            body(Int(begin), end - begin, rooms.pointer + run * roomBytes)
        }
    }

    private func sort(
        _ x: NDArray, descending: Bool, into index: UnsafeMutablePointer<Int64>
    ) {
        let n = x.shape[x.rank - 1]
        let rows = x.count / n
        let pairBytes = Int(ft_pair_size(Int64(x.dtype.size)))
        if n >= CPUBackend.longRow, pool.threads > 1 {
            let pairs = NDArray(uninitialized: [2, n * pairBytes], .uint8, on: self)
            for row in 0..<rows {
                sortLong(
                    x.dtype, descending, n, x.element(row * n), pairs.pointer,
                    pairs.pointer + n * pairBytes, into: index + row * n)
            }
            return
        }
        parallelRows(rows, n, roomBytes: 2 * (n + 8) * pairBytes) { begin, count, room in
            kernels.order_rows(
                x.dtype.rawValue, descending, count, Int64(n), x.element(begin * n),
                index + begin * n, room)
        }
    }

    /// Digit by digit, from the last: each piece of the row counts its digits, then moves its pairs
    /// behind those of the pieces before it.
    private func sortLong(
        _ dtype: DType, _ descending: Bool, _ n: Int, _ x: UnsafeMutableRawPointer,
        _ first: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer,
        into index: UnsafeMutablePointer<Int64>
    ) {
        let (type, digits, values) = (dtype.rawValue, dtype.size, 256)
        let grain = max(CPUBackend.grain, (n + 4 * pool.threads - 1) / (4 * pool.threads))
        let pieces = (n + grain - 1) / grain
        let counts = NDArray(uninitialized: [pieces, values], .int64, on: self)
        let count = counts.pointer.assumingMemoryBound(to: Int64.self)
        var (pairs, spare) = (first, second)
        parallel(n, grain: grain) { begin, end in
            kernels.order_pairs(type, descending, begin, end, x, pairs)
        }
        for digit in 0..<Int32(digits) {
            parallel(n, grain: grain) { begin, end in
                kernels.order_count(
                    type, digit, begin, end, pairs, count + Int(begin) / grain * values)
            }
            guard placeDigits(count, pieces: pieces, values: values, n) else { continue }
            parallel(n, grain: grain) { begin, end in
                kernels.order_move(
                    type, digit, begin, end, pairs, count + Int(begin) / grain * values, spare)
            }
            (pairs, spare) = (spare, pairs)
        }
        parallel(n, grain: grain) { begin, end in
            kernels.order_places(type, begin, end, pairs, index)
        }
    }

    /// Counts of digits in each piece as the places of the first; false if there is one digit only.
    private func placeDigits(
        _ counts: UnsafeMutablePointer<Int64>, pieces: Int, values: Int, _ n: Int
    ) -> Bool {
        var start: Int64 = 0
        for digit in 0..<values {
            let before = start
            for piece in 0..<pieces {
                let place = piece * values + digit
                (counts[place], start) = (start, start + counts[place])
            }
            if start - before == n { return false }
        }
        return true
    }

    private func top(
        _ x: NDArray, _ k: Int, largest: Bool, into index: UnsafeMutablePointer<Int64>
    ) {
        let n = x.shape[x.rank - 1]
        let rows = x.count / n
        let (type, pairBytes) = (x.dtype.rawValue, Int(ft_pair_size(Int64(x.dtype.size))))
        let pieces = rows == 1 ? min(4 * pool.threads, n / CPUBackend.longRow, n / (8 * k)) : 1
        if pieces <= 1 {
            let roomBytes = 2 * Int(ft_top_room(Int64(n), Int64(k))) * pairBytes
            return parallelRows(rows, n, roomBytes: roomBytes) { begin, count, room in
                kernels.top_rows(
                    type, largest, count, Int64(n), Int64(k), x.element(begin * n),
                    index + begin * k, room)
            }
        }
        let grain = (n + pieces - 1) / pieces
        let roomBytes = 2 * Int(ft_top_room(Int64(grain), Int64(k))) * pairBytes
        let rooms = NDArray(uninitialized: [pieces, roomBytes], .uint8, on: self)
        let best = NDArray(uninitialized: [2, (pieces * k + 8) * pairBytes], .uint8, on: self)
        parallel(n, grain: grain) { begin, end in
            let piece = Int(begin) / grain
            kernels.top_part(
                type, largest, begin, end, Int64(k), x.pointer,
                best.pointer + piece * k * pairBytes, rooms.pointer + piece * roomBytes)
        }
        let count = (pieces - 1) * k + min(k, n - (pieces - 1) * grain)
        kernels.top_join(
            type, Int64(count), Int64(k), best.pointer,
            best.pointer + (pieces * k + 8) * pairBytes, index)
    }

    private func take(_ x: NDArray, _ index: NDArray, into out: NDArray) {
        let (n, count) = (x.shape[x.rank - 1], out.shape[out.rank - 1])
        let indices = index.pointer.assumingMemoryBound(to: Int64.self)
        let firstBad = Atomic(Int.max)
        parallel(out.count, grain: CPUBackend.grain) { begin, end in
            let end = Int(end)
            var at = Int(begin)
            while at < end {
                let row = at / count
                let stop = min(end, (row + 1) * count)
                let bad = kernels.gather(
                    Int64(stop - at), Int64(x.dtype.size), Int64(n), x.element(row * n),
                    indices + at, out.element(at))
                if bad >= 0 { firstBad.min(at + Int(bad), ordering: .relaxed) }
                at = stop
            }
        }
        let bad = firstBad.load(ordering: .relaxed)
        if bad != .max {
            KernelFault.column(indices[bad], count: n).stop()
        }
    }

    private func search(
        _ sorted: NDArray, _ values: NDArray, right: Bool,
        into index: UnsafeMutablePointer<Int64>
    ) {
        let n = sorted.shape[sorted.rank - 1]
        let count = sorted.rank == 1 ? values.count : values.shape[values.rank - 1]
        let rows = values.count / count
        let grain = CPUBackend.grain / 8
        parallel(values.count, grain: grain) { begin, end in
            var at = Int(begin)
            while at < Int(end) {
                let row = rows == 1 ? 0 : at / count
                let stop = min(Int(end), (row + 1) * count)
                kernels.search(
                    sorted.dtype.rawValue, right, Int64(n), sorted.element(row * n),
                    Int64(stop - at), values.element(at), index + at)
                at = stop
            }
        }
    }
}

extension NDArray {
    /// The address of an element of a contiguous array.
    func element(_ position: Int) -> UnsafeMutableRawPointer {
        pointer + position * dtype.size
    }
}
