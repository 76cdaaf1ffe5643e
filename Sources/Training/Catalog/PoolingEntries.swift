import Autograd
import FTConfig
import NN
import Tensor

/// The poolings that a config can name.
enum PoolingEntries {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    static let all: [Catalog<LayerPlace, Layer>.Entry] =
        (0..<3).map(largest) + (0..<3).map(mean) + (0..<3).map { adaptive($0, largest: false) }
        + (0..<3).map { adaptive($0, largest: true) } + [
            Entry("globalAveragePool", "The mean of each channel.") { _, _ in GlobalAveragePool() },
            Entry("globalMaxPool", "The largest element of each channel.") { _, _ in
                GlobalMaxPool()
            },
        ]

    private static let shapes = [
        "[channels, length]", "[channels, height, width]", "[channels, depth, height, width]",
    ]
    private static let maxima: [MaxPool.Type] = [MaxPool1d.self, MaxPool2d.self, MaxPool3d.self]
    private static let means: [AvgPool.Type] = [AvgPool1d.self, AvgPool2d.self, AvgPool3d.self]
    private static let adaptiveMeans: [AdaptiveAvgPool.Type] = [
        AdaptiveAvgPool1d.self, AdaptiveAvgPool2d.self, AdaptiveAvgPool3d.self,
    ]
    private static let adaptiveMaxima: [AdaptiveMaxPool.Type] = [
        AdaptiveMaxPool1d.self, AdaptiveMaxPool2d.self, AdaptiveMaxPool3d.self,
    ]

    private static func moving(_ axes: Int) -> [Field] {
        [
            .window("kernel", axes: axes, doc: "the window's size along each axis"),
            Field.window(
                "stride", axes: axes, doc: "steps between windows; the window's size if left out"
            ).optional,
            .window(
                "padding", axes: axes, default: 0, min: 0,
                doc: "around the input; half a window at most"),
            .bool("ceilMode", default: false, doc: "a last window may reach beyond the end"),
        ]
    }

    private static func stride(_ value: ConfigValue, _ axes: Int) throws(ConfigError) -> PerAxis? {
        value.optional("stride") == nil ? nil : try value.window("stride", axes: axes)
    }

    private static func largest(_ index: Int) -> Entry {
        let axes = index + 1
        let dilation = Field.window(
            "dilation", axes: axes, default: 1, doc: "distance of elements")
        return Entry(
            "maxPool\(axes)d", "The largest element of each window of \(shapes[index]).",
            moving(axes) + [dilation]
        ) { value, _ in
            maxima[index].init(
                try value.window("kernel", axes: axes), stride: try stride(value, axes),
                padding: .both(try value.window("padding", axes: axes)),
                dilation: try value.window("dilation", axes: axes),
                ceilMode: value.bool("ceilMode"))
        }
    }

    private static func mean(_ index: Int) -> Entry {
        let axes = index + 1
        let counts = Field.bool(
            "countIncludesPadding", default: true, doc: "places around the input count as zeros")
        return Entry(
            "avgPool\(axes)d", "The mean of each window of \(shapes[index]).",
            moving(axes) + [counts]
        ) { value, _ in
            means[index].init(
                try value.window("kernel", axes: axes), stride: try stride(value, axes),
                padding: .both(try value.window("padding", axes: axes)),
                ceilMode: value.bool("ceilMode"),
                countIncludesPadding: value.bool("countIncludesPadding"))
        }
    }

    private static func adaptive(_ index: Int, largest: Bool) -> Entry {
        let axes = index + 1
        return Entry(
            largest ? "adaptiveMaxPool\(axes)d" : "adaptiveAvgPool\(axes)d",
            "The \(largest ? "largest elements" : "means") of windows that cover \(shapes[index]).",
            [
                .perAxis(
                    "size", .int(min: 1, max: 4096), most: axes,
                    doc: "how many windows: one number for all axes, or one for each")
            ]
        ) { value, _ in
            let size = try value.window("size", axes: axes)
            return largest
                ? adaptiveMaxima[index].init(size) : adaptiveMeans[index].init(size)
        }
    }
}
