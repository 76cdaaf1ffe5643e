import Tensor

@testable import Checkpoint

/// The training state of the examples, with every field filled.
func exampleState(step: Int = 860) -> TrainingState {
    var state = TrainingState()
    state.name = "mlp"
    state.frameworkVersion = "0.1.0"
    state.created = TrainingState.timestamp(secondsSince1970: 1_795_176_000)
    state.device = "cpu"
    state.seed = .max
    state.step = step
    state.epoch = 2
    state.best = BestMetric("accuracy", 0.97680000000000011, epoch: 2, step: 860)
    state.optimizer = "adam"
    state.optimizerValues = ["steps": 860]
    state.schedule = ["best": -Double.infinity, "rate": 0.1]
    state.sampler = ["epoch": 2, "position": -1]
    state.random = ["model": RandomKey(seed: 1, stream: .max, block: 3)]
    state.config = "{\"name\": \"mlp\"}"
    state.extra = ["note": "line\nbreak"]
    return state
}

/// A two-layer model with a buffer, a frozen and a shared parameter and Adam's state.
func exampleCheckpoint(step: Int = 860, fill: Double = 0.5) -> TrainingCheckpoint {
    typealias ModelTensor = TrainingCheckpoint.ModelTensor
    typealias OptimizerTensor = TrainingCheckpoint.OptimizerTensor
    let model = [
        ModelTensor("fc1.weight", .full([3, 2], fill)),
        ModelTensor("fc1.bias", .full([3], -1), isTrainable: false),
        ModelTensor("norm.count", NDArray([Int64(7)], []), kind: .buffer),
        ModelTensor("norm.mask", NDArray([true, false, true]), kind: .buffer),
        ModelTensor("fc2.weight", .full([2, 3], 0.25, .float16)),
    ]
    let optimizer = ["m", "v"].flatMap { slot in
        [
            OptimizerTensor("fc1.weight", slot, .full([3, 2], 0.125)),
            OptimizerTensor("fc2.weight", slot, .full([2, 3], 0.125)),
        ]
    }
    return TrainingCheckpoint(
        model: model, aliases: ["head.weight": "fc2.weight"], optimizer: optimizer,
        state: exampleState(step: step))
}
