public import Tensor

/// Q of A = Q R for matrices at least as high as wide; R = Qᵀ A. With M = Qᵀ dQ,
/// dA = (dQ + Q (tril(M − Mᵀ, −1) − M)) R⁻ᵀ (Walter and Lehmann 2010, "Algorithmic differentiation
/// of linear algebra functions")
final class Orthogonal: UnaryOp {
    private let isComplete: Bool
    init(complete: Bool) { isComplete = complete }
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray {
        x.factor(.orthogonal(complete: isComplete), "qr")
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let r = triangle(x, y)
        let inner = MatMul()(y.transpose(), dy)
        let turned = (inner - inner.transpose()).tril(-1) - inner
        let sum = dy + MatMul()(y, turned)
        return TriangularSolve(upper: true)(r, sum.transpose()).transpose()
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let r = triangle(x, y).transpose()
        // dA R⁻¹
        let moved = TriangularSolve(upper: false)(r, dx.transpose()).transpose()
        let inner = MatMul()(y.transpose(), moved)
        let below = inner.tril(-1)
        return moved - MatMul()(y, inner - below + below.transpose())
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }

    private func triangle(_ x: Tensor, _ y: Tensor) -> Tensor {
        if isComplete, x.shape[x.rank - 2] != x.shape[x.rank - 1] {
            fail(
                "qr", "complete factors of \(x.shape) have no gradient",
                hint: "the reduced ones have: qr()")
        }
        return MatMul()(y.transpose(), x).triu()
    }
}

extension Tensor {
    /// A = Q R of each matrix [.., m, n] in the last two axes: orthonormal columns Q [.., m, k] and
    /// an upper triangle R [.., k, n], k = min(m, n); k = m if `complete`.
    ///
    /// The gradient needs first k columns of full rank; complete factors of high matrices have
    /// none.
    public final func qr(complete: Bool = false) -> (q: Tensor, r: Tensor) {
        let a = wideMatrices("qr")
        let (m, n) = (shape[rank - 2], shape[rank - 1])
        let columns = n > m ? a.narrow(axis: -1, start: 0, count: m) : a
        let q = Orthogonal(complete: complete && m > n)(columns)
        return (q, q.transpose().matmul(a).triu())
    }
}
