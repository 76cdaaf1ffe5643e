extension NDArray {
    /// What queries like these, [examples, positions, heads, width], take from the values of keys
    /// that they resemble; float32 or float64. A `mask` is [examples, heads, queries, keys].
    package func attention(
        _ rule: AttentionRule, _ keys: NDArray, _ values: NDArray, mask: NDArray?
    ) -> NDArray {
        let out = NDArray(
            uninitialized: shape.replacing(3, with: values.shape[3]), dtype, on: backend)
        let list = ArrayList(mask.map { [$0] } ?? [])
        Kernel.attention(rule, list).run(rows, keys.rows, values.rows, into: out)
        return out
    }

    /// The gradients of `attention` by queries, keys and values, given that by its result: one
    /// array of all their elements, in the order that the rule says.
    package func attentionBackward(
        _ rule: AttentionRule, _ keys: NDArray, _ values: NDArray, mask: NDArray?,
        gradient: NDArray
    ) -> NDArray {
        let out = NDArray(
            uninitialized: [count + keys.count + values.count], dtype, on: backend)
        let list = ArrayList([gradient.rows] + (mask.map { [$0] } ?? []))
        Kernel.attentionBackward(rule, list).run(rows, keys.rows, values.rows, into: out)
        return out
    }

    /// This array, or a copy whose rows are contiguous.
    private var rows: NDArray {
        shape[rank - 1] <= 1 || strides[rank - 1] == 1 ? self : contiguous()
    }
}
