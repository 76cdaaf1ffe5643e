import FakeTensor
import FakeTensorCommand
import Waves

// `fttrain` with a layer and a loss of our own: every command of it knows them.
//
//     swift run -c release CustomTrainer data friedman data/friedman.h5
//     swift run -c release CustomTrainer wave.json

let sinusoid = CustomLayer(
    "sinusoid", "sin(f · (x Wᵀ + b)).",
    [
        .int("units", min: 1, doc: "output features"),
        .number("frequency", default: 1, above: 0, doc: "f"),
    ]
) { keys, input, random in
    guard let width = input.last else {
        throw keys.problem("needs inputs with at least one axis; reshape before it")
    }
    return SinusoidLayer(
        width, keys.int("units"), frequency: keys.number("frequency"), using: random)
}

let smooth = CustomLoss("smoothDistance", "The mean of √(1 + (x − t)²) − 1.") { _ in
    SmoothDistance()
}

TrainingCommand(layers: [sinusoid], losses: [smooth]).main()
