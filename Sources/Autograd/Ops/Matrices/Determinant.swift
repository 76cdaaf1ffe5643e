public import Tensor

/// y = det A,  dA = dy · cof A
final class Determinant: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray { x.factor(.determinant, "determinant") }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy.unsqueeze(-1).unsqueeze(-1) * Cofactors()(x)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        (dx * Cofactors()(x)).sum(axes: [-2, -1])
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// C = cof A = det A · A⁻ᵀ, also where A is singular,  dA = ⟨C, dC⟩ A⁻ᵀ − C dCᵀ A⁻ᵀ, for which an A
/// that is nearly singular is changed a little: half of the digits remain
final class Cofactors: UnaryOp {
    private let isNudged: Bool
    init(nudged: Bool = false) { isNudged = nudged }
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        x.factor(.cofactors(nudged: isNudged), "determinant")
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let c = Cofactors(nudged: true)(x)
        let inner = (dy * c).sum(axes: [-2, -1], keepDims: true)
        let spread = inner * x.identity(x.shape[x.rank - 1])
        return byInverse(spread - MatMul()(c, dy.transpose()), x)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let c = Cofactors(nudged: true)(x)
        // A⁻ᵀ dAᵀ, by the inverse of the very matrix that has these cofactors.
        let identity = x.identity(x.shape[x.rank - 1]).expand(to: x.shape)
        let inverse = Solve("determinant", isNudged: true)(x, identity)
        let relative = MatMul()(dx, inverse).transpose()
        let growth = relative.trace(axis1: -2, axis2: -1).unsqueeze(-1).unsqueeze(-1)
        return growth * c - MatMul()(relative, c)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }

    /// z A⁻ᵀ
    private func byInverse(_ z: Tensor, _ x: Tensor) -> Tensor {
        Solve("determinant", isNudged: true)(x, z.transpose()).transpose()
    }
}

/// y = (sign of det A, ln |det A|),  dA = dy₁ · A⁻ᵀ
final class LogDeterminant: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray { x.factor(.logDeterminant, "logDeterminant") }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let identity = x.identity(x.shape[x.rank - 1]).expand(to: x.shape)
        let inverse = Solve("logDeterminant")(x.transpose(), identity)
        return dy.narrow(axis: -1, start: 1, count: 1).unsqueeze(-1) * inverse
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let growth = Solve("logDeterminant")(x, dx).trace(axis1: -2, axis2: -1).unsqueeze(-1)
        return .concat([.zeros(like: growth), growth], axis: -1)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// The determinant of each square matrix in the last two axes. Its gradient is right for
    /// singular matrices too; their second derivatives have half the digits.
    public final func determinant() -> Tensor { Determinant()(squares("determinant")) }

    /// The sign of each determinant, 0 where that is 0, and the logarithm of its magnitude, −∞
    /// there. It doesn't overflow. The gradient needs matrices that are not singular.
    public final func signedLogDeterminant() -> (sign: Tensor, logarithm: Tensor) {
        let both = LogDeterminant()(squares("signedLogDeterminant"))
        return (both[.ellipsis, 0].detach(), both[.ellipsis, 1])
    }

    /// The logarithm of each determinant: NaN where that is negative, −∞ where it is 0.
    public final func logDeterminant() -> Tensor {
        let (sign, logarithm) = squares("logDeterminant").signedLogDeterminant()
        return logarithm.maskedFill(sign .< 0, Double.nan)
    }
}
