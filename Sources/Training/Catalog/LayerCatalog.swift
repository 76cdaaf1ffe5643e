import FTConfig
import NN
import Tensor

/// A layer of the config: what it is called and takes, and how it is made.
///
/// `build` gets the shape of one input, without the batch. The layer's own `outputShape(for:)` says
/// what comes out, and whether the input fits.
struct LayerEntry: Sendable {
    typealias Build = @Sendable (ConfigValue, Shape, ModelBuilder) throws -> Layer

    let variant: Variant
    let build: Build

    init(_ name: String, _ summary: String, _ fields: [Field] = [], build: @escaping Build) {
        variant = Variant(name: name, summary: summary, fields: fields)
        self.build = build
    }
}

/// Every layer that a config can name. A new layer is one entry here.
enum LayerCatalog {
    static let entries: [LayerEntry] = [
        LayerEntry(
            "linear", "y = x Wᵀ + b over the last axis.",
            [
                .int("units", min: 1, doc: "output features"),
                .bool("bias", default: true, doc: "add a bias"),
                .string(
                    "initializer", default: "fanInUniform", oneOf: InitializerCatalog.names,
                    doc: "how the weight is filled"),
                .bool("frozen", default: false, doc: "keep the initial values"),
            ]
        ) { value, input, builder in
            guard let inputs = input.last else {
                throw ConfigError([value.issue("needs inputs with at least one axis")])
            }
            let units = value.int("units")
            try builder.reserve(value, "units", inputs, units)
            let layer = Linear(
                inputs, units, bias: value.bool("bias"),
                initializer: InitializerCatalog[value.string("initializer")],
                using: builder.random)
            if value.bool("frozen") { layer.freeze() }
            return layer
        },

        LayerEntry("relu", "max(x, 0).") { _, _, _ in ReLU() },

        LayerEntry(
            "leakyRelu", "x where positive, else slope · x.",
            [.number("slope", default: 0.01, min: 0, doc: "slope below zero")]
        ) { value, _, _ in LeakyReLU(slope: value.double("slope")) },

        LayerEntry(
            "gelu", "x Φ(x), Φ being the normal distribution function.",
            [
                .string(
                    "approximation", default: "none",
                    oneOf: GELU.Approximation.allCases.map(\.rawValue), doc: "how Φ is computed")
            ]
        ) { value, _, _ in
            GELU(approximation: .init(rawValue: value.string("approximation")) ?? .none)
        },

        LayerEntry("silu", "x σ(x), also called swish.") { _, _, _ in SiLU() },

        LayerEntry(
            "elu", "x where positive, else α (eˣ − 1).",
            [.number("alpha", default: 1, above: 0, doc: "α")]
        ) { value, _, _ in ELU(alpha: value.double("alpha")) },

        LayerEntry("sigmoid", "1 / (1 + e⁻ˣ).") { _, _, _ in Sigmoid() },
        LayerEntry("tanh", "tanh x.") { _, _, _ in Tanh() },
        LayerEntry("softplus", "ln(1 + eˣ).") { _, _, _ in Softplus() },

        LayerEntry(
            "softmax", "exp(x) / Σ exp(x) over the last axis; crossEntropy needs none before it."
        ) { value, input, _ in
            guard input.rank > 0 else {
                throw ConfigError([value.issue("needs inputs with at least one axis")])
            }
            return Softmax()
        },

        LayerEntry(
            "dropout", "In training, zeroes elements at random and scales the others up.",
            [.number("rate", default: 0.5, min: 0, below: 1, doc: "share of zeroed elements")]
        ) { value, _, builder in Dropout(value.double("rate"), using: builder.random) },

        LayerEntry("flatten", "Each example as one vector.") { _, _, _ in Flatten() },

        LayerEntry(
            "reshape", "Each example under another shape.",
            [
                .array(
                    "shape", of: .int(min: -1), maxCount: 7,
                    doc: "of one example; one size may be -1, whatever is left")
            ]
        ) { value, input, builder in
            let sizes = value.ints("shape")
            guard sizes.filter({ $0 == -1 }).count <= 1 else {
                throw ConfigError([value.issue("only one size can be -1", at: "shape")])
            }
            try builder.check(value, sizes.map { abs($0) }, at: "shape")
            return Reshape(Shape(sizes))
        },

        LayerEntry("identity", "Its input.") { _, _, _ in Identity() },

        LayerEntry(
            "residual", "x + layers(x); the layers keep the shape.",
            [.array("layers", of: .union("layer"), minCount: 1, doc: "the layers around which")]
        ) { value, input, builder in
            Residual(try builder.nested(value.children("layers"), input))
        },
    ]

    static let byName = Dictionary(uniqueKeysWithValues: entries.map { ($0.variant.name, $0) })
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
