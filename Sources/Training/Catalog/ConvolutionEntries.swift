import Autograd
import FTConfig
import NN
import Tensor

/// The convolutions that a config can name.
enum ConvolutionEntries {
    static let all = [
        entry("conv1d", 1, "A convolution of [channels, length]."),
        entry("conv2d", 2, "A convolution of [channels, height, width]."),
        entry("conv3d", 3, "A convolution of [channels, depth, height, width]."),
    ]

    private static func fields(_ axes: Int) -> [Field] {
        [
            .int("features", min: 1, doc: "channels of the output"),
            .window("kernel", axes: axes, doc: "its size along each axis"),
            .window("stride", axes: axes, default: 1, doc: "steps between results"),
            .window("padding", axes: axes, default: 0, min: 0, doc: "zeros around the input"),
            .bool(
                "same", default: false,
                doc: "pad, instead of padding, so that stride s gives size / s rounded up"),
            .window("dilation", axes: axes, default: 1, doc: "distance of the kernel's elements"),
        ] + ofAll + [.bool("frozen", default: false, doc: "keep the initial values")]
    }

    /// What every convolution takes, a transposed one too.
    static let ofAll: [Field] = [
        .int(
            "groups", default: 1, min: 1, doc: "groups of channels that see nothing of each other"),
        .bool("bias", default: true, doc: "add a bias"),
        .string(
            "initializer", default: "fanInUniform", oneOf: InitializerCatalog.names,
            doc: "how the weight is filled"),
    ]

    private static func entry(
        _ name: String, _ axes: Int, _ doc: String
    ) -> Catalog<LayerPlace, Layer>.Entry {
        Catalog<LayerPlace, Layer>.Entry(name, doc, fields(axes)) { value, place in
            guard place.input.rank == axes + 1 else {
                throw ConfigError([
                    value.issue(
                        "needs channels and \(axes) more axes, and gets \(place.input); a reshape "
                            + "layer can add axes")
                ])
            }
            let (channels, features) = (place.input[0], value.int("features"))
            let groups = value.int("groups")
            guard channels % groups == 0, features % groups == 0 else {
                throw ConfigError([
                    value.issue(
                        "don't divide \(channels) channels and \(features) features", at: "groups")
                ])
            }
            if value.bool("same"), try value.ints("padding", axes: axes).contains(where: { $0 > 0 })
            {
                throw ConfigError([
                    value.issue("is not used with same; leave one of them out", at: "padding")
                ])
            }
            let area = try value.ints("kernel", axes: axes).reduce(1, *)
            try place.builder.reserve(
                value, [features, channels / groups, area],
                keys: [("features", features), ("kernel", area)], isFrozen: value.bool("frozen"))
            try checkPadded(axes, value, place)
            let layer = try make(axes, value, channels, features, place)
            if value.bool("frozen") { layer.freeze() }
            return layer
        }
    }

    /// Counts the padded copy of an example's channels that each thread makes: columns that are a
    /// stride apart lie side by side in it, so its rows are a multiple of the stride.
    private static func checkPadded(
        _ axes: Int, _ value: ConfigValue, _ place: LayerPlace
    ) throws(ConfigError) {
        func each(_ key: String) throws(ConfigError) -> [Int] { try value.ints(key, axes: axes) }
        let (kernel, dilation) = (try each("kernel"), try each("dilation"))
        let (padding, stride) = (try each("padding"), try each("stride"))
        let isSame = value.bool("same")
        let ends = (0..<axes).map { isSame ? dilation[$0] * (kernel[$0] - 1) : 2 * padding[$0] }
        let sizes = Array(place.input.dropFirst())
        var padded = zip(sizes, ends).map { $0 + $1 }
        let (width, step) = (padded.popLast() ?? 1, stride[axes - 1])
        padded.append((width + step - 1) / step * step)
        let isPadded = zip(ends, sizes).contains { $0 > $1 }
        let key = step > 2 * width ? "stride" : isPadded ? "padding" : "features"
        try place.builder.check(
            value, scratch: [place.input[0] / value.int("groups")] + padded,
            at: isSame ? "kernel" : key)
    }

    private static func make(
        _ axes: Int, _ value: ConfigValue, _ channels: Int, _ features: Int, _ place: LayerPlace
    ) throws(ConfigError) -> Layer {
        let padding =
            value.bool("same") ? .same : Padding.both(try value.window("padding", axes: axes))
        return kinds[axes - 1].init(
            channels, features, kernel: try value.window("kernel", axes: axes),
            stride: try value.window("stride", axes: axes), padding: padding,
            dilation: try value.window("dilation", axes: axes), groups: value.int("groups"),
            bias: value.bool("bias"),
            initializer: InitializerCatalog[value.string("initializer")],
            using: place.builder.random)
    }

    private static let kinds: [ConvolutionLayer.Type] = [Conv1d.self, Conv2d.self, Conv3d.self]
}
