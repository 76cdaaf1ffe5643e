import Datasets
import FTConfig
import Tensor

/// A transform of the config: what it is called and takes, and how it is made.
struct TransformEntry: Sendable {
    let variant: Variant
    let build: @Sendable (ConfigValue) throws(ConfigError) -> Transform

    init(
        _ name: String, _ summary: String, _ fields: [Field] = [],
        build: @escaping @Sendable (ConfigValue) throws(ConfigError) -> Transform
    ) {
        variant = Variant(name: name, summary: summary, fields: fields)
        self.build = build
    }
}

/// Every transform that a config can name.
enum TransformCatalog {
    static let entries: [TransformEntry] = [
        TransformEntry(
            "scale", "Multiplies by a factor; integers become float32.",
            [.number("factor", doc: "the factor")]
        ) { .scale($0.double("factor")) },

        TransformEntry(
            "normalize", "Subtracts a mean and divides by a standard deviation.",
            [
                .array(
                    "mean", of: .number(), minCount: 1, maxCount: 65536,
                    doc: "one value, or one for each channel"),
                .array(
                    "std", of: .number(above: 0), minCount: 1, maxCount: 65536,
                    doc: "one value, or one for each channel"),
            ]
        ) { .normalize(mean: $0.doubles("mean"), std: $0.doubles("std")) },

        TransformEntry("flatten", "Turns each example into a vector.") { _ in .flatten },

        TransformEntry(
            "reshape", "Gives each example another shape of as many elements.",
            [
                .array(
                    "shape", of: .int(min: 1), maxCount: 7,
                    doc: "the shape of one example; [] for a number")
            ]
        ) { .reshape($0.ints("shape")) },

        TransformEntry(
            "oneHot", "Turns class numbers into float32 vectors.",
            [.int("classes", min: 1, max: 1_000_000, doc: "length of the vectors")]
        ) { .oneHot(classes: $0.int("classes")) },

        TransformEntry(
            "cast", "Converts to another dtype.",
            [.string("dtype", oneOf: DType.allCases.map(\.name), doc: "the dtype")]
        ) { .cast(DType(name: $0.string("dtype")) ?? .float32) },
    ]

    /// The transform that a config value stands for.
    static func build(_ value: ConfigValue) throws(ConfigError) -> Transform {
        guard let entry = entries.first(where: { $0.variant.name == value.type }) else {
            throw ConfigError([value.issue("unknown transform \(value.type)")])
        }
        return try entry.build(value)
    }
}
