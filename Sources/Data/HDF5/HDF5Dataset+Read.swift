import CHDF5
import CHDF5Shim
import Glibc
public import Tensor

extension HDF5Dataset {
    /// Every row.
    public func read() throws -> NDArray { try read(rows: 0..<count) }

    /// The rows of a range, which must lie within the dataset.
    public func read(rows: Range<Int>) throws -> NDArray {
        guard rows.lowerBound >= 0, rows.upperBound <= count else {
            throw error("has \(count) rows; \(rows.lowerBound)..<\(rows.upperBound) lie outside")
        }
        let shape = shape.replacing(0, with: rows.count)
        let out = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
        if out.count > 0 { try out.withUnsafeMutableBytes { try read(rows, into: $0) } }
        return out
    }

    /// The rows of several ranges, which must lie within the dataset, one after the other.
    func read(ranges: [Range<Int>]) throws -> NDArray {
        let rows = ranges.reduce(0) { $0 + $1.count }
        let shape = shape.replacing(0, with: rows)
        let out = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
        try out.withUnsafeMutableBytes { bytes in
            var position = 0
            for range in ranges where !range.isEmpty && rowBytes > 0 {
                let end = position + range.count * rowBytes
                try read(range, into: .init(rebasing: bytes[position..<end]))
                position = end
            }
        }
        return out
    }

    /// The rows listed, in that order; repeats allowed.
    public func read(rows: [Int]) throws -> NDArray {
        for row in rows where row < 0 || row >= count {
            throw error("has \(count) rows; row \(row) lies outside")
        }
        let shape = shape.replacing(0, with: rows.count)
        let out = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
        guard out.count > 0 else { return out }
        try out.withUnsafeMutableBytes { try scatter(rows, into: $0) }
        return out
    }

    /// Rows that lie close together are read in one piece of at most this many bytes.
    private static let pieceBytes = 4 << 20

    private func scatter(_ rows: [Int], into bytes: UnsafeMutableRawBufferPointer) throws {
        let order = rows.indices.sorted { rows[$0] < rows[$1] }
        let gap = max(1, chunkRows, 4096 / max(1, rowBytes))
        let longest = max(1, HDF5Dataset.pieceBytes / max(1, rowBytes))
        var start = 0
        while start < order.count {
            let first = rows[order[start]]
            var end = start + 1
            while end < order.count, rows[order[end]] - rows[order[end - 1]] <= gap,
                rows[order[end]] - first < longest
            {
                end += 1
            }
            let piece = try read(rows: first..<rows[order[end - 1]] + 1)
            for position in order[start..<end] {
                copyRow(rows[position] - first, of: piece, to: position, in: bytes)
            }
            start = end
        }
    }

    private func copyRow(
        _ row: Int, of piece: NDArray, to position: Int, in bytes: UnsafeMutableRawBufferPointer
    ) {
        guard let base = bytes.baseAddress else { return }
        memcpy(base + position * rowBytes, piece.pointer + row * rowBytes, rowBytes)
        withExtendedLifetime(piece.storage) {}
    }

    private func read(_ rows: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        let status = HDF5Library.locked { () -> (ok: Bool, reason: String) in
            let done = withMemoryType { transfer(rows, $0, bytes) >= 0 }
            return done == true ? (true, "") : (false, HDF5Library.lastError)
        }
        guard status.ok else {
            throw error(
                "can't be read at rows \(rows.lowerBound)..<\(rows.upperBound)"
                    + " (\(status.reason)); the file is damaged, make it again")
        }
        settle(bytes)
    }

    private func withMemoryType<Result>(_ body: (hid_t) -> Result) -> Result? {
        switch type {
        case .numeric(let dtype): HDF5Type.with(dtype, body)
        case .enumeration: HDF5Library.with(H5Dget_type(id), H5Tclose, body)
        case .unsupported: nil
        }
    }

    private func transfer(
        _ rows: Range<Int>, _ type: hid_t, _ bytes: UnsafeMutableRawBufferPointer
    ) -> herr_t {
        var sizes = entry.dimensions.map { hsize_t($0) }
        sizes[0] = hsize_t(rows.count)
        var start = [hsize_t](repeating: 0, count: sizes.count)
        start[0] = hsize_t(rows.lowerBound)
        return HDF5Library.with(H5Dget_space(id), H5Sclose) { space -> herr_t in
            let memory = H5Screate_simple(Int32(sizes.count), sizes, nil)
            return HDF5Library.with(memory, H5Sclose) { memory in
                let status = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nil, sizes, nil)
                guard status >= 0 else { return status }
                return H5Dread(id, type, memory, space, hid_t(H5P_DEFAULT), bytes.baseAddress)
            } ?? -1
        } ?? -1
    }

    /// Makes what arrived valid elements of the dtype.
    private func settle(_ bytes: UnsafeMutableRawBufferPointer) {
        guard case .enumeration(let dtype, let isSwapped) = type else { return }
        if dtype == .bool {
            for index in bytes.indices { bytes[index] = bytes[index] == 0 ? 0 : 1 }
        } else if isSwapped {
            swapBytes(bytes, elementSize: dtype.size)
        }
    }
}
