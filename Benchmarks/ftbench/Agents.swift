import FakeTensor

/// Linear layers of the sizes given, with an activation between them.
private func network(
    _ sizes: [Int], _ activation: () -> Layer, _ random: Random
) -> Sequential {
    var layers: [Layer] = []
    for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
        if !layers.isEmpty { layers.append(activation()) }
        layers.append(Linear(inputs, outputs, using: random))
    }
    return Sequential(layers)
}

/// Actor 4-64-64-2 and critic 4-64-64-1 with tanh, batch 64, two Adams: a step of proximal policy
/// optimization (Schulman et al., 2017) with its clipped ratio, value loss and entropy.
func benchmarkPPO() {
    let random = Random(seed: 0)
    let actor = network([4, 64, 64, 2], { Tanh() }, random)
    let critic = network([4, 64, 64, 1], { Tanh() }, random)
    let optimizers = [actor, critic].map { Adam($0, learningRate: 3e-4) }
    let states = Tensor.normal([64, 4], using: random)
    let actions = Tensor.integers([64, 1], high: 2, using: random)
    let advantages = Tensor.normal([64], using: random)
    let returns = Tensor.normal([64], using: random)
    let old = noGrad { actor(states).logSoftmax(axis: 1) }
    benchmarkSteps("ppo", optimizers, states, actions, work: 3.35, count: 400) { states, actions in
        let logits = actor(states).logSoftmax(axis: 1)
        let ratio = (logits - old).gather(actions, axis: 1).squeeze(1).exp()
        let clipped = ratio.clip(lower: 0.8, upper: 1.2)
        let gain = (ratio * advantages).minimum(clipped * advantages).mean()
        let error = (critic(states).squeeze(1) - returns).square().mean()
        let entropy = (logits.exp() * logits).sum(axis: 1).mean()
        return 0.5 * error - gain + 0.01 * entropy
    }
}

/// Two critics 23-256-256-1 with ReLU, batch 256, two Adams: their step in soft actor-critic.
func benchmarkSACCritic() {
    let random = Random(seed: 0)
    let critics = (0..<2).map { _ in network([23, 256, 256, 1], { ReLU() }, random) }
    let optimizers = critics.map { Adam($0, learningRate: 3e-4) }
    let x = Tensor.normal([256, 23], using: random)
    let y = Tensor.normal([256, 1], using: random)
    let loss = MeanSquaredError()
    benchmarkSteps("sac_critic", optimizers, x, y, work: 214, count: 200) { x, y in
        loss(critics[0](x), y) + loss(critics[1](x), y)
    }
}

/// 28-300×5-1 with tanh, batch 100, Adam and binary cross-entropy: OpenNN's comparison on HIGGS.
func benchmarkHIGGS() {
    let random = Random(seed: 0)
    let model = network([28, 300, 300, 300, 300, 300, 1], { Tanh() }, random)
    let x = Tensor.normal([100, 28], using: random)
    let y = Tensor.integers([100, 1], high: 2, using: random).cast(to: .float32)
    let loss = BinaryCrossEntropy()
    let optimizer = Adam(model, learningRate: 1e-3)
    benchmarkSteps("higgs", [optimizer], x, y, work: 219, count: 200) { loss(model($0), $1) }
}
