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
        let input = try GzipInput(path)
        let start = try input.take(4, "header")
        guard start[0] == 0, start[1] == 0, let dtype = dtype(of: start[2]) else {
            throw DataError(path, "this is not an IDX file; give one like train-images-idx3-ubyte")
        }
        let rank = Int(start[3])
        guard rank <= Shape.maximumRank else {
            throw DataError(
                path,
                "the header declares \(rank) dimensions, more than the"
                    + " \(Shape.maximumRank) supported; the file is damaged")
        }
        let header = try input.take(4 * rank, "header")
        let sizes = (0..<rank).map { axis in
            header[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        guard let size = byteCount(sizes, elementSize: dtype.size), input.mayHold(size) else {
            throw DataError(
                path,
                "the header declares shape \(sizes), which a file of"
                    + " \(Format.grouped(input.fileBytes)) bytes can't hold; copy it again")
        }
        guard size <= Machine.memory / 2 else {
            throw DataError(
                path,
                "the header declares \(Format.bytes(size)), more than half of the "
                    + "\(Format.bytes(Machine.memory)) of memory; cut it into smaller files")
        }
        let array = NDArray(uninitialized: Shape(sizes), dtype, on: CPUBackend.shared)
        try array.withUnsafeMutableBytes { bytes in
            try input.take(bytes, "elements")
            swapBytes(bytes, elementSize: dtype.size)
        }
        guard input.isAtEnd else {
            throw DataError(
                path, "bytes follow the elements that the header declares; copy it again")
        }
        return array
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

    private static func dtype(of code: UInt8) -> DType? {
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
