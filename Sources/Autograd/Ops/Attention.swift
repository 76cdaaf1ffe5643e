import Tensor

// Scaled dot-product attention (Vaswani et al., "Attention Is All You Need", 2017, equation 1) in
// one pass that never holds all scores (after Dao et al., "FlashAttention", 2022, and Rabe and
// Staats, "Self-attention Does Not Need O(n²) Memory", 2021). The backward pass makes the shares p
// again.

/// y = p v,  p = softmax(scale · q kᵀ), 0 for keys that a query doesn't see;
/// dv = pᵀ dy,  ds = p ∘ (dy vᵀ − Σ p ∘ dy vᵀ),  dq = scale · ds k,  dk = scale · dsᵀ q
///
/// Operands are q [examples, positions, heads, width], k, v likewise, and a mask [examples, heads,
/// queries, keys] of bools, if there is one.
final class Attention: NaryOp {
    private let rule: AttentionRule
    init(_ rule: AttentionRule) { self.rule = rule }

    override var autocast: AutocastRule { .halfAround }
    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        inputs[0].attention(
            rule, inputs[1], inputs[2], mask: inputs.count > 3 ? inputs[3] : nil)
    }

    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let flat = AttentionGrad(rule)(Array(inputs.prefix(3)) + [dy] + inputs.dropFirst(3))
        return rule.parts(of: flat, like: inputs).map { $0 } + inputs.dropFirst(3).map { _ in nil }
    }

    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let pass = AttentionPass(rule, inputs)
        let (q, k, v) = (tangents[0], tangents[1], tangents[2])
        var terms: [Tensor] = []
        if q != nil || k != nil { terms.append(pass.taken(pass.shareTangent(q, k))) }
        if let v { terms.append(pass.taken(pass.shares, pass.keys(v))) }
        if terms.isEmpty { return nil }
        return pass.positions(terms.dropFirst().reduce(terms[0], +))
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let (flat, sizes) = AttentionRule.merged(inputs, isBatched)
        return self(flat).parted(sizes)
    }
}

/// The same of queries, keys and values that lie side by side, [examples, positions, 3, heads,
/// width], as one product makes them: so they have one gradient, and nothing is copied on the way.
final class SelfAttention: NaryOp {
    private let rule: AttentionRule

    init(_ rule: AttentionRule) {
        var rule = rule
        rule.isInterleaved = true
        self.rule = rule
    }

    override var autocast: AutocastRule { .halfAround }
    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let parts = (0..<3).map { inputs[0].select(axis: 2, index: $0) }
        return parts[0].attention(
            rule, parts[1], parts[2], mask: inputs.count > 1 ? inputs[1] : nil)
    }

    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let mask = inputs.dropFirst()
        let flat = AttentionGrad(rule)(parts(inputs[0]) + [dy] + mask)
        return [flat.reshape(inputs[0].shape)] + mask.map { _ in nil }
    }

    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        guard let direction = tangents[0] else { return nil }
        let mask = Array(inputs.dropFirst())
        return Attention(rule).tangents(
            parts(direction).map { $0 } + mask.map { _ in nil }, inputs: parts(inputs[0]) + mask,
            y: y)
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let (flat, sizes) = AttentionRule.merged(inputs, isBatched)
        return self(flat).parted(sizes)
    }

    private func parts(_ packed: Tensor) -> [Tensor] {
        (0..<3).map { packed.narrow(axis: 2, start: $0, count: 1).squeeze(2) }
    }
}

/// z = the gradients of `Attention` by q, k and v, all in one array. Operands: q, k, v, dy and the
/// mask.
final class AttentionGrad: NaryOp {
    private let rule: AttentionRule
    init(_ rule: AttentionRule) { self.rule = rule }

    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        inputs[0].attentionBackward(
            rule, inputs[1], inputs[2], mask: inputs.count > 4 ? inputs[4] : nil,
            gradient: inputs[3])
    }

    /// Σ u ∘ z is the derivative of Σ dy ∘ y in the direction u = (q̇, k̇, v̇). With ṡ = scale (q̇
    /// kᵀ + q k̇ᵀ) and ṗ = p ∘ (ṡ − Σ p ∘ ṡ) that is Σ dy ∘ (ṗ v + p v̇), whose gradients these
    /// are.
    override func backward(_ u: Tensor, inputs: [Tensor], y z: Tensor) -> [Tensor?] {
        let operands = Array(inputs.prefix(3)) + inputs.dropFirst(4)
        let pass = AttentionPass(rule, operands)
        let directions = rule.parts(of: u, like: inputs)
        let uq = pass.queries(directions[0])
        let (uk, uv) = (pass.keys(directions[1]), pass.keys(directions[2]))
        let dy = pass.queries(inputs[3]), p = pass.shares
        let slope = pass.scoreTangent(directions[0], directions[1])
        let moved = SoftmaxGrad()(p, slope)
        // The gradient by ṗ, and through it by ṡ and by p.
        let byMoved = pass.paired(dy, pass.v), bySlope = SoftmaxGrad()(p, byMoved)
        let inner = slope - (p * slope).sum(axis: -1, keepDims: true)
        let byShares =
            pass.paired(dy, uv) + byMoved * inner
            - slope * (p * byMoved).sum(axis: -1, keepDims: true)
        let byScores = SoftmaxGrad()(p, byShares)
        let byQueries = (pass.taken(byScores, pass.k) + pass.taken(bySlope, uk)) * rule.scale
        let byKeys = (pass.gathered(byScores, pass.q) + pass.gathered(bySlope, uq)) * rule.scale
        let byValues = pass.gathered(moved, dy)
        let byGradient = pass.taken(moved) + pass.taken(p, uv)
        return [
            pass.positions(byQueries), pass.keyPositions(byKeys), pass.keyPositions(byValues),
            pass.positions(byGradient),
        ] + inputs.dropFirst(4).map { _ in nil }
    }

    /// With ṡ and ṗ as above and dp = dy vᵀ, ds = p ∘ (dp − Σ p ∘ dp): the derivatives of pᵀ dy, of
    /// scale · ds k and of scale · dsᵀ q.
    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y z: Tensor) -> Tensor? {
        let pass = AttentionPass(rule, Array(inputs.prefix(3)) + inputs.dropFirst(4))
        let along = zip(inputs, tangents.prefix(4)).map { $1 ?? .zeros(like: $0) }
        let (alongQueries, alongKeys) = (pass.queries(along[0]), pass.keys(along[1]))
        let (dy, alongDy) = (pass.queries(inputs[3]), pass.queries(along[3]))
        let p = pass.shares, moved = pass.shareTangent(along[0], along[1])
        let byShares = pass.paired(dy, pass.v)
        let byScores = SoftmaxGrad()(p, byShares)
        let byMoved = pass.paired(alongDy, pass.v) + pass.paired(dy, pass.keys(along[2]))
        let slope =
            SoftmaxGrad()(p, byMoved)
            + moved * (byShares - (p * byShares).sum(axis: -1, keepDims: true))
            - p * (moved * byShares).sum(axis: -1, keepDims: true)
        let byQueries = (pass.taken(slope, pass.k) + pass.taken(byScores, alongKeys)) * rule.scale
        let byKeys =
            (pass.gathered(slope, pass.q) + pass.gathered(byScores, alongQueries)) * rule.scale
        let byValues = pass.gathered(moved, dy) + pass.gathered(p, alongDy)
        return rule.joined([
            pass.positions(byQueries), pass.keyPositions(byKeys), pass.keyPositions(byValues),
        ])
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let (flat, sizes) = AttentionRule.merged(inputs, isBatched)
        let parts = rule.parts(of: self(flat), like: flat)
        let examples = parts.map { $0.parted(sizes) }
        if rule.isInterleaved {
            let count = examples[0].shape.dropFirst().reduce(3, *)
            return Tensor.stack(examples, axis: 3).reshape([sizes[0], count])
        }
        let rows = examples.map { $0.reshape([sizes[0], $0.shape.dropFirst().reduce(1, *)]) }
        return Tensor.concat(rows, axis: 1)
    }
}

extension AttentionRule {
    /// The gradients by queries, keys and values in the array that holds all three.
    func parts(of flat: Tensor, like operands: [Tensor]) -> [Tensor] {
        if isInterleaved {
            let shape = operands[0].shape
            let all = flat.reshape([shape[0], shape[1], 3, shape[2], shape[3]])
            return (0..<3).map { all.narrow(axis: 2, start: $0, count: 1).squeeze(2) }
        }
        var start = 0
        return operands.prefix(3).map { operand in
            let count = operand.shape.reduce(1, *)
            defer { start += count }
            return flat.narrow(axis: 0, start: start, count: count).reshape(operand.shape)
        }
    }

    /// The array that `parts` takes apart.
    fileprivate func joined(_ parts: [Tensor]) -> Tensor {
        let all = isInterleaved ? [Tensor.stack(parts, axis: 2)] : parts
        return Tensor.concat(all.map { $0.reshape([$0.shape.reduce(1, *)]) })
    }

    /// Operands of many examples of a batch as those of one larger batch, and the two sizes.
    static func merged(_ inputs: [Tensor], _ isBatched: [Bool]) -> ([Tensor], sizes: [Int]) {
        let all = Batched.spread(inputs, isBatched)
        let flat = all.map { tensor in
            let shape = tensor.shape
            return tensor.reshape(Shape([shape[0] * shape[1]] + shape.dropFirst(2)))
        }
        return (flat, Array(all[0].shape.prefix(2)))
    }
}

extension Tensor {
    /// The first axis as two.
    fileprivate final func parted(_ sizes: [Int]) -> Tensor {
        reshape(Shape(sizes + shape.dropFirst()))
    }
}
