import FakeTensor

// Attention, and normalization of rows.
extension Entry {
    static let attention: [Entry] = all.map(\.summing)

    private static let all: [Entry] = [
        .op(
            "nn.functional.scaled_dot_product_attention",
            with: "key value attn_mask dropout_p is_causal scale enable_gqa"
        ) { a in
            if try a.number("dropout_p", or: 0) > 0 { throw Inexpressible("dropout_p") }
            return .scaledDotProductAttention(
                query: try a.x, key: try a.tensor("key"), value: try a.tensor("value"),
                mask: try a.optionalTensor("attn_mask"), isCausal: try a.bool("is_causal"),
                scale: try a.number("scale"))
        },
        .op("nn.functional.rms_norm", with: "normalized_shape weight eps") { a in
            let shape = try Shape(a.ints("normalized_shape") ?? [])
            let least = try a.x.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
            let layer = RMSNorm(shape, epsilon: try a.number("eps", or: least), weight: false)
            guard let weight = try a.optionalTensor("weight") else { return try layer(a.x) }
            return try a.x.rmsNorm(axes: shape.rank, epsilon: layer.epsilon, weight: weight)
        },
        .op("nn.functional.layer_norm", with: "normalized_shape weight bias eps") { a in
            let axes = try a.ints("normalized_shape")?.count ?? 1
            return try a.x.layerNorm(
                axes: axes, epsilon: a.number("eps", or: 1e-5), weight: a.optionalTensor("weight"),
                bias: a.optionalTensor("bias"))
        },
    ]
}
