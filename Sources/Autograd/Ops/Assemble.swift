public import Tensor

// Tensors put together of several others.

/// The order of the first two axes of a grid.
public enum GridIndexing: Sendable {
    /// The first tensor varies along the first axis.
    case ij
    /// The first tensor varies along the second axis, as x does in a picture.
    case xy
}

extension Tensor {
    /// The tensors beside each other: along the second axis, or the first of rows.
    public static func hstack(_ tensors: [Tensor]) -> Tensor {
        let parts = tensors.map { $0.atLeast1D() }
        return joined(parts, axis: parts.first?.rank == 1 ? 0 : 1, "hstack")
    }

    /// The tensors below each other; rows become matrices of one row.
    public static func vstack(_ tensors: [Tensor]) -> Tensor {
        joined(tensors.map { $0.atLeast2D() }, axis: 0, "vstack")
    }

    /// The tensors behind each other, along the third axis.
    public static func dstack(_ tensors: [Tensor]) -> Tensor {
        joined(tensors.map { $0.atLeast3D() }, axis: 2, "dstack")
    }

    /// Rows as the columns of a matrix, matrices beside each other.
    public static func columnStack(_ tensors: [Tensor]) -> Tensor {
        let columns = tensors.map { $0.rank < 2 ? $0.reshape([$0.count, 1]) : $0 }
        return joined(columns, axis: 1, "columnStack")
    }

    /// The coordinates of a grid: a tensor for each row given, that varies along one axis of the
    /// grid.
    public static func meshgrid(
        _ tensors: [Tensor], indexing: GridIndexing = .ij
    ) -> [Tensor] {
        for tensor in tensors where tensor.rank > 1 {
            fail("meshgrid", "shape \(tensor.shape) is no row")
        }
        let swaps = indexing == .xy && tensors.count >= 2
        let spread = tensors.enumerated().map { position, tensor in
            let axis = swaps && position < 2 ? 1 - position : position
            var shape = Shape(repeating: 1, count: tensors.count)
            shape[axis] = tensor.count
            return tensor.reshape(shape)
        }
        return broadcast(spread)
    }

    /// All ways to take one element of each row: [ways, rows].
    public static func cartesianProduct(_ tensors: [Tensor]) -> Tensor {
        if tensors.count == 1 { return tensors[0].copy() }
        return stack(meshgrid(tensors).map { $0.reshape([$0.count]) }, axis: 1)
    }

    /// All ways to take `size` elements of a row, in its order: [ways, size].
    public final func combinations(_ size: Int = 2, withReplacement: Bool = false) -> Tensor {
        guard rank == 1, size >= 0 else {
            fail("combinations", "shape \(shape) and size \(size): a row and a size ≥ 0 are needed")
        }
        let ways = Combinations(of: count, size, withReplacement: withReplacement)
        failUnlessHeld(
            "combinations", ways.count, "ways to take \(size) of \(count)",
            bytes: size.plus(1).times(16), hint: "take fewer")
        let index = NDArray(ways.places(), [ways.count, size], on: data.backend)
        return take(Tensor(index))
    }

    /// The matrices along the diagonal, zero elsewhere; a number or a row counts as a matrix.
    public static func blockDiagonal(_ tensors: [Tensor]) -> Tensor {
        let blocks = tensors.map { $0.atLeast2D() }
        for block in blocks where block.rank != 2 {
            fail("blockDiagonal", "shape \(block.shape) is no matrix")
        }
        let width = blocks.reduce(0) { $0.plus($1.shape[1]) }
        var left = 0
        return vstack(
            blocks.map { block in
                let right = width - left - block.shape[1]
                defer { left += block.shape[1] }
                return block.pad([(left, right)])
            })
    }

    /// Whether each place of a matrix lies on or below the diagonal `offset`: bool, the mask of
    /// causal attention.
    public static func trilMask(
        _ rows: Int, _ columns: Int, offset: Int = 0, on device: Device? = nil
    ) -> Tensor {
        difference(rows, columns, "trilMask", on: device) .<= offset
    }

    /// Whether each place of a matrix lies on or above the diagonal `offset`: bool.
    public static func triuMask(
        _ rows: Int, _ columns: Int, offset: Int = 0, on device: Device? = nil
    ) -> Tensor {
        difference(rows, columns, "triuMask", on: device) .>= offset
    }

    /// The places on and below the diagonal `offset` of a matrix, row by row: int64 [2, places].
    public static func trilIndices(
        _ rows: Int, _ columns: Int, offset: Int = 0, on device: Device? = nil
    ) -> Tensor {
        places(rows, columns, "trilIndices", on: device) { row in
            0..<Swift.min(Swift.max(row.plus(offset).plus(1), 0), columns)
        }
    }

    /// The places on and above the diagonal `offset` of a matrix, row by row: int64 [2, places].
    public static func triuIndices(
        _ rows: Int, _ columns: Int, offset: Int = 0, on device: Device? = nil
    ) -> Tensor {
        places(rows, columns, "triuIndices", on: device) { row in
            Swift.min(Swift.max(row.plus(offset), 0), columns)..<columns
        }
    }

    private static func difference(
        _ rows: Int, _ columns: Int, _ operation: String, on device: Device?
    ) -> Tensor {
        guard rows >= 0, columns >= 0 else {
            fail(operation, "\(rows) rows and \(columns) columns; neither may be below 0")
        }
        return arange(0, columns, on: device) - arange(0, rows, on: device).unsqueeze(1)
    }

    private static func places(
        _ rows: Int, _ columns: Int, _ operation: String, on device: Device?,
        _ inside: (Int) -> Range<Int>
    ) -> Tensor {
        guard rows >= 0, columns >= 0 else {
            fail(operation, "\(rows) rows and \(columns) columns; neither may be below 0")
        }
        failUnlessHeld(operation, rows, "rows", bytes: 16)
        let count = (0..<rows).reduce(0) { $0.plus(inside($1).count) }
        failUnlessHeld(operation, count, "places", bytes: 16 * 2)
        let rowOfEach = (0..<rows).flatMap { repeatElement($0, count: inside($0).count) }
        let columnOfEach = (0..<rows).flatMap { inside($0) }
        return Tensor(NDArray(rowOfEach + columnOfEach, [2, count], on: device))
    }
}
