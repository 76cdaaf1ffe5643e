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
                let before = place.builder.rows.count
                for number in 0..<count {
                    let part = try place.builder.nested(layers, place, branch: String(number))
                    made.append(part)
                    if number == 0 {
                        let size = place.builder.rows.count - before
                        try place.builder.checkCount(value, before + count * size, at: "repeat")
                    }
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
}
