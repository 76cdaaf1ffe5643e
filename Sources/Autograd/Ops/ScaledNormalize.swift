import Tensor

/// y = N(x) w + b, N being `Normalize` of each row, in one pass. Operands are x, w and b [row], all
/// float32 or all float64; b may be missing.
final class ScaledNormalize: NaryOp {
    private let norm: RowNorm
    init(_ norm: RowNorm) { self.norm = norm }

    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { [.first, .second] }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let parts = inputs.map { $0.contiguous() }
        let out = NDArray(uninitialized: inputs[0].shape, inputs[0].dtype, on: inputs[0].backend)
        Kernel.normalize(norm, ArrayList(Array(parts.dropFirst()))).run(parts[0], into: out)
        return out
    }

    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let flat = ScaledNormalizeGrad(norm)([inputs[0], dy, inputs[1]])
        return ScaledNormalizeGrad.parts(of: flat, like: inputs[0]).prefix(inputs.count).map { $0 }
    }

    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let byInput = tangents[0].map { NormalizeGrad(norm)(inputs[0], $0) * inputs[1] }
        let byWeight = tangents[1].map { Normalize(norm)(inputs[0]) * $0 }
        let byBias = tangents.dropFirst(2).first.flatMap { $0 }?.expand(to: y.shape)
        return Dual.sum([byInput, byWeight, byBias], like: y)
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        if !isBatched.dropFirst().contains(true) { return self(inputs) }
        let parts = Batched.aligned(
            [Normalize(norm)(inputs[0])] + inputs.dropFirst(), isBatched)
        return parts.dropFirst(2).reduce(parts[0] * parts[1], +)
    }
}

/// The gradients of `ScaledNormalize` by x, w and b, all in one array. Operands: x, dy and w. With
/// J the Jacobian of N, which is symmetric, they are J(w dy), Σ dy ∘ N and Σ dy over all rows, and
/// their derivatives follow from those of J and N.
final class ScaledNormalizeGrad: NaryOp {
    private let norm: RowNorm
    init(_ norm: RowNorm) { self.norm = norm }

    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let parts = inputs.map { $0.contiguous() }
        let count = parts[0].count + 2 * parts[2].count
        let out = NDArray(uninitialized: [count], parts[0].dtype, on: parts[0].backend)
        Kernel.normalizeBackward(norm, ArrayList([parts[2]])).run(parts[0], parts[1], into: out)
        return out
    }

    override func backward(_ u: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (x, dy, weight) = (inputs[0], inputs[1], inputs[2])
        let directions = ScaledNormalizeGrad.parts(of: u, like: x)
        let (direction, byScale, byShift) = (directions[0], directions[1], directions[2])
        let jacobian = NormalizeGrad(norm), turned = jacobian(x, direction)
        return [
            jacobian.curvature(direction, x, dy * weight) + jacobian(x, dy * byScale),
            turned * weight + Normalize(norm)(x) * byScale + byShift,
            (dy * turned).sum(axes: Array(0..<x.rank - 1)),
        ]
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let parts = Batched.spread(inputs, isBatched)
        let (size, n) = (parts[0].shape[0], parts[2].shape[1])
        let rows = parts[0].count / max(1, size * n)
        let (x, dy) = (parts[0].reshape([size, rows, n]), parts[1].reshape([size, rows, n]))
        let byInput = NormalizeGrad(norm)(x, dy * parts[2].unsqueeze(1))
        let sums = [(dy * Normalize(norm)(x)).sum(axis: 1), dy.sum(axis: 1)]
        return Tensor.concat([byInput.reshape([size, rows * n])] + sums, axis: 1)
    }

    /// The gradients by x, w and b in the array that holds all three.
    static func parts(of flat: Tensor, like x: Tensor) -> [Tensor] {
        let (count, n) = (x.count, x.shape[x.rank - 1])
        return [
            flat.narrow(axis: 0, start: 0, count: count).reshape(x.shape),
            flat.narrow(axis: 0, start: count, count: n),
            flat.narrow(axis: 0, start: count + n, count: n),
        ]
    }
}
