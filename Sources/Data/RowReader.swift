import Tensor

/// Rows that are read as they are needed: those of a dataset in a file, or images.
protocol RowReader: Sendable {
    /// The shape of all rows together.
    var shape: Shape { get }
    var dtype: DType { get }
    /// Rows that are best read together.
    var chunkRows: Int { get }
    /// The rows listed, in that order; repeats allowed.
    func read(rows: [Int]) throws -> NDArray
    /// The rows of several ranges, one after the other.
    func read(ranges: [Range<Int>]) throws -> NDArray
}

extension HDF5Dataset: RowReader {}
