import FTSupport
import Tensor

/// An IDX file that is read from its start to its end.
final class IDXInput {
    let shape: Shape
    let dtype: DType
    /// Bytes of all elements.
    let byteCount: Int
    private let path: String
    private let input: GzipInput
    /// Rows, or elements of a single one, that were not read yet.
    private var left: Int

    /// Reads the header. Throws where it is damaged or the file is something else.
    init(_ path: String) throws {
        self.path = path
        input = try GzipInput(path)
        let start = try input.take(4, "header")
        guard start[0] == 0, start[1] == 0, let dtype = IDX.dtype(of: start[2]) else {
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
        guard let size = Datasets.byteCount(sizes, elementSize: dtype.size), input.mayHold(size)
        else {
            throw DataError(
                path,
                "the header declares shape \(sizes), which a file of"
                    + " \(Format.grouped(input.fileBytes)) bytes can't hold; copy it again")
        }
        self.dtype = dtype
        shape = Shape(sizes)
        byteCount = size
        left = sizes.first ?? 1
    }

    /// The whole array, of which nothing was read yet.
    func rest() throws -> NDArray {
        left = 0
        return try read(shape)
    }

    /// The next rows, at most so many; nil at the end.
    func next(_ rows: Int) throws -> NDArray? {
        guard left > 0 else { return nil }
        let count = min(rows, left)
        left -= count
        return try read(shape.replacing(0, with: count))
    }

    private func read(_ shape: Shape) throws -> NDArray {
        let array = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
        try array.withUnsafeMutableBytes { bytes in
            try input.take(bytes, "elements")
            swapBytes(bytes, elementSize: dtype.size)
        }
        guard left > 0 || input.isAtEnd else {
            throw DataError(
                path, "bytes follow the elements that the header declares; copy it again")
        }
        return array
    }
}
