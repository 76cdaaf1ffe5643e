import FTConfig
import NN
import Tensor

/// Transformers and their parts.
enum TransformerEntries {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    static let all: [Catalog<LayerPlace, Layer>.Entry] = [
        Entry(
            "feedForward", "Two linear layers around a function, or a gate.",
            [hidden, activation, .bool("bias", default: true, doc: "add biases")]
        ) { value, place in
            guard let width = place.input.last else {
                throw ConfigError([value.issue("needs inputs with at least one axis")])
            }
            try reserve(value, place, width, attends: false)
            return FeedForward(
                width, hidden: value.optionalInt("hidden"), activation: activation(value),
                bias: value.bool("bias"), using: place.builder.random)
        },

        Entry(
            "transformer", "Self-attention and a feed-forward layer, each added to its input.",
            [
                .int(
                    "heads", min: 1, max: 4096, doc: "that attend side by side; divides the width"),
                .int("layers", default: 1, min: 1, max: 1000, doc: "blocks, one after another"),
                hidden, activation,
                .string(
                    "norm", default: "layerNorm",
                    oneOf: TransformerRule.Norm.allCases.map(\.rawValue), doc: "how it normalizes"),
                .bool(
                    "preNorm", default: true,
                    doc: "normalize what parts get, and at the end; otherwise the sums"),
                .bool("causal", default: false, doc: "see no position that comes after"),
                .bool("rotary", default: false, doc: "turn queries and keys by their positions"),
                .bool("bias", default: true, doc: "add biases"), dropout,
            ]
        ) { value, place in
            let width = try AttentionEntries.sequenceWidth(value, place)
            try checkHeads(value, width)
            if value.bool("rotary"), !(width / value.int("heads")).isMultiple(of: 2) {
                throw ConfigError([value.issue("needs heads of an even width", at: "rotary")])
            }
            for _ in 0..<value.int("layers") { try reserve(value, place, width, attends: true) }
            let rule = TransformerRule(
                heads: value.int("heads"), hidden: value.optionalInt("hidden"),
                activation: activation(value),
                norm: .init(rawValue: value.string("norm")) ?? .layerNorm,
                isPreNorm: value.bool("preNorm"), isCausal: value.bool("causal"),
                isRotary: value.bool("rotary"), bias: value.bool("bias"),
                dropout: value.double("dropout"))
            return TransformerEncoder(
                width, layers: value.int("layers"), rule, using: place.builder.random)
        },

        Entry(
            "gpt", "A whole language model: of tokens, the logits of those that follow.",
            [
                Field.int(
                    "vocabulary", min: 1, doc: "tokens there are; those of data.text if left out"
                ).optional,
                Field.int(
                    "context", min: 1, doc: "tokens it can see; those of an example if left out"
                ).optional,
                .int("width", default: 128, min: 1, doc: "size of a token's vector"),
                .int("heads", default: 4, min: 1, max: 4096, doc: "divides the width"),
                .int("layers", default: 4, min: 1, max: 1000, doc: "blocks, one after another"),
                dropout, .bool("bias", default: true, doc: "add biases"),
                .bool("tied", default: true, doc: "logits are products with the tokens' vectors"),
            ], takesIndices: true
        ) { value, place in
            guard place.input.rank == 1 else {
                throw ConfigError([
                    value.issue("needs examples of tokens, one axis, not \(place.input)")
                ])
            }
            guard let vocabulary = value.optionalInt("vocabulary") ?? place.builder.vocabulary
            else {
                throw ConfigError([
                    value.issue(
                        "the data is no text; say how many tokens there are", at: "vocabulary")
                ])
            }
            let (width, layers) = (value.int("width"), value.int("layers"))
            let context = value.optionalInt("context") ?? place.input[0]
            try checkHeads(value, width)
            let tables = vocabulary * (value.bool("tied") ? 1 : 2) + context
            try place.builder.reserve(
                value, [tables, width], keys: [("width", width), ("vocabulary", vocabulary)])
            for _ in 0..<layers {
                try place.builder.reserve(
                    value, [12 * width, width], keys: [("width", width), ("layers", layers)])
                try place.builder.check(
                    value, output: [place.input[0], 14 * width], isKept: true, at: "width")
            }
            return GPT(
                vocabulary: vocabulary, context: context, width: width, heads: value.int("heads"),
                layers: layers, dropout: value.double("dropout"), bias: value.bool("bias"),
                tied: value.bool("tied"), using: place.builder.random)
        },
    ]

    private static let hidden = Field.int(
        "hidden", min: 1,
        doc: "width inside the feed-forward layer; 4 times the width if left out"
    ).optional
    private static let activation = Field.string(
        "activation", default: "gelu", oneOf: FeedForward.Activation.allCases.map(\.rawValue),
        doc: "what the feed-forward layer does inside; swiGLU and geGLU have a gate")
    private static let dropout = Field.number(
        "dropout", default: 0, min: 0, below: 1, doc: "share of dropped values")

    private static func activation(_ value: ConfigValue) -> FeedForward.Activation {
        .init(rawValue: value.string("activation")) ?? .gelu
    }

    private static func checkHeads(_ value: ConfigValue, _ width: Int) throws(ConfigError) {
        guard width.isMultiple(of: value.int("heads")) else {
            throw ConfigError([
                value.issue(
                    "\(value.int("heads")) heads don't divide the width \(width)", at: "heads")
            ])
        }
    }

    /// Counts the weights of a block, or of its feed-forward layer.
    private static func reserve(
        _ value: ConfigValue, _ place: LayerPlace, _ width: Int, attends: Bool
    ) throws {
        let hidden = value.optionalInt("hidden") ?? 4 * width
        let rows = hidden * (activation(value).isGated ? 3 : 2) + (attends ? 4 * width : 0)
        try place.builder.reserve(value, [rows, width], keys: [("hidden", hidden)])
    }
}
