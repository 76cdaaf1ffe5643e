import FTConfig
import NN
import Tensor

/// Layers that know channels: normalizations and dropout of whole ones.
enum ChannelEntries {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    static let all: [Catalog<LayerPlace, Layer>.Entry] = [
        batchNorm("batchNorm1d", "[channels] or [channels, length]") { BatchNorm1d.self },
        batchNorm("batchNorm2d", "[channels, height, width]") { BatchNorm2d.self },
        batchNorm("batchNorm3d", "[channels, depth, height, width]") { BatchNorm3d.self },
        Entry(
            "groupNorm", "(x − mean) / √(variance + ε) · w + b over groups of channels.",
            [
                .int("groups", min: 1, doc: "that divide the channels"),
                .number("epsilon", default: 1e-5, min: 0, doc: "ε"),
                .bool("affine", default: true, doc: "train w and b"),
            ]
        ) { value, place in
            let (channels, groups) = (try channels(value, place), value.int("groups"))
            guard channels % groups == 0 else {
                throw ConfigError([
                    value.issue("don't divide the \(channels) channels", at: "groups")
                ])
            }
            return GroupNorm(
                groups, channels, epsilon: value.double("epsilon"), affine: value.bool("affine"))
        },
        Entry(
            "instanceNorm", "(x − mean) / √(variance + ε) of each channel of each example.",
            [
                .number("epsilon", default: 1e-5, min: 0, doc: "ε"),
                .bool("affine", default: false, doc: "train w and b"),
            ]
        ) { value, place in
            InstanceNorm(
                try channels(value, place), epsilon: value.double("epsilon"),
                affine: value.bool("affine"))
        },
        Entry("dropout2d", "In training, zeroes channels at random and scales the others up.", rate)
        {
            Dropout2d($0.double("rate"), using: $1.builder.random)
        },
        Entry(
            "dropPath", "In training, zeroes examples at random, for what a residual adds.", rate
        ) { DropPath($0.double("rate"), using: $1.builder.random) },
    ]

    private static let rate: [Field] = [
        .number("rate", default: 0.5, min: 0, below: 1, doc: "share of what is zeroed")
    ]

    private static func batchNorm(
        _ name: String, _ shapes: String, _ type: @escaping @Sendable () -> BatchNorm.Type
    ) -> Entry {
        Entry(
            name,
            "(x − mean) / √(variance + ε) · w + b of each channel of \(shapes) over the batch.",
            [
                .number("epsilon", default: 1e-5, min: 0, doc: "ε"),
                Field.number(
                    "momentum", default: 0.1, min: 0,
                    doc: "a batch's share of the averages for evaluation, 1 at most"),
                .bool(
                    "cumulative", default: false,
                    doc: "instead of by momentum, average over all batches"),
                .bool("affine", default: true, doc: "train w and b"),
            ]
        ) { value, place in
            let momentum = value.double("momentum")
            guard momentum <= 1 else {
                throw ConfigError([value.issue("should be 1 at most", at: "momentum")])
            }
            if place.input.dropFirst().allSatisfy({ $0 == 1 }) {
                place.builder.firstOverExamples = place.builder.firstOverExamples ?? value
            }
            return type().init(
                try channels(value, place), epsilon: value.double("epsilon"),
                momentum: value.bool("cumulative") ? nil : momentum, affine: value.bool("affine"))
        }
    }

    private static func channels(
        _ value: ConfigValue, _ place: LayerPlace
    ) throws(ConfigError) -> Int {
        guard let channels = place.input.first else {
            throw ConfigError([value.issue("needs channels, and gets \(place.input)")])
        }
        return channels
    }
}
