internal import CKernels
import Synchronization

// Kernels over many arrays: all of them are cut into pieces, by their sizes alone, and the pieces
// are one job for the pool.
extension CPUBackend {
    private static var grain: Int { 1 << 14 }

    /// A run of one array.
    private struct Piece {
        let array: Int
        let start: Int
        let count: Int
    }

    private func pieces(_ arrays: [NDArray], every width: Int) -> [Piece] {
        var pieces: [Piece] = []
        for index in stride(from: 0, to: arrays.count, by: width) {
            let count = arrays[index].count
            for start in stride(from: 0, to: count, by: CPUBackend.grain) {
                pieces.append(
                    Piece(array: index, start: start, count: min(CPUBackend.grain, count - start)))
            }
        }
        return pieces
    }

    /// Calls `body` for each piece: on the pool, unless they are so few elements that handing them
    /// out would cost more than it gains.
    private func run(_ pieces: [Piece], _ body: (Int) -> Void) {
        if pieces.reduce(0, { $0 + $1.count }) > CPUBackend.grain {
            pool.run(pieces.count, body)
        } else {
            for index in pieces.indices { body(index) }
        }
    }

    @inline(never)
    func update(
        _ rule: OptimizerRule, _ arrays: [NDArray], numbers: NDArray, clip: NDArray?,
        gate: NDArray?
    ) {
        if let gate, !gate.pointer.load(as: Bool.self) { return }
        let width = 2 + rule.slots
        let factors = clip.map { $0.pointer.assumingMemoryBound(to: Double.self) }
        // One factor for all, or one a parameter.
        let shift = clip?.count == 1 ? 0 : 1
        let pieces = pieces(arrays, every: width)
        run(pieces) { index in
            let piece = pieces[index]
            let factor = factors.map { $0[piece.array / width * shift] } ?? 1
            // Rules with fewer states look at three places for them too.
            let places = max(5, width)
            withUnsafeTemporaryAllocation(
                of: UnsafeMutableRawPointer?.self, capacity: places
            ) { array in
                for slot in 0..<places {
                    array[slot] = nil
                    guard slot < width else { continue }
                    let operand = arrays[piece.array + slot]
                    array[slot] = operand.pointer + piece.start * operand.dtype.size
                }
                kernels.update(
                    Int32(rule.rawValue), arrays[piece.array].dtype.rawValue, Int64(piece.count),
                    numbers.pointer.assumingMemoryBound(to: Double.self), factor, array.baseAddress)
            }
        }
    }

    @inline(never)
    func squaredNorm(_ arrays: [NDArray], into out: NDArray) {
        let pieces = pieces(arrays, every: 1)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, pieces.count)) { sums in
            run(pieces) { index in
                let piece = pieces[index]
                let array = arrays[piece.array]
                sums[index] = kernels.sum_squares(
                    array.dtype.rawValue, Int64(piece.count),
                    array.pointer + piece.start * array.dtype.size)
            }
            // One total, or one an array.
            let shift = out.count == 1 ? 0 : 1
            let totals = out.pointer.assumingMemoryBound(to: Double.self)
            for index in 0..<out.count { totals[index] = 0 }
            for (index, piece) in pieces.enumerated() {
                totals[piece.array * shift] += sums[index]
            }
        }
    }

    @inline(never)
    func allFinite(_ arrays: [NDArray], into out: NDArray) {
        let pieces = pieces(arrays, every: 1)
        let isFinite = Atomic(true)
        run(pieces) { index in
            guard isFinite.load(ordering: .relaxed) else { return }
            let piece = pieces[index]
            let array = arrays[piece.array]
            let start = array.pointer + piece.start * array.dtype.size
            if !kernels.all_finite(array.dtype.rawValue, Int64(piece.count), start) {
                isFinite.store(false, ordering: .relaxed)
            }
        }
        out.pointer.storeBytes(of: isFinite.load(ordering: .relaxed), as: Bool.self)
    }
}
