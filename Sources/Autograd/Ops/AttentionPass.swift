package import Tensor

/// Attention as a composition of other operations, all scores at once: what derivatives of higher
/// order are made of. Heads come before positions here; heads of queries that share one of keys
/// have an axis of their own, [examples, heads of keys, sharing, positions, width].
package struct AttentionPass {
    let q: Tensor, k: Tensor
    /// The values.
    package let v: Tensor
    /// What each query takes of each value.
    package let shares: Tensor
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
        k = AttentionPass.heads(operands[1], 1)
        v = AttentionPass.heads(operands[2], 1)
        var scores = q.matmul(k.transpose()) * scale
        if let bias { scores = scores + bias.reshape(scores.shape) }
        var sees = operands.count > 3 ? operands[3].reshape(scores.shape) : nil
        if let reach = rule.reach {
            let backend = operands[0].data.backend
            let rows = Tensor(NDArray.range(0, q.shape[3], on: backend)).unsqueeze(1)
            let isBefore = Tensor(NDArray.range(0, k.shape[3], on: backend)) .<= rows + reach
            sees = sees.map { $0.logicalAnd(isBefore) } ?? isBefore
        }
        if let bias {
            let isSeen = (bias .!= -Double.infinity).reshape(scores.shape)
            sees = sees.map { $0.logicalAnd(isSeen) } ?? isSeen
        }
        guard let sees else {
            shares = scores.softmax()
            return
        }
        // A query that sees nothing takes nothing, rather than NaN; nor has it a gradient of NaN.
        let seesAny = sees.any(axis: -1, keepDims: true)
        let hidden = Tensor.where(seesAny, q.constant(-Double.infinity), q.constant(0))
        let seen = Tensor.where(sees, scores, hidden)
        shares = Tensor.where(sees, seen.softmax(), q.constant(0))
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
            dq.map { queries($0).matmul(k.transpose()) }, dk.map { q.matmul(keys($0).transpose()) },
        ].compactMap { $0 }
        return terms.dropFirst().reduce(terms[0], +) * scale
    }

    /// Likewise of the shares.
    func shareTangent(_ dq: Tensor?, _ dk: Tensor?) -> Tensor {
        SoftmaxGrad()(shares, scoreTangent(dq, dk))
    }
}
