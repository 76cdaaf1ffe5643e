public import Tensor

/// A = V diag(w) Vᵀ of the lower triangle of A, packed as the rows of V, then w. With Eᵢⱼ = wⱼ −
/// wᵢ, 1 on the diagonal, dA = V (skew(Vᵀ dV)/2E + diag dw) Vᵀ (Giles 2008)
final class SymmetricEigen: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray { x.factor(.eigen, "eigh") }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let ((v, w), (dv, dw)) = (SymmetricEigen.split(y), SymmetricEigen.split(dy))
        let turned = MatMul()(v.transpose(), dv).skewPart / (SymmetricEigen.gaps(w) * 2)
        let size = w.shape[w.rank - 1]
        let core = turned + DiagonalMatrix(0, rows: size, columns: size)(dw)
        return MatMul()(MatMul()(v, core), v.transpose())
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let (v, w) = SymmetricEigen.split(y)
        let core = MatMul()(MatMul()(v.transpose(), dx.symmetricPart), v)
        let isDiagonal = w.identity(w.shape[w.rank - 1]).cast(to: .bool)
        let turned = (core / SymmetricEigen.gaps(w)).maskedFill(isDiagonal, 0)
        return .concat([MatMul()(v, turned), Diagonal(0)(core).unsqueeze(-2)], axis: -2)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }

    /// The vectors and values of packed ones, or of gradients by them.
    static func split(_ packed: Tensor) -> (v: Tensor, w: Tensor) {
        let size = packed.shape[packed.rank - 1]
        return (
            packed.narrow(axis: -2, start: 0, count: size),
            packed.narrow(axis: -2, start: size, count: 1).squeeze(-2)
        )
    }

    private static func gaps(_ w: Tensor) -> Tensor {
        w.unsqueeze(-2) - w.unsqueeze(-1) + w.identity(w.shape[w.rank - 1])
    }
}

/// w of A = V diag(w) Vᵀ, of the lower triangle of A,  dA = V diag(dw) Vᵀ
final class SymmetricEigenvalues: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray { x.factor(.eigenvalues, "eigvalsh") }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let v = SymmetricEigen.split(SymmetricEigen()(x)).v
        return MatMul()(v * dy.unsqueeze(-2), v.transpose())
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let v = SymmetricEigen.split(SymmetricEigen()(x)).v
        return (v * MatMul()(dx.symmetricPart, v)).sum(axis: -2)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// The eigenvalues [.., n], in ascending order, and eigenvectors, the columns of [.., n, n], of
    /// each symmetric matrix in the last two axes, of which the lower triangle is read, or the
    /// `upper` one.
    ///
    /// The signs of vectors are arbitrary, and gradients are right only for functions that don't
    /// depend on them. They need eigenvalues that differ: else they are infinite or NaN. Those of
    /// `eigvalsh` exist in any case. The gradient is the symmetric one.
    public final func eigh(upper: Bool = false) -> (values: Tensor, vectors: Tensor) {
        let matrices = squares("eigh")
        let packed = SymmetricEigen()(upper ? matrices.transpose() : matrices)
        let (vectors, values) = SymmetricEigen.split(packed)
        return (values, vectors)
    }

    /// The eigenvalues of each symmetric matrix in the last two axes, in ascending order; the lower
    /// triangle is read, or the `upper` one.
    public final func eigvalsh(upper: Bool = false) -> Tensor {
        let matrices = squares("eigvalsh")
        return SymmetricEigenvalues()(upper ? matrices.transpose() : matrices)
    }
}
