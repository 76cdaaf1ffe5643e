import FTConfig
import FTJSON
import NN
import Tensor

/// Where a layer is made: what it gets, and the builder of the model.
struct LayerPlace {
    /// The shape of one input, without the batch.
    let input: Shape
    /// Whether nothing comes in yet: the model has several inputs, and none was chosen.
    let isOpen: Bool
    /// Whether it is the first of its list of layers.
    let isFirst: Bool
    let builder: ModelBuilder
}

extension Catalogs {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    /// Every layer of the library that a config can name. A new layer is one entry here; its `outputShape(for:)`
    /// says what comes out, and whether the input fits.
    static let ownLayers = Catalog<LayerPlace, Layer>(
        "layer",
        [
            Entry(
                "linear", "y = x Wᵀ + b over the last axis.",
                [
                    .int("units", min: 1, doc: "output features"),
                    .bool("bias", default: true, doc: "add a bias"),
                    .string(
                        "initializer", default: "fanInUniform", oneOf: InitializerCatalog.names,
                        doc: "how the weight is filled"),
                    .bool("frozen", default: false, doc: "keep the initial values"),
                ]
            ) { value, place in
                guard let inputs = place.input.last else {
                    throw ConfigError([value.issue("needs inputs with at least one axis")])
                }
                let units = value.int("units")
                try place.builder.reserve(
                    value, [inputs, units], keys: [("units", units)],
                    isFrozen: value.bool("frozen"))
                let layer = Linear(
                    inputs, units, bias: value.bool("bias"),
                    initializer: InitializerCatalog[value.string("initializer")],
                    using: place.builder.random)
                if value.bool("frozen") { layer.freeze() }
                return layer
            },

            Entry(
                "embedding", "A row of a table for each index.",
                [
                    .int("count", min: 1, doc: "indices there are, from 0"),
                    .int("width", min: 1, doc: "size of a row"),
                    .int("paddingIndex", doc: "index whose row stays zero; -1 is the last one")
                        .optional,
                    .number("maxNorm", above: 0, doc: "rows longer than this are scaled down")
                        .optional,
                ], takesIndices: true
            ) { value, place in
                let (count, width) = (value.int("count"), value.int("width"))
                try place.builder.reserve(
                    value, [count, width], keys: [("count", count), ("width", width)])
                let padding = value.optionalInt("paddingIndex")
                if let padding, !(-count..<count).contains(padding) {
                    throw ConfigError([
                        value.issue(
                            "the table has no index \(padding); it has 0 to \(count - 1)",
                            at: "paddingIndex")
                    ])
                }
                return Embedding(
                    count, width, paddingIndex: padding, maxNorm: value.optionalDouble("maxNorm"),
                    using: place.builder.random)
            },

            Entry("relu", "max(x, 0).") { _, _ in ReLU() },

            Entry(
                "leakyRelu", "x where positive, else slope · x.",
                [.number("slope", default: 0.01, min: 0, doc: "slope below zero")]
            ) { value, _ in LeakyReLU(slope: value.double("slope")) },

            Entry(
                "gelu", "x Φ(x), Φ being the normal distribution function.",
                [
                    .string(
                        "approximation", default: "none",
                        oneOf: GELU.Approximation.allCases.map(\.rawValue), doc: "how Φ is computed"
                    )
                ]
            ) { value, _ in
                GELU(approximation: .init(rawValue: value.string("approximation")) ?? .none)
            },

            Entry("silu", "x σ(x), also called swish.") { _, _ in SiLU() },

            Entry(
                "elu", "x where positive, else α (eˣ − 1).",
                [.number("alpha", default: 1, above: 0, doc: "α")]
            ) { value, _ in ELU(alpha: value.double("alpha")) },

            Entry("sigmoid", "1 / (1 + e⁻ˣ).") { _, _ in Sigmoid() },
            Entry("tanh", "tanh x.") { _, _ in Tanh() },
            Entry(
                "softplus", "ln(1 + e^(βx)) / β.",
                [
                    .number("beta", default: 1, above: 0, doc: "β: the larger, the sharper"),
                    Field.number("threshold", doc: "the βx from which on it is x").optional,
                ]
            ) { value, _ in
                Softplus(
                    beta: value.double("beta"), threshold: value.optionalDouble("threshold"))
            },

            Entry(
                "softmax",
                "exp(x) / Σ exp(x) over the last axis; crossEntropy needs none before it."
            ) { value, place in
                guard place.input.rank > 0 else {
                    throw ConfigError([value.issue("needs inputs with at least one axis")])
                }
                return Softmax()
            },
            Entry(
                "logSoftmax", "ln softmax(x) over the last axis, for nll and klDivergence."
            ) { _, _ in LogSoftmax() },

            Entry(
                "dropout", "In training, zeroes elements at random and scales the others up.",
                [.number("rate", default: 0.5, min: 0, below: 1, doc: "share of zeroed elements")]
            ) { value, place in Dropout(value.double("rate"), using: place.builder.random) },

            Entry(
                "rmsNorm", "x / √(mean x² + ε) · w over the last axes of each example.",
                [
                    .int("axes", default: 1, min: 1, max: 7, doc: "how many last axes"),
                    .number("epsilon", default: 1e-6, min: 0, doc: "ε"),
                    .bool("weight", default: true, doc: "multiply by a trained w"),
                ]
            ) { value, place in
                let axes = value.int("axes")
                guard place.input.rank >= axes else {
                    throw ConfigError([value.issue("an example has no \(axes) axes", at: "axes")])
                }
                return RMSNorm(
                    Shape(place.input.suffix(axes)), epsilon: value.double("epsilon"),
                    weight: value.bool("weight"))
            },

            Entry("flatten", "Each example as one vector.") { _, _ in Flatten() },

            Entry(
                "reshape", "Each example under another shape.",
                [
                    .array(
                        "shape", of: .int(min: -1), maxCount: 7,
                        doc: "of one example; one size may be -1, whatever is left")
                ]
            ) { value, place in
                let sizes = value.ints("shape")
                guard sizes.filter({ $0 == -1 }).count <= 1 else {
                    throw ConfigError([value.issue("only one size can be -1", at: "shape")])
                }
                try place.builder.check(value, output: sizes.map { abs($0) }, at: "shape")
                return Reshape(Shape(sizes))
            },

            Entry("identity", "Its input.") { _, _ in Identity() },

            Entry(
                "residual", "x + layers(x), or shortcut(x) + layers(x).",
                [
                    .array(
                        "layers", of: .union("layer"), minCount: 1, doc: "the layers around which"),
                    .array(
                        "shortcut", of: .union("layer"), default: [],
                        doc: "what x becomes, where the layers change its shape"),
                ]
            ) { value, place in
                let module = try place.builder.nested(
                    value.children("layers"), place, branch: "module")
                let shortcut = value.children("shortcut")
                if shortcut.isEmpty { return Residual(module) }
                return Residual(
                    module,
                    shortcut: try place.builder.nested(shortcut, place, branch: "shortcut"))
            },

            Entry(
                "input", "One of several inputs, where the model or a branch starts.",
                [.string("name", doc: "its name in data.train.inputs")]
            ) { value, place in
                guard place.isFirst else {
                    throw ConfigError([
                        value.issue(
                            "an input stands first in its list; what comes before it would be lost")
                    ])
                }
                return try place.builder.input(value)
            },

            Entry(
                "parallel", "Branches side by side on one input, their outputs joined.",
                [
                    .array(
                        "branches", of: .array(of: .union("layer"), maxCount: 10_000), minCount: 1,
                        maxCount: 1000, doc: "lists of layers; an empty one gives the input"),
                    .string(
                        "join", default: "concat", oneOf: ["add", "multiply", "concat"],
                        doc: "how the outputs become one"),
                    .int(
                        "axis", default: -1,
                        doc: "that concat lengthens; 1 is the first of an example, -1 the last"),
                ]
            ) { value, place in
                let branches = try value.children("branches").enumerated().map { index, layers in
                    if place.isOpen, layers.elements.isEmpty {
                        throw ConfigError([
                            layers.issue("gets no input yet; start it with an input layer")
                        ])
                    }
                    return try place.builder.nested(
                        layers.elements, place, branch: String(index))
                }
                switch value.string("join") {
                case "add": return Parallel(.add, branches)
                case "multiply": return Parallel(.multiply, branches)
                default: return Parallel(.concat(axis: value.int("axis")), branches)
                }
            },
        ] + furtherActivations + BlockEntries.all + ConvolutionEntries.all
            + ConvolutionTransposeEntries.all + PoolingEntries.all + ImageEntries.all
            + WeightEntries.all
            + ChannelEntries.all + AttentionEntries.all + TransformerEntries.all
            + RecurrentEntries.all)
}

/// The initializers that a config can name.
enum InitializerCatalog {
    private static let entries: [(name: String, initializer: Initializer)] = [
        ("fanInUniform", .fanInUniform),
        ("kaimingUniform", .kaimingUniform()),
        ("kaimingNormal", .kaimingNormal()),
        ("xavierUniform", .xavierUniform()),
        ("xavierNormal", .xavierNormal()),
        ("truncatedNormal", .truncatedNormal(deviation: 0.02)),
        ("orthogonal", .orthogonal()),
        ("zeros", .zeros),
    ]

    static let names = entries.map(\.name)

    static subscript(name: String) -> Initializer {
        entries.first { $0.name == name }?.initializer ?? .fanInUniform
    }
}
