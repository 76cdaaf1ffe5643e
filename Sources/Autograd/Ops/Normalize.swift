import Tensor

// Rows brought to the same scale, the heart of layer normalization (Ba, Kiros and Hinton, "Layer
// Normalization", 2016) and, without their means, of root mean square normalization (Zhang and
// Sennrich, 2019).

/// y = (x − mean) / √(variance + ε) of each row,
/// dx = (dy − mean dy − y mean(dy y)) / √(variance + ε); uncentred, with no means of x and dy and
/// the mean of x² as variance
final class Normalize: UnaryOp {
    private let norm: RowNorm
    init(_ norm: RowNorm) { self.norm = norm }

    /// Rows brought to mean 0 and variance 1.
    convenience init(_ epsilon: Double) { self.init(RowNorm(epsilon: epsilon, isCentred: true)) }

    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        x.rowwise { Kernel.normalize(norm, ArrayList([])).run($0[0], into: $1) }
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        NormalizeGrad(norm)(x, dy)
    }
    // The Jacobian of a row is symmetric.
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        NormalizeGrad(norm)(x, dx)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// z = r (dy − mean dy − y mean(dy y)) with r = 1 / √(variance + ε), by dy of the same form; by x,
/// with b = Σ dy y and a = Σ u y:  −r²/n (Σ u (dy − mean dy) − a b / n) y + J(−r/n (b u + a dy)),
/// where J is the Jacobian of `Normalize`; uncentred alike, without the mean of dy
final class NormalizeGrad: BinaryOp {
    private let norm: RowNorm
    init(_ norm: RowNorm) { self.norm = norm }

    /// That of rows brought to mean 0 and variance 1.
    convenience init(_ epsilon: Double) { self.init(RowNorm(epsilon: epsilon, isCentred: true)) }

    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray, _ dy: NDArray) -> NDArray {
        x.rowwise(dy) { Kernel.normalizeBackward(norm, ArrayList([])).run($0[0], $0[1], into: $1) }
    }
    override func backwardLeft(_ u: Tensor, a x: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        curvature(u, x, dy)
    }
    override func backwardRight(_ u: Tensor, a x: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        self(x, u)
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, a x: Tensor, b dy: Tensor, y z: Tensor
    ) -> Tensor? {
        Dual.sum([da.map { curvature($0, x, dy) }, db.map { self(x, $0) }], like: z)
    }
    override func batch(_ x: Tensor, _ dy: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.spread([x, dy], [isBatched.a, isBatched.b]))
    }

    /// The second derivatives are symmetric in the direction and x's.
    func curvature(_ u: Tensor, _ x: Tensor, _ dy: Tensor) -> Tensor {
        let n = Double(x.shape[x.rank - 1])
        func sum(_ terms: Tensor) -> Tensor { terms.sum(axis: -1, keepDims: true) }
        let variance =
            norm.isCentred
            ? x.variance(axis: -1, correction: 0, keepDims: true)
            : x.square().mean(axis: -1, keepDims: true)
        let r = (variance + norm.epsilon).rsqrt()
        let y = Normalize(norm)(x)
        let (a, b) = (sum(u * y), sum(dy * y))
        let moved = norm.isCentred ? dy - sum(dy) / n : dy
        let spread = sum(u * moved) - a * b / n
        let turned = self(x, b * u + a * dy)
        return -(r * r / n) * spread * y - turned * (r / n)
    }
}

extension NDArray {
    /// A result of this array's shape, made row by row of arrays like it; halves in float32.
    fileprivate func rowwise(
        _ others: NDArray..., run: ([NDArray], NDArray) -> Void
    ) -> NDArray {
        let wide: DType = dtype == .float64 ? .float64 : .float32
        let out = NDArray(uninitialized: shape, wide, on: backend)
        run(([self] + others).map { $0.cast(to: wide).contiguous() }, out)
        return out.cast(to: dtype)
    }
}
