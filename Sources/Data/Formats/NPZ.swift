import CZlib
import FTSupport
public import Tensor

/// Arrays by name in one file, as `numpy.savez` writes them: an uncompressed ZIP archive of `.npy`.
public enum NPZ {
    /// One stored file of the archive.
    private struct Entry {
        let name: [UInt8]
        let checksum: UInt32
        let size: UInt32
        let offset: UInt32

        /// What the local header and the directory say alike.
        var fields: [UInt8] {
            // Version 2.0, name in UTF-8, stored, 1980-01-01.
            NPZ.bytes(20 as UInt16) + NPZ.bytes(0x0800 as UInt16) + NPZ.bytes(0 as UInt16)
                + NPZ.bytes(0 as UInt16) + NPZ.bytes(0x0021 as UInt16) + NPZ.bytes(checksum)
                + NPZ.bytes(size) + NPZ.bytes(size) + NPZ.bytes(UInt16(name.count))
                + NPZ.bytes(0 as UInt16)
        }
    }

    /// Writes arrays, replacing what is at `path`.
    ///
    /// Throws for bfloat16, which NumPy doesn't have, for more than 4 GiB, and where the file can't
    /// be written.
    ///
    /// - Parameter texts: further members, each one string: an array of no axes.
    public static func write(
        _ arrays: [(name: String, array: NDArray)], texts: [(name: String, text: String)] = [],
        to path: String
    ) throws {
        let headers = try arrays.map { try NPY.header(of: $0.array, path) }
        let strings = texts.map { ($0.name, NPZ.elements(of: $0.text), NPZ.header(of: $0.text)) }
        let members = zip(arrays, headers).map { ($0.name, $0.array, $1) } + strings
        try DataFile.write(path) { output in
            var entries: [Entry] = []
            var offset = 0
            for (name, array, header) in members {
                let size = header.count + array.byteCount
                guard offset + size < Int(UInt32.max) - (1 << 20), name.utf8.count < 1 << 15 else {
                    throw DataError(path, "an .npz file holds up to 4 GiB; use safetensors")
                }
                let entry = Entry(
                    name: Array("\(name).npy".utf8), checksum: checksum(header, array),
                    size: UInt32(size), offset: UInt32(offset))
                let local = bytes(0x0403_4B50 as UInt32) + entry.fields + entry.name
                try output.write(local + header)
                try array.withUnsafeBytes { try output.write($0) }
                entries.append(entry)
                offset += local.count + size
            }
            try output.write(directory(entries, at: offset))
        }
    }

    /// The Unicode scalars of a text, of four bytes each, as NumPy holds them.
    private static func elements(of text: String) -> NDArray {
        // A text of none is one that ends before its first.
        let scalars = text.unicodeScalars.map { Int32(bitPattern: $0.value) }
        return NDArray(scalars.isEmpty ? [0] : scalars)
    }

    private static func header(of text: String) -> [UInt8] {
        NPY.header(code: "<U\(max(1, text.unicodeScalars.count))", shape: "()")
    }

    private static func directory(_ entries: [Entry], at offset: Int) -> [UInt8] {
        var text: [UInt8] = []
        for entry in entries {
            text += bytes(0x0201_4B50 as UInt32) + bytes(20 as UInt16) + entry.fields
            // No comment, disk 0, no attributes.
            text += [UInt8](repeating: 0, count: 10) + bytes(entry.offset) + entry.name
        }
        let count = bytes(UInt16(entries.count))
        return text + bytes(0x0605_4B50 as UInt32) + bytes(0 as UInt32) + count + count
            + bytes(UInt32(text.count)) + bytes(UInt32(offset)) + bytes(0 as UInt16)
    }

    private static func checksum(_ header: [UInt8], _ array: NDArray) -> UInt32 {
        let start = crc32_z(0, header, header.count)
        return array.withUnsafeBytes { bytes in
            guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else {
                return UInt32(truncatingIfNeeded: start)
            }
            return UInt32(truncatingIfNeeded: crc32_z(start, base, bytes.count))
        }
    }

    fileprivate static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
