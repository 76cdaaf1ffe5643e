public import Tensor

/// A = U diag(s) Vᵀ, packed as the rows of U [m, k], then s, then the rows of V [n, k]. With
/// Eᵢⱼ = sⱼ² − sᵢ², 1 on the diagonal, and skew X = X − Xᵀ,
/// dA = U (skew(Uᵀ dU)/E · S + S · skew(Vᵀ dV)/E + diag ds) Vᵀ, plus (I − U Uᵀ) dU S⁻¹ Vᵀ for high
/// matrices and U S⁻¹ dVᵀ (I − V Vᵀ) for wide ones (Townsend 2016, "Differentiating the singular
/// value decomposition")
final class SVD: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray { x.factor(.singular, "svd") }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let (f, d) = (SVDParts(y, like: x), SVDParts(dy, like: x))
        let left = (MatMul()(f.u.transpose(), d.u).skewPart / f.gaps) * f.row
        let right = f.column * (MatMul()(f.v.transpose(), d.v).skewPart / f.gaps)
        let core = left + right + DiagonalMatrix(0, rows: f.size, columns: f.size)(d.s)
        var high = MatMul()(f.u, core)
        if x.shape[x.rank - 2] > f.size { high = high + f.u.without(d.u) / f.row }
        var result = MatMul()(high, f.v.transpose())
        if x.shape[x.rank - 1] > f.size {
            result = result + MatMul()(f.u, (f.v.without(d.v) / f.row).transpose())
        }
        return result
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let f = SVDParts(y, like: x)
        let core = MatMul()(f.u.transpose(), MatMul()(dx, f.v))
        let (byRow, byColumn) = (core * f.row, f.column * core)
        var du = MatMul()(f.u, f.hollow((byRow + byRow.transpose()) / f.gaps))
        var dv = MatMul()(f.v, f.hollow((byColumn + byColumn.transpose()) / f.gaps))
        if x.shape[x.rank - 2] > f.size { du = du + f.u.without(MatMul()(dx, f.v)) / f.row }
        if x.shape[x.rank - 1] > f.size {
            dv = dv + f.v.without(MatMul()(dx.transpose(), f.u)) / f.row
        }
        return .concat([du, Diagonal(0)(core).unsqueeze(-2), dv], axis: -2)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// The parts of packed factors of matrices, or of their gradients.
private struct SVDParts {
    let u: Tensor
    let s: Tensor
    let v: Tensor
    let size: Int

    init(_ packed: Tensor, like x: Tensor) {
        let (m, n) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
        size = Swift.min(m, n)
        u = packed.narrow(axis: -2, start: 0, count: m)
        s = packed.narrow(axis: -2, start: m, count: 1).squeeze(-2)
        v = packed.narrow(axis: -2, start: m + 1, count: n)
    }

    /// The singular values as factors of columns, and of rows.
    var row: Tensor { s.unsqueeze(-2) }
    var column: Tensor { s.unsqueeze(-1) }

    /// sⱼ² − sᵢ², 1 on the diagonal.
    var gaps: Tensor { (row - column) * (row + column) + s.identity(size) }

    /// A matrix with zeros on its diagonal.
    func hollow(_ x: Tensor) -> Tensor { x.maskedFill(s.identity(size).cast(to: .bool), 0) }
}

/// s of A = U diag(s) Vᵀ,  dA = U diag(ds) Vᵀ
final class SingularValues: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray { x.factor(.singularValues, "singularValues") }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let f = SVDParts(SVD()(x), like: x)
        return MatMul()(f.u * dy.unsqueeze(-2), f.v.transpose())
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let f = SVDParts(SVD()(x), like: x)
        return (f.u * MatMul()(dx, f.v)).sum(axis: -2)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// x − xᵀ
    final var skewPart: Tensor { self - transpose() }

    /// What is left of columns without their parts along these, which are orthonormal.
    fileprivate final func without(_ columns: Tensor) -> Tensor {
        columns - MatMul()(self, MatMul()(transpose(), columns))
    }

    /// A = U diag(s) Vᵀ of each matrix [.., m, n] in the last two axes: U [.., m, k], s [.., k]
    /// from the largest, and Vᵀ [.., k, n], k = min(m, n).
    ///
    /// The signs of columns of U and V are arbitrary, and gradients are right only for functions
    /// that don't depend on them. They need singular values that differ, and for matrices that are
    /// not square none that is 0: else they are infinite or NaN. Those of `singularValues` exist in
    /// any case.
    public final func svd() -> (u: Tensor, s: Tensor, vt: Tensor) {
        let matrices = wideMatrices("svd")
        let parts = SVDParts(SVD()(matrices), like: matrices)
        return (parts.u, parts.s, parts.v.transpose())
    }

    /// The singular values of each matrix in the last two axes, from the largest.
    public final func singularValues() -> Tensor {
        SingularValues()(wideMatrices("singularValues"))
    }
}
