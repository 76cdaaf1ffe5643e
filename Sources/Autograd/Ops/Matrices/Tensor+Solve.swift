internal import CKernels
public import Tensor

extension Tensor {
    /// X of A X = B for square matrices A in the last two axes. B holds matrices, or vectors if it
    /// has one axis or the shape of A without the last; leading axes broadcast. Traps where A is
    /// singular.
    ///
    /// - Parameter left: whether A stands on the left. If not, X of X A = B, where B holds
    ///   matrices.
    public final func solve(_ other: Tensor, left: Bool = true) -> Tensor {
        if left { return withRightSide(other, "solve", isSquare: true) { Solve("solve")($0, $1) } }
        guard rank >= 2, other.rank >= 2 else {
            fail(
                "solve", "X A = B has no solution for A \(shape) and B \(other.shape)",
                hint: "both need matrices in their last two axes: unsqueeze(0) makes one of a row")
        }
        // As many axes as A has: with one less it would be vectors.
        let missing = Swift.max(0, rank - other.rank)
        let right = other.reshape(Shape(Array(repeating: 1, count: missing) + Array(other.shape)))
        return transpose().solve(right.transpose()).transpose()
    }

    /// X of A X = B for triangular matrices A in the last two axes: lower ones, or `upper` ones,
    /// the diagonal being 1 if `unitDiagonal`. The rest of A is not read. B as that of `solve`.
    public final func triangularSolve(
        _ other: Tensor, upper: Bool = false, unitDiagonal: Bool = false
    ) -> Tensor {
        withRightSide(other, "triangularSolve", isSquare: true) {
            TriangularSolve(upper: upper, unit: unitDiagonal)($0, $1)
        }
    }

    /// X of A X = B where this is the factor L of A = L Lᵀ, or U of A = Uᵀ U if `upper`.
    public final func choleskySolve(_ other: Tensor, upper: Bool = false) -> Tensor {
        withRightSide(other, "choleskySolve", isSquare: true) { factor, right in
            let lower = upper ? factor.transpose() : factor
            let half = TriangularSolve(upper: false)(lower, right)
            return TriangularSolve(upper: true)(lower.transpose(), half)
        }
    }

    /// The X of least norm that minimizes |A X − B| for matrices A [.., m, n]; B as that of
    /// `solve`.
    ///
    /// What is below `tolerance` times the largest singular value counts as 0; nil is max(m, n)
    /// units in the last place. Gradients hold where small changes keep the rank of A.
    public final func leastSquares(_ other: Tensor, tolerance: Double? = nil) -> Tensor {
        withRightSide(other, "leastSquares", isSquare: false) { a, b in
            LeastSquares(tolerance: tolerance ?? a.smallestRatio)(a, b)
        }
    }

    /// A⁻¹ of the square matrices in the last two axes. Traps where one is singular.
    public final func inverse() -> Tensor {
        let a = squares("inverse")
        let identity = a.identity(a.shape[a.rank - 1]).expand(to: a.shape)
        return Solve("inverse")(a, identity)
    }

    /// A⁻¹ where this is the factor L of A = L Lᵀ, or U of A = Uᵀ U if `upper`.
    public final func choleskyInverse(upper: Bool = false) -> Tensor {
        let factor = squares("choleskyInverse")
        let identity = factor.identity(factor.shape[rank - 1]).expand(to: factor.shape)
        return factor.choleskySolve(identity, upper: upper)
    }

    /// Checks a system and gives both sides one dtype and leading axes, and vectors an axis.
    private func withRightSide(
        _ other: Tensor, _ operation: String, isSquare: Bool, _ body: (Tensor, Tensor) -> Tensor
    ) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, operation)
        let matrices = isSquare ? a.squares(operation) : a.wideMatrices(operation)
        let isVector =
            b.rank == 1 || b.rank == rank - 1 && Array(b.shape) == Array(shape.dropLast())
        let right = isVector ? b.unsqueeze(-1) : b
        guard right.rank >= 2, right.shape[right.rank - 2] == shape[rank - 2],
            let batch = Shape.broadcast(
                Shape(shape.dropLast(2)), Shape(right.shape.dropLast(2)))
        else {
            fail(
                operation, "a right side \(other.shape) doesn't fit matrices \(shape)",
                hint: "it needs as many rows, and leading axes that broadcast")
        }
        let result = body(matrices.expand(leading: batch), right.expand(leading: batch))
        return isVector ? result.squeeze(-1) : result
    }
}

extension Tensor {
    /// This tensor if it holds matrices in the last two axes that LAPACK takes.
    final func wideMatrices(_ operation: String) -> Tensor {
        if rank < 2 { fail(operation, "shape \(shape) has no matrices in its last two axes") }
        if dtype != .float32, dtype != .float64 {
            fail(
                operation, "there is none for \(dtype)",
                hint: "cast(to: .float32), or .float64")
        }
        return self
    }

    /// This tensor if it holds square matrices.
    final func squares(_ operation: String) -> Tensor {
        let matrices = wideMatrices(operation)
        if shape[rank - 1] != shape[rank - 2] {
            fail(operation, "matrices of shape \(shape) are not square")
        }
        return matrices
    }

    /// The identity matrix in this tensor's dtype and place.
    package final func identity(_ size: Int) -> Tensor {
        let columns = NDArray.range(0, size, on: data.backend)
        return Tensor(columns.compare(.eq, columns.unsqueeze(1)).cast(to: dtype))
    }

    /// Matrices broadcast to leading axes.
    fileprivate final func expand(leading: Shape) -> Tensor {
        expand(to: leading.appending(shape[rank - 2]).appending(shape[rank - 1]))
    }

    /// The ratio of singular values that rounding can't tell from 0.
    final var smallestRatio: Double {
        let unit = dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
        return Double(Swift.max(shape[rank - 1], shape[rank - 2])) * unit
    }
}
