public import Tensor

/// P = A⁺. With R = I − A P and Q = I − P A,
/// dA = −Pᵀ dP Pᵀ + R dPᵀ P Pᵀ + Pᵀ P dPᵀ Q, where the rank of A stays the same (Golub and Pereyra
/// 1973)
final class PseudoInverse: UnaryOp {
    let tolerance: Double
    init(tolerance: Double) { self.tolerance = tolerance }
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray {
        x.factor(.pseudoInverse(tolerance: tolerance), "pseudoInverse")
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let (p, g) = (y.transpose(), dy.transpose())
        let left = MatMul()(MatMul()(g, y), p)
        let right = MatMul()(MatMul()(p, y), g)
        let first = left - MatMul()(x, MatMul()(y, left))
        let second = right - MatMul()(MatMul()(right, y), x)
        return first + second - MatMul()(MatMul()(p, dy), p)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let (p, d) = (y.transpose(), dx.transpose())
        let left = MatMul()(y, MatMul()(p, d))
        let right = MatMul()(MatMul()(d, p), y)
        let first = left - MatMul()(MatMul()(left, x), y)
        let second = right - MatMul()(y, MatMul()(x, right))
        return first + second - MatMul()(MatMul()(y, dx), y)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y = e^A. The derivative L(A, E) in the direction E is the upper right part of the exponential of
/// [[A, E], [0, A]],  dA = L(Aᵀ, dy) (Mathias 1996, "A chain rule for matrix functions")
final class MatrixExponential: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        // In double: each squaring doubles the error.
        x.cast(to: .float64).factor(.exponential, "matrixExponential").cast(to: x.dtype)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        derivative(x.transpose(), dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { derivative(x, dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }

    private func derivative(_ x: Tensor, _ direction: Tensor) -> Tensor {
        let size = x.shape[x.rank - 1]
        let top = Tensor.concat([x, direction], axis: -1)
        let bottom = Tensor.concat([.zeros(like: x), x], axis: -1)
        let whole = self(.concat([top, bottom], axis: -2))
        return whole.narrow(axis: -2, start: 0, count: size)
            .narrow(axis: -1, start: size, count: size)
    }
}

extension Tensor {
    /// The Moore–Penrose inverse [.., n, m] of each matrix [.., m, n] in the last two axes.
    ///
    /// Singular values up to `tolerance` times the largest count as 0; nil is max(m, n) units in
    /// the last place. The gradient holds where small changes keep the rank.
    public final func pseudoInverse(tolerance: Double? = nil) -> Tensor {
        let matrices = wideMatrices("pseudoInverse")
        return PseudoInverse(tolerance: tolerance ?? smallestRatio)(matrices)
    }

    /// e^A of each square matrix in the last two axes.
    public final func matrixExponential() -> Tensor {
        MatrixExponential()(squares("matrixExponential"))
    }

    /// How many singular values of each matrix in the last two axes are above `tolerance` times the
    /// largest: int64. nil is max(m, n) units in the last place.
    public final func matrixRank(tolerance: Double? = nil) -> Tensor {
        let values = noGrad { wideMatrices("matrixRank").singularValues() }
        if values.shape[values.rank - 1] == 0 { return values.sum(axis: -1).cast(to: .int64) }
        let least = values.max(axis: -1, keepDims: true) * (tolerance ?? smallestRatio)
        return (values .> least).sum(axis: -1)
    }

    /// The ratio of the largest and the smallest singular value of each matrix, ∞ where that is 0;
    /// or, of another norm than the spectral one, |A| · |A⁻¹|, which traps where A is singular.
    public final func conditionNumber(_ norm: MatrixNorm = .spectral) -> Tensor {
        let matrices = wideMatrices("conditionNumber")
        if norm == .spectral || norm == .smallestSingular {
            let values = matrices.singularValues()
            guard let size = values.shape.last, size > 0 else {
                fail("conditionNumber", "matrices of shape \(shape) have no singular values")
            }
            let (first, last) = (values[.ellipsis, 0], values[.ellipsis, size - 1])
            return norm == .spectral ? first / last : last / first
        }
        return matrices.matrixNorm(norm) * matrices.inverse().matrixNorm(norm)
    }

    /// Each square matrix in the last two axes times itself, `exponent` factors in all; the
    /// identity of none, and those of the inverse if negative.
    public final func matrixPower(_ exponent: Int) -> Tensor {
        guard rank >= 2, shape[rank - 1] == shape[rank - 2] else {
            fail("matrixPower", "matrices of shape \(shape) are not square")
        }
        if exponent == 1 { return copy() }
        if exponent == 0 { return identity(shape[rank - 1]).expand(to: shape).copy() }
        var square = exponent < 0 ? inverse() : self
        var rest = exponent.magnitude
        var result: Tensor?
        while true {
            if rest & 1 == 1 { result = result.map { $0.matmul(square) } ?? square }
            rest >>= 1
            guard rest > 0 else { return result ?? square }
            square = square.matmul(square)
        }
    }
}
