/// What `Kernel.factor` makes of each matrix A, the last two axes of its operand.
package enum MatrixFactor: Sendable, Hashable {
    /// L of A = L Lᵀ, where only the lower triangle of A is read.
    case cholesky
    /// Q of A = Q R: min(m, n) columns, or m if complete.
    case orthogonal(complete: Bool)
    /// A = U diag(s) Vᵀ: the rows of U, then s as one row, then the rows of V.
    case singular
    case singularValues
    /// A = V diag(w) Vᵀ, where only the lower triangle of A is read: the rows of V, then w as one
    /// row.
    case eigen
    case eigenvalues
    case determinant
    /// The sign of the determinant and the logarithm of its magnitude.
    case logDeterminant
    /// The derivatives of the determinant by the elements: det A · A⁻ᵀ, also where A is singular;
    /// or those of the matrix that a `nudged` system has in place of A.
    case cofactors(nudged: Bool)
    /// A⁺, singular values up to `tolerance` times the largest counting as 0.
    case pseudoInverse(tolerance: Double)
    /// e^A.
    case exponential

    /// Whether there is one of square matrices only.
    package var isOfSquares: Bool {
        switch self {
        case .orthogonal, .singular, .singularValues, .pseudoInverse: false
        default: true
        }
    }

    /// The shape of what is made of matrices of a shape.
    package func shape(of matrices: Shape) -> Shape {
        let batch = Shape(matrices.dropLast(2))
        let (m, n) = (matrices[matrices.rank - 2], matrices[matrices.rank - 1])
        let k = min(m, n)
        return switch self {
        case .cholesky, .cofactors, .exponential: matrices
        case .orthogonal(let complete): batch.appending(m).appending(complete ? m : k)
        case .singular: batch.appending(m + 1 + n).appending(k)
        case .singularValues, .eigenvalues: batch.appending(k)
        case .eigen: batch.appending(n + 1).appending(n)
        case .determinant: batch
        case .logDeterminant: batch.appending(2)
        case .pseudoInverse: batch.appending(n).appending(m)
        }
    }
}

/// How `Kernel.solve` solves A X = B.
package enum MatrixSystem: Sendable, Hashable {
    /// By LU factorization of a square matrix; a singular one traps.
    case general
    /// As `general`, but small pivots, and those of 0, count as larger ones.
    case nudged
    /// Only that triangle of a square matrix is read, and not its diagonal if that is `unit`.
    case triangular(upper: Bool, unit: Bool)
    /// The X of least norm among those of least residual; what is below `tolerance` times the
    /// largest counts as 0.
    case leastSquares(tolerance: Double)
}

extension NDArray {
    /// A factor or function of each matrix in the last two axes, float32 or float64. `operation` is
    /// named where there is none.
    package func factor(_ factor: MatrixFactor, _ operation: StaticString) -> NDArray {
        let out = NDArray(uninitialized: factor.shape(of: shape), dtype, on: backend)
        Kernel.factor(factor, operation).run(self, into: out)
        return out
    }

    /// X of A X = B for each matrix A in the last two axes; B has the same leading axes.
    package func solve(
        _ other: NDArray, _ system: MatrixSystem, _ operation: StaticString
    ) -> NDArray {
        let size = shape[rank - 1]
        let out = NDArray(
            uninitialized: other.shape.replacing(rank - 2, with: size), dtype, on: backend)
        Kernel.solve(system, operation).run(self, other, into: out)
        return out
    }

    /// The diagonal `offset` of the last two axes as the last one; a view.
    package func diagonal(_ offset: Int) -> NDArray {
        let (m, n) = (shape[rank - 2], shape[rank - 1])
        let (down, across) = (strides[rank - 2], strides[rank - 1])
        let count = max(0, min(m + min(offset, 0), n - max(offset, 0)))
        let start = count == 0 ? 0 : max(offset, 0) * across - min(offset, 0) * down
        return view(
            Shape(shape.dropLast(2)).appending(count),
            Shape(strides.dropLast(2)).appending(down + across), offset: self.offset + start)
    }
}
