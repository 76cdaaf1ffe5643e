import FakeTensor

/// A train step of a classifier as it is, and captured and replayed; `work` is its products'
/// arithmetic in millions of operations.
func benchmarkSteps(
    _ name: String, _ model: Sequential, _ optimizer: Optimizer, _ inputs: Shape, _ classes: Int,
    work: Double, count: Int = 400
) {
    let random = Random(seed: 1)
    let x = Tensor.normal(inputs, using: random)
    let y = Tensor.integers([inputs[0]], high: classes, using: random)
    benchmarkSteps(name, model, optimizer, x, y, work: work, count: count)
}

/// The same on examples of any kind.
func benchmarkSteps(
    _ name: String, _ model: Layer, _ optimizer: Optimizer, _ x: Tensor, _ y: Tensor, work: Double,
    count: Int
) {
    let loss = CrossEntropy()
    benchmarkSteps(name, [optimizer], x, y, work: work, count: count) { loss(model($0), $1) }
}

/// The same of any loss, which one optimizer or several lower.
func benchmarkSteps(
    _ name: String, _ optimizers: [Optimizer], _ x: Tensor, _ y: Tensor, work: Double, count: Int,
    loss: @escaping (Tensor, Tensor) -> Tensor
) {
    func step(_ x: Tensor, _ y: Tensor) -> Tensor {
        for optimizer in optimizers { optimizer.zeroGrad() }
        let value = loss(x, y)
        value.backward()
        for optimizer in optimizers { optimizer.step() }
        return value
    }
    let warmup = count / 4
    report(name, "ms", medianMilliseconds(count, warmup: warmup) { _ = step(x, y) })
    reportPeakMemory(name)
    let captured = capture { step($0, $1) }
    report(
        "\(name)_captured", "ms", medianMilliseconds(count, warmup: warmup) { _ = captured(x, y) })
    reportFloor(name, work: work)
}
