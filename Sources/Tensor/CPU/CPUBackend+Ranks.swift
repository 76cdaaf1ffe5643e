internal import CKernels

// Counting elements by value, and choosing them by rank.
extension CPUBackend {
    /// The element that a rank names in each row.
    func place(_ x: NDArray, of rank: Kernel.Rank, into index: UnsafeMutablePointer<Int64>) {
        let n = x.shape[x.rank - 1]
        let number: Int64 =
            switch rank {
            case .after(let place): Int64(place)
            case .median: Int64(FT_RANK_MEDIAN.rawValue)
            case .nanMedian: Int64(FT_RANK_NAN_MEDIAN.rawValue)
            }
        let roomBytes = 2 * (n + 8) * Int(ft_pair_size(Int64(x.dtype.size)))
        parallelRows(x.count / n, n, roomBytes: roomBytes) { begin, count, room in
            kernels.rank_rows(
                x.dtype.rawValue, number, count, Int64(n), x.element(begin * n), index + begin, room
            )
        }
    }

    /// Rows are cut into pieces, each with counts of its own, where they are fewer than threads.
    func count(
        _ x: NDArray, between edges: NDArray, _ bins: Kernel.Bins,
        into out: UnsafeMutablePointer<Int64>, _ count: Int
    ) {
        let (n, edgeCount) = (x.shape[x.rank - 1], edges.shape[edges.rank - 1])
        let rows = x.shape.removing(at: x.rank - 1).elementCount
        if bins != .any { checkEnds(edges, edgeCount) }
        let rule = Int32(
            (bins == .even ? FT_BINS_EVEN : bins == .edges ? FT_BINS_EDGES : FT_BINS_ANY).rawValue)
        let worthwhile = n / max(1 << 13, count)
        let pieces = rows >= pool.threads ? 1 : max(1, min(2 * pool.threads, worthwhile))
        let length = (n + pieces - 1) / pieces
        let parts = NDArray(uninitialized: [rows * pieces, count + 1], .int64, on: self)
        let part = parts.pointer.assumingMemoryBound(to: Int64.self)
        parallel(rows * pieces, grain: max(1, (1 << 13) / max(1, length))) { begin, end in
            for item in Int(begin)..<Int(end) {
                let (row, start) = (item / pieces, item % pieces * length)
                let counts = part + item * (count + 1)
                counts.update(repeating: 0, count: count + 1)
                kernels.bins(
                    rule, x.dtype.rawValue, Int64(max(0, min(length, n - start))),
                    x.element(row * n + min(start, n)), Int64(edgeCount),
                    edges.element(edges.rank == 1 ? 0 : row * edgeCount), Int64(count), counts)
            }
        }
        for row in 0..<rows {
            for bin in 0..<count {
                var total: Int64 = 0
                for piece in row * pieces..<(row + 1) * pieces {
                    total += part[piece * (count + 1) + bin]
                }
                out[row * count + bin] = total
            }
        }
    }

    /// Between ends that are no numbers lies nothing, which nobody would notice.
    private func checkEnds(_ edges: NDArray, _ count: Int) {
        for end in stride(from: 0, to: edges.count, by: count).flatMap({ [$0, $0 + count - 1] }) {
            let address = edges.element(end)
            let value =
                edges.dtype == .float64
                ? address.load(as: Double.self) : Double(address.load(as: Float.self))
            if !value.isFinite { KernelFault.edge(value).stop() }
        }
    }
}
