import Datasets
import FTConfig
import Tensor

extension Catalogs {
    private typealias Entry = Catalog<Void, Transform>.Entry

    /// So many means and deviations a config and a checkpoint hold.
    static let mostChannels = 65536

    /// Every transform that a config can name. A new transform is one entry here.
    static let transforms = Catalog<Void, Transform>(
        "transform", allowsShorthand: true,
        [
            Entry(
                "scale", "Multiplies by a factor; integers become float32.",
                [.number("factor", doc: "the factor")]
            ) { value, _ in .scale(value.double("factor")) },

            Entry(
                "normalize",
                "Subtracts a mean and divides by a standard deviation; without both they are measured "
                    + "on the training rows, for each index of an axis that is named, else for each "
                    + "channel of images and for all elements of other examples, and kept in "
                    + "checkpoints.",
                [
                    Field.array(
                        "mean", of: .number(), minCount: 1, maxCount: mostChannels,
                        doc: "one value, or one for each channel, or element of a vector"
                    ).optional,
                    Field.array(
                        "std", of: .number(above: 0), minCount: 1, maxCount: mostChannels,
                        doc: "one value, or one for each channel, or element of a vector"
                    ).optional,
                    Field.int(
                        "axis", min: -7, max: 6,
                        doc: "of an example, whose indices have a mean and std each: 0 for the "
                            + "elements of vectors, -1 for what each step of a sequence holds"
                    ).optional,
                ]
            ) { value, _ in
                let axis = value.optionalInt("axis") ?? 0
                let given = ["mean", "std"].filter { value.optional($0) != nil }
                switch given.count {
                case 0: return .normalize(mean: [], std: [], axis: axis)
                case 2:
                    return .normalize(
                        mean: value.doubles("mean"), std: value.doubles("std"), axis: axis)
                default:
                    throw ConfigError([
                        value.issue(
                            "needs mean and std, or neither to have them measured", at: given[0])
                    ])
                }
            },

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
        ] + augmentations)

    /// Transforms that happen in training alone.
    private static let augmentations = [
        Entry(
            "randomCrop",
            "In training, moves each image by up to so many pixels; zeros come in. As padding and a crop "
                + "of the old size.",
            [.int("padding", default: 4, min: 1, max: 65536, doc: "pixels in each direction")]
        ) { value, _ in .randomCrop(padding: value.int("padding")) },

        Entry(
            "randomFlip", "In training, exchanges left and right of images at random.",
            [.number("rate", default: 0.5, min: 0, max: 1, doc: "the share of flipped images")]
        ) { value, _ in .randomFlip(rate: value.double("rate")) },

        Entry(
            "randomRotation",
            "In training, turns each image about its middle by a random angle; zeros come in.",
            [
                .number(
                    "degrees", default: 15, above: 0, max: 180,
                    doc: "the largest angle in each direction")
            ]
        ) { value, _ in .randomRotation(degrees: value.double("degrees")) },

        Entry(
            "cutout", "In training, zeros in a square anywhere in each image.",
            [.int("size", default: 8, min: 1, max: 65536, doc: "pixels a side")]
        ) { value, _ in .cutout(size: value.int("size")) },
    ]
}
