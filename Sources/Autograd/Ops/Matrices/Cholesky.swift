public import Tensor

/// L of A = L Lᵀ, of the lower triangle of A. With Φ(X) = the lower triangle of X, its diagonal
/// halved, dA = the symmetric part of L⁻ᵀ Φ(Lᵀ dL) L⁻¹ (Murray 2016, "Differentiation of the
/// Cholesky decomposition")
final class Cholesky: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .output }
    override func forward(_ x: NDArray) -> NDArray { x.factor(.cholesky, "cholesky") }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let inner = MatMul()(y.transpose(), dy).halfTriangle
        let upper = y.transpose()
        let left = TriangularSolve(upper: true)(upper, inner)
        return TriangularSolve(upper: true)(upper, left.transpose()).symmetricPart
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let left = TriangularSolve(upper: false)(y, dx.symmetricPart)
        let inner = TriangularSolve(upper: false)(y, left.transpose())
        return MatMul()(y, inner.halfTriangle)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// The lower triangle, its diagonal halved.
    fileprivate final var halfTriangle: Tensor { (tril() + tril(-1)) * 0.5 }

    /// (x + xᵀ) / 2
    package final var symmetricPart: Tensor { (self + transpose()) * 0.5 }

    /// The lower triangular L of A = L Lᵀ for each symmetric positive definite matrix in the last
    /// two axes, or U of A = Uᵀ U if `upper`. One triangle of A is read, that of the result; the
    /// gradient is the symmetric one. Traps where A is not positive definite.
    public final func cholesky(upper: Bool = false) -> Tensor {
        let matrices = squares("cholesky")
        return upper ? Cholesky()(matrices.transpose()).transpose() : Cholesky()(matrices)
    }
}
