import FTSupport
import Tensor

extension Dataset {
    /// Hashes of what the inputs and then the targets hold: of everything in memory; of rows that
    /// are streamed, of the first, the middle and the last megabyte.
    package func digests() throws -> [UInt64] {
        try (inputs + [targets]).map { try $0.digest(of: start..<start + count) }
    }
}

extension Dataset.Source {
    fileprivate func digest(of rows: Range<Int>) throws -> UInt64 {
        var hash = XXHash64()
        if case .memory(let array) = self, array.strides[0] < rowShape.elementCount, !rows.isEmpty {
            // Rows that overlap are hashed as what they are cut from.
            let length = (rows.count - 1) * array.strides[0] + rowShape.elementCount
            let first = array.offset + rows.lowerBound * array.strides[0]
            let whole = NDArray(
                storage: array.storage, dtype: array.dtype, shape: [length], strides: [1],
                offset: first)
            whole.withUnsafeBytes { hash.update($0) }
            return hash.value()
        }
        for piece in pieces(of: rows) { try read([piece]).withUnsafeBytes { hash.update($0) } }
        return hash.value()
    }

    private func pieces(of rows: Range<Int>) -> [Range<Int>] {
        guard case .stream = self else { return [rows] }
        let size = min(rows.count, max(1, (1 << 20) / max(1, rowBytes)))
        let last = rows.upperBound - size
        let starts = [rows.lowerBound, (rows.lowerBound + last) / 2, last]
        return starts.map { $0..<$0 + size }
    }
}
