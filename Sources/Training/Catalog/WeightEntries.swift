import FTConfig
import NN
import Tensor

/// Layers of several linear functions, and layers around others that change their weights.
enum WeightEntries {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    static let all: [Catalog<LayerPlace, Layer>.Entry] = [
        maxOut,
        Entry(
            "weightNorm",
            "A layer whose weight is g · v / ‖v‖, the length of each output's weights and their "
                + "direction; its parameters are weight_g and weight_v.", [layer]
        ) { value, place in WeightNorm(try weighted(value, place)) },
        Entry(
            "spectralNorm",
            "A layer whose weight is divided by its largest singular value, which steps of training "
                + "come closer to; its parameter is weight_orig.",
            [
                layer,
                .int(
                    "iterations", default: 1, min: 1, max: 1000,
                    doc: "steps towards the singular vectors, for each step of training"),
                .number("epsilon", default: 1e-12, above: 0, doc: "the least of a norm"),
            ]
        ) { value, place in
            SpectralNorm(
                try weighted(value, place), iterations: value.int("iterations"),
                epsilon: value.double("epsilon"), using: place.builder.random)
        },
    ]

    private static let layer = Field.union(
        "layer", of: "layer", doc: "a linear layer, a convolution or a transposed one")

    /// The layer that another one is put around.
    private static func weighted(
        _ value: ConfigValue, _ place: LayerPlace
    ) throws -> any WeightedLayer {
        let inner = value.child("layer")
        guard let layer = try place.builder.nested([inner], place).layers[0] as? any WeightedLayer
        else {
            throw ConfigError([
                value.issue(
                    "a '\(inner.type)' has no weight of its own; use linear, conv2d, "
                        + "convTranspose2d or their kin", at: "layer")
            ])
        }
        return layer
    }

    private static let maxOut = Entry(
        "maxOut", "The largest of several linear functions of the last axis.",
        [
            .int("units", min: 1, doc: "output features"),
            .int("pieces", default: 2, min: 1, max: 4096, doc: "linear functions of each"),
            .bool("bias", default: true, doc: "add a bias"),
            .string(
                "initializer", default: "fanInUniform", oneOf: InitializerCatalog.names,
                doc: "how the weight is filled"),
        ]
    ) { value, place in
        guard let inputs = place.input.last else {
            throw ConfigError([value.issue("needs inputs with at least one axis")])
        }
        let (units, pieces) = (value.int("units"), value.int("pieces"))
        try place.builder.reserve(
            value, [inputs, units, pieces], keys: [("units", units), ("pieces", pieces)])
        return MaxOut(
            inputs, units, pieces: pieces, bias: value.bool("bias"),
            initializer: InitializerCatalog[value.string("initializer")],
            using: place.builder.random)
    }
}
