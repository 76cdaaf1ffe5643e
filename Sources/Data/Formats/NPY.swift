import FTSupport
public import Tensor

/// NumPy's `.npy` files: one array each.
public enum NPY {
    /// Reads an array.
    ///
    /// Throws where the file is damaged or holds something else than numbers.
    public static func read(_ path: String) throws -> NDArray {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        let (header, start) = try NPYHeader.find(file)
        guard header.shape.count <= Shape.maximumRank else {
            throw DataError(
                path,
                "the array has \(header.shape.count) dimensions, more than the"
                    + " \(Shape.maximumRank) supported; save it with fewer")
        }
        let available = file.bytes.count - start
        guard let size = byteCount(header.shape, elementSize: header.dtype.size),
            size <= available
        else {
            throw DataError(
                path,
                "the header declares shape \(header.shape), but only"
                    + " \(Format.grouped(available)) bytes follow; the file is cut short, copy it"
                    + " again")
        }
        guard size == available else {
            throw DataError(
                path,
                "\(Format.grouped(available - size)) bytes follow the array; save one array to a"
                    + " file")
        }
        let stored = Shape(header.isFortran ? header.shape.reversed() : header.shape)
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[start...])
        let array = NDArray(copying: bytes, stored, header.dtype)
        if header.isSwapped {
            array.withUnsafeMutableBytes { swapBytes($0, elementSize: header.dtype.size) }
        }
        guard header.isFortran else { return array }
        return array.permute((0..<stored.rank).reversed()).contiguous()
    }

    /// Writes an array, replacing what is at `path`.
    ///
    /// Throws for bfloat16, which NumPy doesn't have, and where the file can't be written.
    public static func write(_ array: NDArray, to path: String) throws {
        let header = try header(of: array, path)
        try DataFile.write(path) { output in
            try output.write(header)
            try array.withUnsafeBytes { try output.write($0) }
        }
    }

    /// What stands before the elements of an array.
    static func header(of array: NDArray, _ path: String) throws -> [UInt8] {
        guard let code = NPYHeader.code(of: array.dtype) else {
            throw DataError(path, "NumPy has no \(array.dtype); cast it to float32 first")
        }
        let sizes = array.shape.map(String.init).joined(separator: ", ")
        let tuple = array.rank == 1 ? "(\(sizes),)" : "(\(sizes))"
        return header(code: code, shape: tuple)
    }

    /// The same of elements of a type and a shape as Python writes them.
    static func header(code: String, shape: String) -> [UInt8] {
        var text = "{'descr': '\(code)', 'fortran_order': False, 'shape': \(shape), }"
        let prefix = 10
        // Data start at a multiple of 64, the header ending in a newline.
        while (prefix + text.utf8.count + 1) % 64 != 0 { text.append(" ") }
        text.append("\n")
        let length = text.utf8.count
        return
            NPYHeader.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
    }
}
