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

    private static let fields: [Field] = [
        .int("features", min: 1, doc: "channels of the output"),
        .int("kernel", min: 1, max: 4096, doc: "its size along each axis"),
        .int("stride", default: 1, min: 1, max: 4096, doc: "steps between results"),
        .int("padding", default: 0, min: 0, max: 4096, doc: "zeros around the input"),
        .bool(
            "same", default: false,
            doc: "pad, instead of padding, so that stride s gives size / s rounded up"),
        .int("dilation", default: 1, min: 1, max: 4096, doc: "distance of the kernel's elements"),
        .int(
            "groups", default: 1, min: 1, doc: "groups of channels that see nothing of each other"),
        .bool("bias", default: true, doc: "add a bias"),
        .string(
            "initializer", default: "fanInUniform", oneOf: InitializerCatalog.names,
            doc: "how the weight is filled"),
        .bool("frozen", default: false, doc: "keep the initial values"),
    ]

    private static func entry(
        _ name: String, _ axes: Int, _ doc: String
    ) -> Catalog<LayerPlace, Layer>.Entry {
        Catalog<LayerPlace, Layer>.Entry(name, doc, fields) { value, place in
            guard place.input.rank == axes + 1 else {
                throw ConfigError([
                    value.issue(
                        "needs channels and \(axes) more axes, and gets \(place.input); a reshape "
                            + "layer can add axes")
                ])
            }
            let (channels, features) = (place.input[0], value.int("features"))
            let (groups, kernel) = (value.int("groups"), value.int("kernel"))
            guard channels % groups == 0, features % groups == 0 else {
                throw ConfigError([
                    value.issue(
                        "don't divide \(channels) channels and \(features) features", at: "groups")
                ])
            }
            if value.bool("same"), value.int("padding") > 0 {
                throw ConfigError([
                    value.issue("is not used with same; leave one of them out", at: "padding")
                ])
            }
            let area = Array(repeating: kernel, count: axes).reduce(1, *)
            try place.builder.reserve(
                value, [features, channels / groups, area],
                keys: [("features", features), ("kernel", area)], isFrozen: value.bool("frozen"))
            try checkPadded(value, place)
            let layer = make(axes, value, channels, features, place)
            if value.bool("frozen") { layer.freeze() }
            return layer
        }
    }

    /// Counts the padded copy of an example's channels that each thread makes: columns that are a
    /// stride apart lie side by side in it, so its rows are a multiple of the stride.
    private static func checkPadded(_ value: ConfigValue, _ place: LayerPlace) throws(ConfigError) {
        let spread = value.int("dilation") * (value.int("kernel") - 1)
        let ends = value.bool("same") ? spread : 2 * value.int("padding")
        let stride = value.int("stride")
        var padded = place.input.dropFirst().map { $0 + ends }
        let width = padded.popLast() ?? 1
        padded.append((width + stride - 1) / stride * stride)
        let isPadded = ends > (place.input.dropFirst().max() ?? 0)
        let key = stride > 2 * width ? "stride" : isPadded ? "padding" : "features"
        try place.builder.check(
            value, scratch: [place.input[0] / value.int("groups")] + padded,
            at: value.bool("same") ? "kernel" : key)
    }

    private static func make(
        _ axes: Int, _ value: ConfigValue, _ channels: Int, _ features: Int, _ place: LayerPlace
    ) -> Layer {
        let kernel = PerAxis(value.int("kernel"))
        let stride = PerAxis(value.int("stride"))
        let dilation = PerAxis(value.int("dilation"))
        let padding = value.bool("same") ? Padding.same : .both(PerAxis(value.int("padding")))
        return kinds[axes - 1].init(
            channels, features, kernel: kernel, stride: stride, padding: padding,
            dilation: dilation, groups: value.int("groups"), bias: value.bool("bias"),
            initializer: InitializerCatalog[value.string("initializer")],
            using: place.builder.random)
    }

    private static let kinds: [ConvolutionLayer.Type] = [Conv1d.self, Conv2d.self, Conv3d.self]
}
