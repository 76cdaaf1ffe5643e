public import Tensor

// Rows brought to mean 0 and variance 1: the heart of layer normalization (Ba, Kiros and Hinton,
// "Layer Normalization", 2016).

/// y = (x − mean) / √(variance + ε) of each row,
/// dx = (dy − mean dy − y mean(dy y)) / √(variance + ε)
final class Normalize: UnaryOp {
    private let epsilon: Double
    init(_ epsilon: Double) { self.epsilon = epsilon }

    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        x.rowwise { Kernel.normalize(epsilon: epsilon).run($0[0], into: $1) }
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        NormalizeGrad(epsilon)(x, dy)
    }
    // The Jacobian of a row is symmetric.
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        NormalizeGrad(epsilon)(x, dx)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// z = r (dy − mean dy − y mean(dy y)) with r = 1 / √(variance + ε), by dy of the same form; by x,
/// with b = Σ dy y and a = Σ u y:  −r²/n (Σ u (dy − mean dy) − a b / n) y + J(−r/n (b u + a dy)),
/// where J is the Jacobian of `Normalize`
final class NormalizeGrad: BinaryOp {
    private let epsilon: Double
    init(_ epsilon: Double) { self.epsilon = epsilon }

    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray, _ dy: NDArray) -> NDArray {
        x.rowwise(dy) { Kernel.normalizeBackward(epsilon: epsilon).run($0[0], $0[1], into: $1) }
    }
    override func backwardLeft(_ u: Tensor, a x: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        curvature(u, x, dy)
    }
    override func backwardRight(_ u: Tensor, a x: Tensor, b dy: Tensor, y z: Tensor) -> Tensor {
        NormalizeGrad(epsilon)(x, u)
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
    private func curvature(_ u: Tensor, _ x: Tensor, _ dy: Tensor) -> Tensor {
        let n = Double(x.shape[x.rank - 1])
        func sum(_ terms: Tensor) -> Tensor { terms.sum(axis: -1, keepDims: true) }
        let r = (x.variance(axis: -1, correction: 0, keepDims: true) + epsilon).rsqrt()
        let y = Normalize(epsilon)(x)
        let (a, b) = (sum(u * y), sum(dy * y))
        let spread = sum(u * (dy - sum(dy) / n)) - a * b / n
        let turned = NormalizeGrad(epsilon)(x, b * u + a * dy)
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

extension Tensor {
    /// (x − mean) / √(variance + ε) · w + b over the last `axes` axes, for each place of the
    /// others; without w or b where there is none. Half precision is computed in float32 and
    /// rounded once. Traps where there are fewer axes, or w and b don't broadcast to this shape.
    public final func layerNorm(
        axes: Int = 1, epsilon: Double = 1e-5, weight: Tensor? = nil, bias: Tensor? = nil
    ) -> Tensor {
        let terms = [weight, bias].compactMap { $0 }
        for term in terms where Shape.broadcast(term.shape, shape) != shape {
            fail("layerNorm", "a weight or bias \(term.shape) doesn't fit \(shape)")
        }
        let common = terms.reduce(floating.dtype) { DType.promote($0, $1.dtype, "layerNorm") }
        let inputs = ([self] + terms).map { $0.cast(to: common) }
        return Tensor.roundedOnce(inputs, autocast: .float32) { parts in
            let y = parts[0].normalizedRows(axes, epsilon)
            let scaled = weight == nil ? y : y * parts[1]
            return bias == nil ? scaled : scaled + parts[parts.count - 1]
        }
    }

    private final func normalizedRows(_ axes: Int, _ epsilon: Double) -> Tensor {
        guard axes >= 1, axes <= rank else {
            fail("layerNorm", "\(shape) has no \(axes) last axes")
        }
        guard epsilon >= 0 else { fail("layerNorm", "epsilon is \(epsilon), not from 0 up") }
        if axes == 1 { return Normalize(epsilon)(self) }
        let count = shape.suffix(axes).reduce(1, *)
        return Normalize(epsilon)(reshape(Shape(shape.dropLast(axes) + [count]))).reshape(shape)
    }
}
