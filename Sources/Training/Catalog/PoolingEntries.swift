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

    private static let moving: [Field] = [
        .int("kernel", min: 1, max: 4096, doc: "the window's size along each axis"),
        Field.int(
            "stride", min: 1, max: 4096, doc: "steps between windows; the window's size if left out"
        ).optional,
        .int(
            "padding", default: 0, min: 0, max: 4096, doc: "around the input; half a window at most"
        ),
        .bool("ceilMode", default: false, doc: "a last window may reach beyond the end"),
    ]

    private static func largest(_ index: Int) -> Entry {
        let fields =
            moving + [
                .int("dilation", default: 1, min: 1, max: 4096, doc: "distance of elements")
            ]
        return Entry(
            "maxPool\(index + 1)d", "The largest element of each window of \(shapes[index]).",
            fields
        ) { value, _ in
            maxima[index].init(
                PerAxis(value.int("kernel")),
                stride: value.optionalInt("stride").map { PerAxis($0) },
                padding: .both(PerAxis(value.int("padding"))),
                dilation: PerAxis(value.int("dilation")), ceilMode: value.bool("ceilMode"))
        }
    }

    private static func mean(_ index: Int) -> Entry {
        let fields =
            moving + [
                .bool(
                    "countIncludesPadding", default: true,
                    doc: "places around the input count as zeros")
            ]
        return Entry(
            "avgPool\(index + 1)d", "The mean of each window of \(shapes[index]).", fields
        ) { value, _ in
            means[index].init(
                PerAxis(value.int("kernel")),
                stride: value.optionalInt("stride").map { PerAxis($0) },
                padding: .both(PerAxis(value.int("padding"))), ceilMode: value.bool("ceilMode"),
                countIncludesPadding: value.bool("countIncludesPadding"))
        }
    }

    private static func adaptive(_ index: Int, largest: Bool) -> Entry {
        let axes = index + 1
        return Entry(
            largest ? "adaptiveMaxPool\(axes)d" : "adaptiveAvgPool\(axes)d",
            "The \(largest ? "largest elements" : "means") of windows that cover \(shapes[index]).",
            [
                .array(
                    "size", of: .int(min: 1, max: 4096), minCount: 1, maxCount: axes,
                    doc: "how many windows: one number for all axes, or one for each")
            ]
        ) { value, _ in
            let size = value.ints("size")
            guard size.count == 1 || size.count == axes else {
                throw ConfigError([value.issue("needs one number, or \(axes)", at: "size")])
            }
            return largest
                ? adaptiveMaxima[index].init(PerAxis(size))
                : adaptiveMeans[index].init(PerAxis(size))
        }
    }
}
