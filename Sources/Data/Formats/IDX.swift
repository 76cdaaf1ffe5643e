import CZlib
import FTSupport
import Glibc
public import Tensor

/// IDX files, the format that MNIST is published in, plain or compressed with gzip.
public enum IDX {
    /// Reads an array.
    ///
    /// Throws where the file is damaged or is something else.
    public static func read(_ path: String) throws -> NDArray {
        let input = try IDXInput(path)
        guard input.byteCount <= Machine.memory / 2 else {
            throw DataError(
                path,
                "the header declares \(Format.bytes(input.byteCount)), more than half of the "
                    + "\(Format.bytes(Machine.memory)) of memory; make an HDF5 file of it with "
                    + "'fttrain data idx'")
        }
        return try input.rest()
    }

    /// Writes the array of a file into an HDF5 file, a few megabytes at a time, however large it
    /// is.
    public static func copy(
        _ path: String, to file: HDF5Writer, as name: String
    ) throws {
        let input = try IDXInput(path)
        guard input.shape.rank > 1 else { return try file.write(name, input.rest()) }
        try file.write(name, input.shape, input.dtype, deflate: 1) { rows in
            try input.next(rows)
        }
    }

    /// Writes an array, compressed where the path ends in `.gz`. Bools become bytes.
    ///
    /// Throws for dtypes that the format doesn't have, and where the file can't be written.
    public static func write(_ array: NDArray, to path: String) throws {
        let array = array.dtype == .bool ? array.cast(to: .uint8) : array
        guard let code = codes.first(where: { $0.dtype == array.dtype })?.code else {
            throw DataError(path, "IDX has no \(array.dtype); cast it to float32 or int32 first")
        }
        guard array.shape.allSatisfy({ $0 <= Int(UInt32.max) }) else {
            throw DataError(path, "shape \(array.shape) is too large for IDX; use HDF5")
        }
        var bytes: [UInt8] = [0, 0, code, UInt8(array.rank)]
        for size in array.shape {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: size >> shift)) }
        }
        let start = bytes.count
        array.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes.withUnsafeMutableBytes {
            swapBytes(.init(rebasing: $0[start...]), elementSize: array.dtype.size)
        }
        if path.hasSuffix(".gz") {
            try DataFile.write(path) { try compress(bytes, to: $0.temporary, path) }
        } else {
            try DataFile.write(path) { try $0.write(bytes) }
        }
    }

    private static let codes: [(code: UInt8, dtype: DType)] = [
        (0x08, .uint8), (0x09, .int8), (0x0B, .int16), (0x0C, .int32), (0x0D, .float32),
        (0x0E, .float64),
    ]

    static func dtype(of code: UInt8) -> DType? {
        codes.first { $0.code == code }?.dtype
    }

    private static func compress(_ bytes: [UInt8], to temporary: String, _ path: String) throws {
        guard let file = gzopen(temporary, "wb6") else {
            throw DataError(path, FileProblem.last.whileWriting)
        }
        let piece = 1 << 24
        let isWhole = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: piece).allSatisfy { start in
                let part = UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(piece))
                return gzwrite(file, part.baseAddress, UInt32(part.count)) == Int32(part.count)
            }
        }
        guard gzclose(file) == Z_OK, isWhole else {
            throw DataError(path, FileProblem.last.whileWriting)
        }
    }
}
