public import Tensor

extension Tensor {
    /// Scaled dot-product attention: softmax(scale · q kᵀ) v, where each query takes of the values
    /// what their keys' likeness to it says. Never are all scores in memory, but with a mask of
    /// floats and for derivatives beyond the gradient.
    ///
    /// Queries are [.., heads, positions, width], keys likewise with positions of their own, values
    /// [.., heads, positions of keys, width of values]; fewer axes mean one head, or one example.
    /// If keys and values have fewer heads, several heads of queries share one (grouped queries).
    /// Halves are computed in float32.
    ///
    /// - Parameters:
    ///   - mask: which keys a query sees, bools that broadcast to [.., heads, queries, keys]; or
    ///     floats that are added to the scores, −∞ for what is not seen. A query that sees no key
    ///     gets 0. NaN and infinities that a query doesn't see don't reach it.
    ///   - isCausal: Whether query i sees the keys 0...i alone.
    ///   - scale: 1 / √width if nil.
    public static func scaledDotProductAttention(
        query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
        scale: Double? = nil
    ) -> Tensor {
        let operation = "scaledDotProductAttention"
        checkAttention(query, key, value, mask, operation)
        let rank = query.rank
        let width = query.shape[rank - 1]
        let rule = AttentionRule(
            scale: scale ?? 1 / Double(Swift.max(1, width)).squareRoot(),
            reach: isCausal ? 0 : nil)
        let given = Attention(rule).autocast.cast([query, key, value])
        let dtype = given.dropFirst().reduce(given[0].dtype) {
            DType.promote($0, $1.dtype, operation)
        }
        let wide: DType = dtype == .float64 ? .float64 : .float32
        let parts = given.map { $0.cast(to: wide).positionsFirst }
        let full = query.shape.replacing(rank - 1, with: key.shape[rank - 2])
        let attended: Tensor
        if let mask, mask.dtype.isFloat {
            let bias = mask.cast(to: wide).fitted(to: full, operation)
            attended = autocast(Autocast.precision.ofKernels) {
                let pass = AttentionPass(rule, parts, bias: bias)
                return pass.positions(pass.taken(pass.shares))
            }
        } else {
            let op = Attention(rule.rounding(like: given))
            attended = op(parts + (mask.map { [$0.fitted(to: full, operation)] } ?? []))
        }
        let shape = query.shape.replacing(rank - 1, with: value.shape[rank - 1])
        let result = attended.transpose(1, 2).reshape(shape)
        return dtype.isFloat ? result.cast(to: dtype) : result
    }

    private static func checkAttention(
        _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ operation: String
    ) {
        let rank = query.rank
        guard rank >= 2, key.rank == rank, value.rank == rank,
            key.shape[rank - 1] == query.shape[rank - 1],
            key.shape[rank - 2] == value.shape[rank - 2],
            key.shape.dropLast(2).elementsEqual(value.shape.dropLast(2)),
            query.shape.dropLast(3).elementsEqual(key.shape.dropLast(3)),
            rank == 2 || share(query.shape[rank - 3], key.shape[rank - 3])
        else {
            fail(
                operation,
                "queries \(query.shape), keys \(key.shape) and values \(value.shape) don't fit",
                hint: "pass [examples, heads, positions, width], keys and queries of one width, "
                    + "and as many heads of keys as of queries, or a divisor")
        }
        if let mask, mask.dtype.isInteger {
            fail(
                operation, "the mask \(mask.shape) is \(mask.dtype)",
                hint: "pass bools, true where a key is seen (mask .!= 0), or floats to add")
        }
    }

    /// Attention of these queries, keys and values [examples, positions, 3, heads, width] to each
    /// other, as [examples, positions, heads, width]. Halves are computed in float32.
    package final func selfAttention(_ rule: AttentionRule, mask: Tensor? = nil) -> Tensor {
        let x = SelfAttention(rule).autocast.cast([self])[0]
        let op = SelfAttention(rule.rounding(like: [x]))
        return op([x.attending] + (mask.map { [$0] } ?? [])).cast(to: x.dtype)
    }

    /// Attention of queries [examples, positions, heads, width] to keys and values of the same
    /// form. Halves are computed in float32.
    package final func attention(
        _ rule: AttentionRule, _ keys: Tensor, _ values: Tensor, mask: Tensor? = nil
    ) -> Tensor {
        let given = Attention(rule).autocast.cast([self, keys, values])
        let op = Attention(rule.rounding(like: given))
        return op(given.map(\.attending) + (mask.map { [$0] } ?? [])).cast(to: given[0].dtype)
    }

    /// In a dtype that attention is computed in.
    private final var attending: Tensor { dtype == .float64 ? self : cast(to: .float32) }

    private static func share(_ heads: Int, _ keyHeads: Int) -> Bool {
        heads == keyHeads || keyHeads > 0 && heads > 0 && heads.isMultiple(of: keyHeads)
    }

    /// [.., heads, positions, width] as [examples, positions, heads, width].
    private final var positionsFirst: Tensor {
        heads(of: shape).transpose(1, 2)
    }

    /// With exactly one axis of examples and one of heads before the last two.
    private final func heads(of shape: Shape) -> Tensor {
        let heads = rank > 2 ? shape[rank - 3] : 1
        let examples = shape.dropLast(3).reduce(1, *)
        return reshape([examples, heads, shape[rank - 2], shape[rank - 1]])
    }

    /// A mask as [examples, heads, queries, keys].
    private final func fitted(to full: Shape, _ operation: String) -> Tensor {
        guard Shape.broadcast(shape, full) == full else {
            fail(operation, "the mask \(shape) doesn't fit scores \(full)")
        }
        // Leading axes of size 1 stay, so that a mask for all examples isn't written for each.
        if rank <= 4, full.count == 4 { return expand(to: full) }
        return expand(to: full).heads(of: full)
    }
}

extension AttentionRule {
    /// The rule for operands that are computed in float32: where all were halves of a kind, a GPU
    /// may take them as such; in a scope of TF32 it may round float32.
    fileprivate func rounding(like given: [Tensor]) -> AttentionRule {
        var rule = self
        let dtypes = Set(given.map(\.dtype))
        switch dtypes.count == 1 ? dtypes.first : nil {
        case .float16: rule.factors = .float16
        case .bfloat16: rule.factors = .bfloat16
        case .float32: rule.factors = Autocast.precision.ofKernels
        default: rule.factors = .float32
        }
        return rule
    }
}
