internal import CKernels

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

    @inline(never)
    func update(
        _ rule: OptimizerRule, _ arrays: [NDArray], numbers: NDArray, clip: NDArray?,
        gate: NDArray?
    ) {
        if let gate, !gate.pointer.load(as: Bool.self) { return }
        let factor = clip?.pointer.load(as: Double.self) ?? 1
        let width = 2 + rule.slots
        let pieces = pieces(arrays, every: width)
        pool.run(pieces.count) { index in
            let piece = pieces[index]
            withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 5) { array in
                for slot in 0..<5 {
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
            pool.run(pieces.count) { index in
                let piece = pieces[index]
                let array = arrays[piece.array]
                sums[index] = kernels.sum_squares(
                    array.dtype.rawValue, Int64(piece.count),
                    array.pointer + piece.start * array.dtype.size)
            }
            let total = pieces.indices.reduce(0) { $0 + sums[$1] }
            out.pointer.storeBytes(of: total, as: Double.self)
        }
    }

    @inline(never)
    func allFinite(_ arrays: [NDArray], into out: NDArray) {
        let isFinite = arrays.allSatisfy {
            kernels.all_finite($0.dtype.rawValue, Int64($0.count), $0.pointer)
        }
        out.pointer.storeBytes(of: isFinite, as: Bool.self)
    }
}
