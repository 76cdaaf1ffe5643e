public import Tensor

// Diagonals of the last two axes. Offsets count from the main diagonal, positive ones to the right.

/// y = a diagonal of x, a view,  dx = dy on that diagonal of zeros
final class Diagonal: UnaryOp {
    let offset: Int
    init(_ offset: Int) { self.offset = offset }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.diagonal(offset) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        DiagonalMatrix(offset, rows: x.shape[x.rank - 2], columns: x.shape[x.rank - 1])(dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y = zeros with x on a diagonal,  dx = that diagonal of dy
final class DiagonalMatrix: UnaryOp {
    let offset: Int
    let rows: Int
    let columns: Int
    init(_ offset: Int, rows: Int, columns: Int) {
        self.offset = offset
        self.rows = rows
        self.columns = columns
    }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray {
        let shape = Shape(x.shape.dropLast()).appending(rows).appending(columns)
        let out = NDArray.full(shape, 0, x.dtype, on: x.backend)
        out.diagonal(offset).assign(x)
        return out
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { Diagonal(offset)(dy) }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// The elements whose positions along two axes differ by `offset`, as the last axis; a view.
    public final func diagonal(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Tensor {
        Diagonal(offset)(matrices(axis1, axis2, "diagonal"))
    }

    /// Matrices of zeros with the last axis on the diagonal `offset`, their rows and columns being
    /// the axes named of the result.
    public final func diagEmbed(offset: Int = 0, axis1: Int = -2, axis2: Int = -1) -> Tensor {
        if rank == 0 { fail("diagEmbed", "a scalar has no axis to put on a diagonal") }
        let size = shape[rank - 1].plus(offset.size)
        let result = DiagonalMatrix(offset, rows: size, columns: size)(self)
        let (first, second) = (
            result.shape.axis(axis1, "diagEmbed"), result.shape.axis(axis2, "diagEmbed")
        )
        if first == second { fail("diagEmbed", "axis \(axis1) is named twice") }
        var order = Array(0..<rank - 1)
        for (axis, source) in [(first, rank - 1), (second, rank)].sorted(by: { $0.0 < $1.0 }) {
            order.insert(source, at: axis)
        }
        return order == Array(0...rank) ? result : Permute(order)(result)
    }

    /// A vector on the diagonal `offset` of a matrix, or that diagonal of a matrix.
    public final func diag(_ offset: Int = 0) -> Tensor {
        switch rank {
        case 1: return diagEmbed(offset: offset)
        case 2: return Diagonal(offset)(self)
        default:
            fail(
                "diag", "shape \(shape) is neither a vector nor a matrix",
                hint: "use diagonal or diagEmbed for batches")
        }
    }

    /// The sum of the diagonal `offset` of two axes.
    public final func trace(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Tensor {
        Diagonal(offset)(matrices(axis1, axis2, "trace")).sum(axis: -1)
    }

    /// The axes named moved to the end.
    final func matrices(_ axis1: Int, _ axis2: Int, _ operation: String) -> Tensor {
        if rank < 2 { fail(operation, "shape \(shape) has no two axes") }
        let (first, second) = (shape.axis(axis1, operation), shape.axis(axis2, operation))
        if first == second { fail(operation, "axis \(axis1) is named twice") }
        if first == rank - 2, second == rank - 1 { return self }
        return Permute((0..<rank).filter { $0 != first && $0 != second } + [first, second])(self)
    }
}
