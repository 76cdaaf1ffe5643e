import FTConfig
import NN
import Tensor

/// Layers that take a sequence step by step.
enum RecurrentEntries {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    static let all: [Catalog<LayerPlace, Layer>.Entry] = [
        Entry(
            "rnn", "A recurrent network: h' = tanh(W x + U h + b).",
            fields + [
                .string(
                    "nonlinearity", default: "tanh",
                    oneOf: RNN.Nonlinearity.allCases.map(\.rawValue),
                    doc: "what makes a state of a sum")
            ]
        ) { value, place in
            let place = try RecurrentPlace(value, place, parts: 1)
            return RNN(
                place.inputs, place.width, layers: place.layers,
                nonlinearity: .init(rawValue: value.string("nonlinearity")) ?? .tanh,
                bias: value.bool("bias"), isBidirectional: value.bool("bidirectional"),
                dropout: value.double("dropout"), output: place.output, using: place.random)
        },

        Entry(
            "lstm", "A recurrent network with a long memory.",
            fields + [
                Field.number(
                    "forgetBias",
                    doc: "what the forget gates begin with; from 1 on memories are kept; needs bias"
                ).optional
            ]
        ) { value, place in
            let place = try RecurrentPlace(value, place, parts: 4)
            return LSTM(
                place.inputs, place.width, layers: place.layers, bias: value.bool("bias"),
                forgetBias: value.optionalDouble("forgetBias"),
                isBidirectional: value.bool("bidirectional"), dropout: value.double("dropout"),
                output: place.output, using: place.random)
        },

        Entry("gru", "A recurrent network with gates, simpler than an lstm.", fields) {
            value, place in
            let place = try RecurrentPlace(value, place, parts: 3)
            return GRU(
                place.inputs, place.width, layers: place.layers, bias: value.bool("bias"),
                isBidirectional: value.bool("bidirectional"), dropout: value.double("dropout"),
                output: place.output, using: place.random)
        },
    ]

    private static let fields: [Field] = [
        .int("units", min: 1, doc: "size of a state"),
        .int("layers", default: 1, min: 1, max: 1000, doc: "each on what the one below gives"),
        .bool("bidirectional", default: false, doc: "a second network runs from the end"),
        .number("dropout", default: 0, min: 0, below: 1, doc: "share dropped between layers"),
        .bool("bias", default: true, doc: "add biases"),
        .string(
            "output", default: "sequence", oneOf: RecurrentOutput.allCases.map(\.rawValue),
            doc: "the state of every step, or the last"),
    ]
}

/// Sizes of a recurrent network where it is made.
private struct RecurrentPlace {
    let inputs: Int
    let width: Int
    let layers: Int
    let output: RecurrentOutput
    let random: Random

    init(_ value: ConfigValue, _ place: LayerPlace, parts: Int) throws {
        inputs = try AttentionEntries.sequenceWidth(value, place)
        width = value.int("units")
        layers = value.int("layers")
        output = RecurrentOutput(rawValue: value.string("output")) ?? .sequence
        random = place.builder.random
        let sides = value.bool("bidirectional") ? 2 : 1
        for layer in 0..<min(layers, 2) {
            let below = layer == 0 ? inputs : sides * width
            let count = layer == 0 ? 1 : layers - 1
            try place.builder.reserve(
                value, [sides * count, parts * width, below + width + 2],
                keys: [("units", width), ("layers", layers)])
        }
        // Of each step the backward pass needs states and gates.
        try place.builder.check(
            value, output: [sides * layers, place.input[0], (parts + 2) * width], isKept: true,
            at: "units")
    }
}
