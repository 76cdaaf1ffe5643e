import FTConfig
import NN
import Tensor

/// Layers that are put together under a name, and repeated.
enum BlockEntries {
    static let all: [Catalog<LayerPlace, Layer>.Entry] = [
        Catalog<LayerPlace, Layer>.Entry(
            "block", "Layers one after another, under a name, as often as said.",
            [
                Field.string(
                    "name", doc: "stands for its position in the names of parameters"
                ).optional,
                Field.int(
                    "repeat", min: 1, max: 1000,
                    doc: "how many times, each with parameters of its own: NAME.0, NAME.1, …"
                ).optional,
                .array("layers", of: .union("layer"), minCount: 1, doc: "the layers"),
            ]
        ) { value, place in
            let layers = value.children("layers")
            var made: [Layer] = []
            if let count = value.optionalInt("repeat") {
                var place = place
                try place.builder.checkCount(value, layerCount(value), at: "repeat")
                for number in 0..<count {
                    let part = try place.builder.nested(layers, place, branch: String(number))
                    made.append(part)
                    place = LayerPlace(
                        input: try part.outputShape(for: place.input), isOpen: false,
                        isFirst: false, builder: place.builder)
                }
            } else {
                made = try place.builder.nested(layers, place).layers
            }
            return value.optionalString("name").map { Block($0, made) } ?? Sequential(made)
        }
    ]

    /// How many layers a block consists of, itself included, as far as lists of layers go; the
    /// largest number beyond that.
    private static func layerCount(_ value: ConfigValue) -> Int {
        let inner = value.children("layers").reduce(0) { sum, layer in
            let (count, isOver) = sum.addingReportingOverflow(
                layer.type == "block" ? layerCount(layer) : 1)
            return isOver ? .max : count
        }
        let (all, isOver) = inner.multipliedReportingOverflow(
            by: value.optionalInt("repeat") ?? 1)
        return isOver || all == .max ? .max : all + 1
    }
}
