import FakeTensor

/// 2-16-16-2 with tanh, batch 32, SGD: what a step costs beyond its arithmetic.
func benchmarkTinyMLP() {
    let random = Random(seed: 0)
    let model = Sequential {
        Linear(2, 16, using: random)
        Tanh()
        Linear(16, 16, using: random)
        Tanh()
        Linear(16, 2, using: random)
    }
    let x = Tensor.normal([32, 2], using: random)
    let y = Tensor.integers([32], high: 2, using: random)
    let step = trainStep(model, SGD(model, learningRate: 0.1), x, y)
    report("mlp_tiny", "ms", medianMilliseconds(400, warmup: 100, step))
}

/// 784-512-256-10 with ReLU, batch 128, Adam: the default model on MNIST.
func benchmarkMLP() {
    let random = Random(seed: 0)
    let model = Sequential {
        Linear(784, 512, using: random)
        ReLU()
        Linear(512, 256, using: random)
        ReLU()
        Linear(256, 10, using: random)
    }
    let x = Tensor.normal([128, 784], using: random)
    let y = Tensor.integers([128], high: 10, using: random)
    let step = trainStep(model, Adam(model, learningRate: 1e-3), x, y)
    report("mlp", "ms", medianMilliseconds(400, warmup: 50, step))
}

private func trainStep(
    _ model: Sequential, _ optimizer: Optimizer, _ x: Tensor, _ y: Tensor
) -> () -> Void {
    let loss = CrossEntropy()
    return {
        optimizer.zeroGrad()
        loss(model(x), y).backward()
        optimizer.step()
    }
}

/// 200 operations on scalars, one after another, forward and backward: microseconds for one.
func benchmarkScalarChain() {
    let w = Tensor(1.01, requiresGrad: true)
    let c = Tensor(0.3)
    let milliseconds = medianMilliseconds(400, warmup: 50) {
        var y = w
        for _ in 0..<50 {
            y = y * w
            y = y + c
            y = y.tanh()
            y = y.sin()
        }
        w.zeroGrad()
        y.backward()
    }
    report("scalar_chain", "us", milliseconds * 1000 / 200)
}
