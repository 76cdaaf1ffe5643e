import Autograd
import Tensor

extension OpTable {
    /// Attention, by shapes of queries, keys and values.
    static let attention: [OpRow] = [
        attention(
            "scaledDotProductAttention",
            [[1, 2, 3, 2], [1, 2, 4, 2], [1, 2, 4, 3]], [[3, 2], [4, 2], [4, 3]],
            [[1, 3, 2], [1, 1, 2], [1, 1, 1]], [[0, 2, 3, 2], [0, 2, 4, 2], [0, 2, 4, 1]],
            large: [[2, 4, 70, 16], [2, 4, 90, 16], [2, 4, 90, 8]]
        ) {
            .scaledDotProductAttention(query: $0[0], key: $0[1], value: $0[2])
        },
        attention(
            "causal attention, heads of keys shared",
            [[1, 4, 3, 2], [1, 2, 3, 2], [1, 2, 3, 2]],
            large: [[2, 6, 150, 8], [2, 3, 150, 8], [2, 3, 150, 8]]
        ) {
            .scaledDotProductAttention(
                query: $0[0], key: $0[1], value: $0[2], isCausal: true, scale: 0.7)
        },
        attention(
            "attention by a mask", [[2, 1, 3, 2], [2, 1, 4, 2], [2, 1, 4, 2]],
            large: [[2, 2, 40, 8], [2, 2, 50, 8], [2, 2, 50, 8]]
        ) {
            // Query 1 sees no key.
            let (queries, keys) = ($0[0].shape[2], $0[1].shape[2])
            let backend = $0[0].data.backend
            let row = Tensor(NDArray.range(0, queries, on: backend)).unsqueeze(1)
            let place = row * 3 + Tensor(NDArray.range(0, keys, on: backend))
            let mask = (place.mod(4) .!= 1).logicalAnd(row .!= 1)
            return .scaledDotProductAttention(
                query: $0[0], key: $0[1], value: $0[2], mask: mask)
        },
        several(
            "attention with a bias", "SeenProduct", inputs: Array(repeating: real, count: 4),
            shapes: [[[1, 1, 3, 2], [1, 1, 4, 2], [1, 1, 4, 2], [3, 4]]], roundings: 12
        ) {
            .scaledDotProductAttention(
                query: $0[0], key: $0[1], value: $0[2], mask: $0[3], isCausal: true)
        },
        // Flat, for a Jacobian has the axes of both sides, and there are eight at most.
        shaped("selfAttention", "SelfAttention", shapes: [[36], [0]], large: [1728], roundings: 12)
        {
            let width = 2
            let positions = $0.shape[0] / (6 * width)
            let packed = $0.reshape([1, positions, 3, 2, width])
            return packed.selfAttention(AttentionRule(scale: 0.5, reach: 0)).flatten()
        },
    ]

    private static let real = OpInput.real(-2...2)

    private static func attention(
        _ name: String, _ shapes: [Shape]..., large: [Shape],
        apply: @escaping @Sendable ([Tensor]) -> Tensor
    ) -> OpRow {
        several(
            name, "Attention", "AttentionGrad", inputs: [real, real, real], shapes: shapes,
            large: large, roundings: 12, apply)
    }
}
