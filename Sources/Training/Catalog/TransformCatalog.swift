import Datasets
import FTConfig
import Tensor

extension Catalogs {
    private typealias Entry = Catalog<Void, Transform>.Entry

    /// Every transform that a config can name. A new transform is one entry here.
    static let transforms = Catalog<Void, Transform>(
        "transform", allowsShorthand: true,
        [
            Entry(
                "scale", "Multiplies by a factor; integers become float32.",
                [.number("factor", doc: "the factor")]
            ) { value, _ in .scale(value.double("factor")) },

            Entry(
                "normalize", "Subtracts a mean and divides by a standard deviation.",
                [
                    .array(
                        "mean", of: .number(), minCount: 1, maxCount: 65536,
                        doc: "one value, or one for each channel"),
                    .array(
                        "std", of: .number(above: 0), minCount: 1, maxCount: 65536,
                        doc: "one value, or one for each channel"),
                ]
            ) { value, _ in .normalize(mean: value.doubles("mean"), std: value.doubles("std")) },

            Entry("flatten", "Turns each example into a vector.") { _, _ in .flatten },

            Entry(
                "reshape", "Gives each example another shape of as many elements.",
                [
                    .array(
                        "shape", of: .int(min: 1), maxCount: 7,
                        doc: "the shape of one example; [] for a number")
                ]
            ) { value, _ in .reshape(value.ints("shape")) },

            Entry(
                "oneHot", "Turns class numbers into float32 vectors.",
                [.int("classes", min: 1, max: 1_000_000, doc: "length of the vectors")]
            ) { value, _ in .oneHot(classes: value.int("classes")) },

            Entry(
                "cast", "Converts to another dtype.",
                [.string("dtype", oneOf: DType.allCases.map(\.name), doc: "the dtype")]
            ) { value, _ in .cast(DType(name: value.string("dtype")) ?? .float32) },
        ])
}
