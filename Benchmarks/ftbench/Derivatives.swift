import FakeTensor

/// The model of `mlp` as a function of its weights, batch 128.
private struct FunctionalMLP {
    let weights: [Tensor]
    let direction: [Tensor]
    let x: Tensor
    let y: Tensor

    init() {
        let random = Random(seed: 0)
        let sizes = [784, 512, 256, 10]
        let layers = zip(sizes, sizes.dropFirst()).map { Linear($0, $1, using: random) }
        weights = layers.flatMap(\.parameters).map { $0.detach() }
        direction = weights.map { Tensor.normal($0.shape, using: random) }
        x = Tensor.normal([128, 784], using: random)
        y = Tensor.integers([128], high: 10, using: random)
    }

    func loss(_ w: [Tensor]) -> Tensor {
        let first = x.linear(w[0], w[1]).relu()
        let second = first.linear(w[2], w[3]).relu()
        return CrossEntropy()(second.linear(w[4], w[5]), y)
    }
}

/// `grad` of the mlp against `backward` on the same expression.
func benchmarkGrad() {
    let model = FunctionalMLP()
    let leaves = model.weights.map { Tensor($0.data, requiresGrad: true) }
    let gradient = grad(model.loss)
    let times = medianMilliseconds(
        200, warmup: 20,
        turns: [
            { _ = gradient(model.weights) },
            {
                for leaf in leaves { leaf.zeroGrad() }
                model.loss(leaves).backward()
            },
        ])
    report("grad_mlp", "ms", times[0])
    report("backward_mlp", "ms", times[1])
    note("grad_mlp: \(ratio(times[0], times[1])) of backward")
}

/// The product of the Hessian with a vector, against one gradient.
func benchmarkHVP() {
    let model = FunctionalMLP()
    let gradient = grad(model.loss)
    let captured = capture { (w: [Tensor], v: [Tensor]) in hvp(model.loss, at: w, along: v) }
    let times = medianMilliseconds(
        100, warmup: 10,
        turns: [
            { _ = hvp(model.loss, at: model.weights, along: model.direction) },
            { _ = gradient(model.weights) },
            { _ = captured(model.weights, model.direction) },
        ])
    report("hvp_mlp", "ms", times[0])
    report("hvp_mlp_captured", "ms", times[2])
    reportFloor("hvp_mlp", work: 719)
    note("hvp_mlp: \(ratio(times[0], times[1])) of the gradient")
}

/// The derivative in one direction, forward, against the forward pass.
func benchmarkJVP() {
    let model = FunctionalMLP()
    let captured = capture { (w: [Tensor], v: [Tensor]) in
        [jvp(model.loss, at: w, along: v)].flatMap { [$0.value, $0.tangent] }
    }
    let times = medianMilliseconds(
        200, warmup: 20,
        turns: [
            { _ = jvp(model.loss, at: model.weights, along: model.direction) },
            { _ = model.loss(model.weights) },
            { _ = captured(model.weights, model.direction) },
        ])
    report("jvp_mlp", "ms", times[0])
    report("jvp_mlp_captured", "ms", times[2])
    reportFloor("jvp_mlp", work: 308)
    report("forward_mlp", "ms", times[1])
    note("jvp_mlp: \(ratio(times[0], times[1])) of the forward pass")
}
