import FTConfig
import NN
import Tensor

/// Layers of sequences that see all their positions at once.
enum AttentionEntries {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    static let all: [Catalog<LayerPlace, Layer>.Entry] = [
        Entry(
            "layerNorm", "(x − mean) / √(variance + ε) · w + b over the last axes of each example.",
            [
                .int("axes", default: 1, min: 1, max: 7, doc: "how many last axes"),
                .number("epsilon", default: 1e-5, min: 0, doc: "ε"),
                .bool("weight", default: true, doc: "multiply by a trained w"),
                .bool("bias", default: true, doc: "add a trained b"),
            ]
        ) { value, place in
            let axes = value.int("axes")
            guard place.input.rank >= axes else {
                throw ConfigError([value.issue("an example has no \(axes) axes", at: "axes")])
            }
            return LayerNorm(
                Shape(place.input.suffix(axes)), epsilon: value.double("epsilon"),
                weight: value.bool("weight"), bias: value.bool("bias"))
        },

        Entry(
            "selfAttention", "Each position takes from others what their likeness says.",
            [
                .int(
                    "heads", min: 1, max: 4096, doc: "that attend side by side; divides the width"),
                .int(
                    "keyHeads", min: 1,
                    doc: "heads of keys and values; as many as heads if left out"
                )
                .optional,
                .bool("causal", default: false, doc: "see no position that comes after"),
                .bool("bias", default: true, doc: "add biases"),
                .bool("rotary", default: false, doc: "turn queries and keys by their positions"),
                .number("dropout", default: 0, min: 0, below: 1, doc: "share of dropped values"),
            ]
        ) { value, place in
            let width = try sequenceWidth(value, place)
            let heads = value.int("heads"), keyHeads = value.optionalInt("keyHeads") ?? heads
            guard width.isMultiple(of: heads) else {
                throw ConfigError([
                    value.issue("\(heads) heads don't divide the width \(width)", at: "heads")
                ])
            }
            guard heads.isMultiple(of: keyHeads) else {
                throw ConfigError([
                    value.issue("\(keyHeads) don't divide the \(heads) heads", at: "keyHeads")
                ])
            }
            if value.bool("rotary"), !(width / heads).isMultiple(of: 2) {
                throw ConfigError([
                    value.issue("needs heads of an even width, not \(width / heads)", at: "rotary")
                ])
            }
            try place.builder.reserve(value, [4 * width, width], keys: [])
            return SelfAttention(
                width, heads: heads, keyHeads: keyHeads, isCausal: value.bool("causal"),
                bias: value.bool("bias"), rotary: value.bool("rotary") ? RotaryPositions() : nil,
                dropout: value.double("dropout"), using: place.builder.random)
        },

        Entry("learnedPositions", "x + a trained vector for each position.") { value, place in
            let width = try sequenceWidth(value, place)
            return LearnedPositions(place.input[0], width, using: place.builder.random)
        },

        Entry("sinusoidalPositions", "x + waves of each position.") { value, place in
            _ = try sequenceWidth(value, place)
            return SinusoidalPositions()
        },
    ]

    /// The width of a sequence of vectors.
    static func sequenceWidth(_ value: ConfigValue, _ place: LayerPlace) throws -> Int {
        guard place.input.rank == 2, let width = place.input.last else {
            throw ConfigError([
                value.issue(
                    "needs examples of positions and width, not \(place.input); reshape and permute layers, or an embedding, make such"
                )
            ])
        }
        return width
    }
}
