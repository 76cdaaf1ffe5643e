import Autograd
import FTConfig
import NN
import Tensor

/// The transposed convolutions that a config can name.
enum ConvolutionTransposeEntries {
    static let all = (1...3).map(entry)

    private static func fields(_ axes: Int) -> [Field] {
        [
            .int("features", min: 1, doc: "channels of the output"),
            .window("kernel", axes: axes, doc: "its size along each axis"),
            .window("stride", axes: axes, default: 1, doc: "by which sizes grow"),
            .window("padding", axes: axes, default: 0, min: 0, doc: "what is cut off at each end"),
            .window(
                "outputPadding", axes: axes, default: 0, min: 0, max: 4095,
                doc: "what is added to each size, less than stride or dilation"),
            .window("dilation", axes: axes, default: 1, doc: "distance of the kernel's elements"),
        ] + ConvolutionEntries.ofAll
    }

    private static let kinds: [ConvolutionTransposeLayer.Type] = [
        ConvTranspose1d.self, ConvTranspose2d.self, ConvTranspose3d.self,
    ]

    private static func entry(_ axes: Int) -> Catalog<LayerPlace, Layer>.Entry {
        Catalog<LayerPlace, Layer>.Entry(
            "convTranspose\(axes)d", "The transpose of conv\(axes)d: images become larger.",
            fields(axes)
        ) { value, place in
            guard place.input.rank == axes + 1 else {
                throw ConfigError([
                    value.issue("needs channels and \(axes) more axes, and gets \(place.input)")
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
            let area = try value.ints("kernel", axes: axes).reduce(1, *)
            try place.builder.reserve(
                value, [channels, features / groups, area],
                keys: [("features", features), ("kernel", area)])
            return kinds[axes - 1].init(
                channels, features, kernel: try value.window("kernel", axes: axes),
                stride: try value.window("stride", axes: axes),
                padding: try value.window("padding", axes: axes),
                outputPadding: try value.window("outputPadding", axes: axes),
                dilation: try value.window("dilation", axes: axes), groups: groups,
                bias: value.bool("bias"),
                initializer: InitializerCatalog[value.string("initializer")],
                using: place.builder.random)
        }
    }
}
