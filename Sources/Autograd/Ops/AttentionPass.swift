package import Tensor

/// Attention as a composition of other operations, all scores at once: what derivatives of higher
/// order are made of. Heads come before positions here; heads of queries that share one of keys
/// have an axis of their own, [examples, heads of keys, sharing, positions, width].
///
/// Where keys may be hidden, products are of what is seen alone (`SeenProduct`).
package struct AttentionPass {
    let q: Tensor, k: Tensor, v: Tensor
    /// What each query takes of each value.
    package let shares: Tensor
    /// Which keys each query sees; nil for all.
    private let sees: Tensor?
    private let scale: Double
    private let sharing: Int

    /// - Parameters:
    ///   - operands: those of `Attention`.
    ///   - bias: what is added to scores, [examples, heads, queries, keys].
    package init(_ rule: AttentionRule, _ operands: [Tensor], bias: Tensor? = nil) {
        let heads = (operands[0].shape[2], operands[1].shape[2])
        sharing = heads.1 == 0 ? 1 : heads.0 / heads.1
        scale = rule.scale
        q = AttentionPass.heads(operands[0], sharing)
        v = AttentionPass.heads(operands[2], 1)
        k = AttentionPass.heads(operands[1], 1)
        let shape = q.shape.replacing(4, with: k.shape[3])
        let bias = bias?.reshape(shape)
        sees = AttentionPass.seen(
            rule, operands.count > 3 ? operands[3].reshape(shape) : nil, bias: bias, shape,
            on: operands[0].data.backend)
        guard let sees else {
            shares = (q.matmul(k.transpose()) * scale).softmax()
            return
        }
        var scores = SeenProduct.paired(sees, q, k) * scale
        if let bias { scores = scores + bias }
        // A query that sees nothing takes nothing, rather than NaN; nor has it a gradient of NaN.
        let seesAny = sees.any(axis: -1, keepDims: true)
        let hidden = Tensor.where(seesAny, q.constant(-Double.infinity), q.constant(0))
        let seen = Tensor.where(sees, scores, hidden)
        shares = Tensor.where(sees, seen.softmax(), q.constant(0))
    }

    private static func seen(
        _ rule: AttentionRule, _ mask: Tensor?, bias: Tensor?, _ shape: Shape,
        on backend: any Backend
    ) -> Tensor? {
        var all = mask.map { [$0] } ?? []
        if let reach = rule.reach {
            let rows = Tensor(NDArray.range(0, shape[3], on: backend)).unsqueeze(1)
            all.append(Tensor(NDArray.range(0, shape[4], on: backend)) .<= rows + reach)
        }
        if let bias { all.append(bias .!= -Double.infinity) }
        return all.isEmpty ? nil : all.dropFirst().reduce(all[0]) { $0.logicalAnd($1) }
    }

    /// What queries with these shares take of the values.
    package func taken(_ shares: Tensor) -> Tensor { taken(shares, v) }

    /// What queries with these shares take of rows of keys.
    func taken(_ shares: Tensor, _ rows: Tensor) -> Tensor {
        sees.map { SeenProduct.taken($0, shares, rows) } ?? shares.matmul(rows)
    }

    /// The products of rows of queries with rows of the keys that they see; 0 for the others.
    func paired(_ x: Tensor, _ rows: Tensor) -> Tensor {
        sees.map { SeenProduct.paired($0, x, rows) } ?? x.matmul(rows.transpose())
    }

    /// What keys get of rows of queries by these shares.
    func gathered(_ shares: Tensor, _ x: Tensor) -> Tensor {
        sees.map { SeenProduct.gathered($0, shares, x) } ?? shares.transpose().matmul(x)
    }

    private static func heads(_ x: Tensor, _ sharing: Int) -> Tensor {
        let shape = x.shape
        return x.reshape([shape[0], shape[1], shape[2] / sharing, sharing, shape[3]])
            .permute([0, 2, 3, 1, 4])
    }

    /// Something like queries [examples, positions, heads, width], with the heads in front.
    func queries(_ x: Tensor) -> Tensor { AttentionPass.heads(x, sharing) }
    /// Likewise for keys and values.
    func keys(_ x: Tensor) -> Tensor { AttentionPass.heads(x, 1) }

    /// The way back of `queries`.
    package func positions(_ x: Tensor) -> Tensor {
        let shape = x.shape
        return x.permute([0, 3, 1, 2, 4])
            .reshape([shape[0], shape[3], shape[1] * shape[2], shape[4]])
    }

    /// The gradient by keys or values, the sum over the heads that share one.
    func keyPositions(_ x: Tensor) -> Tensor { positions(x.sum(axis: 2, keepDims: true)) }

    /// The derivative of the scores in a direction of queries and keys.
    func scoreTangent(_ dq: Tensor?, _ dk: Tensor?) -> Tensor {
        let terms = [
            dq.map { paired(queries($0), k) }, dk.map { paired(q, keys($0)) },
        ].compactMap { $0 }
        return terms.dropFirst().reduce(terms[0], +) * scale
    }

    /// Likewise of the shares.
    func shareTangent(_ dq: Tensor?, _ dk: Tensor?) -> Tensor {
        SoftmaxGrad()(shares, scoreTangent(dq, dk))
    }
}
