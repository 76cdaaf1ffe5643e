import FTSupport
import Tensor

extension Dataset {
    /// Hashes of what the inputs and then the targets hold: of everything in memory; of rows that
    /// are streamed, of the first, the middle and the last megabyte.
    package func digests() throws -> [UInt64] { try (inputs + [targets]).map(digest) }

    private func digest(of source: Source) throws -> UInt64 {
        var hash = XXHash64()
        let width = source.rowShape.elementCount
        if case .memory(let array) = source, array.strides[0] < width, count > 0 {
            // Rows that overlap are hashed as what they are cut from.
            let whole = NDArray(
                storage: array.storage, dtype: array.dtype,
                shape: [(count - 1) * array.strides[0] + width], strides: [1],
                offset: array.offset + start * array.strides[0])
            whole.withUnsafeBytes { hash.update($0) }
            return hash.value()
        }
        for piece in pieces(of: source) {
            try read(source, [piece]).withUnsafeBytes { hash.update($0) }
        }
        return hash.value()
    }

    private func pieces(of source: Source) -> [Range<Int>] {
        guard case .stream = source else { return [0..<count] }
        let size = min(count, max(1, (1 << 20) / max(1, source.rowBytes)))
        let last = count - size
        return [0, last / 2, last].map { $0..<$0 + size }
    }
}
