import Autograd
import FTConfig
import NN
import Tensor

/// Layers that give images other sizes or orders, without weights.
enum ImageEntries {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    static let all: [Catalog<LayerPlace, Layer>.Entry] = [
        upsample, pad,
        Entry(
            "pixelShuffle",
            "Channels as pixels: [c · f², height, width] as [c, height · f, width · f].",
            factor
        ) { value, _ in PixelShuffle(value.int("factor")) },
        Entry(
            "pixelUnshuffle",
            "Pixels as channels: [c, height, width] as [c · f², height / f, width / f].", factor
        ) { value, _ in PixelUnshuffle(value.int("factor")) },
        Entry(
            "permute", "Each example with its axes in another order.",
            [
                .array(
                    "axes", of: .int(min: 0, max: 6), minCount: 1, maxCount: 7,
                    doc: "the axis that comes to each place, 0 being the first of an example")
            ]
        ) { value, _ in
            let axes = value.ints("axes")
            guard axes.sorted().elementsEqual(0..<axes.count) else {
                throw ConfigError([
                    value.issue("needs each of 0 to \(axes.count - 1) once", at: "axes")
                ])
            }
            return Permute(axes)
        },
    ]

    private static let factor: [Field] = [
        .int("factor", min: 1, max: 4096, doc: "f, along each of both axes")
    ]

    private static let upsample = Entry(
        "upsample", "Other sizes of the axes beside channels, in one to three axes.",
        [
            Field.perAxis(
                "factor", .number(above: 0, max: 4096), most: 6,
                doc: "how many times as large: one number for all axes, or one for each"
            ).optional,
            Field.perAxis(
                "size", .int(min: 1, max: 1 << 20), most: 6,
                doc: "the sizes, instead of factor: one number for all axes, or one for each"
            ).optional,
            .string(
                "mode", default: "nearest", oneOf: ["nearest", "linear"],
                doc: "the nearest element before, or lines between them: bilinear in two axes"),
            .bool(
                "alignCorners", default: false,
                doc: "lines: the outermost elements are points that keep their places"),
        ]
    ) { value, _ in
        let isLinear = value.string("mode") == "linear"
        let aligns = value.bool("alignCorners")
        guard isLinear || !aligns else {
            throw ConfigError([value.issue("is for the mode linear", at: "alignCorners")])
        }
        let mode: UpsampleMode = isLinear ? .linear(alignCorners: aligns) : .nearest
        switch (value.optional("factor"), value.optional("size")) {
        case (.some, nil):
            return Upsample(.factor(value.doubles("factor")), mode: mode)
        case (nil, .some):
            return Upsample(.size(value.ints("size")), mode: mode)
        default: throw ConfigError([value.issue("needs either a factor or a size")])
        }
    }

    private static let modes: [(name: String, mode: PaddingMode)] = [
        ("constant", .constant), ("reflect", .reflect), ("replicate", .replicate),
        ("circular", .circular),
    ]

    private static let pad = Entry(
        "pad", "Elements around the last axes of each example.",
        [
            .array(
                "widths", of: .array(of: .int(min: -65536, max: 65536), minCount: 2, maxCount: 2),
                minCount: 1, maxCount: 7,
                doc:
                    "how many go [before, after] each of the last axes, in order; a negative number "
                    + "cuts off as many"),
            .string(
                "mode", default: "constant", oneOf: modes.map(\.name),
                doc: "a number, those inside mirrored, the outermost, or those of the other end"),
            .number("value", default: 0, doc: "the number of the mode constant"),
        ]
    ) { value, _ in
        let widths = value.children("widths").map { pair in
            (before: pair.elements[0].asInt, after: pair.elements[1].asInt)
        }
        let name = value.string("mode")
        let mode = modes.first { $0.name == name }?.mode ?? .constant
        return Pad(widths, mode: mode, value: value.double("value"))
    }
}
