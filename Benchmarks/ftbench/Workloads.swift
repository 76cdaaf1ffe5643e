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
    benchmarkSteps("mlp_tiny", model, SGD(model, learningRate: 0.1), [32, 2], 2, work: 0.0575)
}

/// 4-64-64-2 with ReLU, batch 64, Adam: a small agent's network.
func benchmarkSmallMLP() {
    let random = Random(seed: 0)
    let model = Sequential {
        Linear(4, 64, using: random)
        ReLU()
        Linear(64, 64, using: random)
        ReLU()
        Linear(64, 2, using: random)
    }
    benchmarkSteps("mlp_small", model, Adam(model), [64, 4], 2, work: 1.69)
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
    benchmarkSteps("mlp", model, Adam(model, learningRate: 1e-3), [128, 784], 10, work: 308)
}

/// GELU by its formula on a million elements, forward and backward: passes over memory.
func benchmarkElementwise() {
    let x = Tensor.normal([1024, 1024], using: Random(seed: 2))
    let slope = { (x: Tensor) -> Tensor in
        grad { (x: Tensor) in
            let inner = (x + x * x * x * 0.044715) * 0.7978845608
            return (x * 0.5 * (inner.tanh() + 1)).sum()
        }(x)
    }
    let captured = capture(slope)
    let times = medianMilliseconds(
        50, warmup: 10, turns: [{ _ = slope(x) }, { _ = captured(x) }])
    report("elementwise", "ms", times[0])
    report("elementwise_captured", "ms", times[1])
    let counts = "\(captured.kernelCount ?? 0) kernels of \(captured.recordedKernelCount ?? 0)"
    note("elementwise: \(counts) are left")
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
