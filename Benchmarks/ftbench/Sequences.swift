import FakeTensor

/// A GPT of nanoGPT's size for CPUs, batch 12, AdamW: a train step.
func benchmarkGPT() {
    benchmarkGPT(
        "gpt", batch: 12, context: 64, width: 128, heads: 4, layers: 4, work: 3964, count: 100)
}

/// A GPT of 10.7 million parameters, batch 8, AdamW.
func benchmarkMediumGPT() {
    benchmarkGPT(
        "gpt_medium", batch: 8, context: 256, width: 384, heads: 6, layers: 6, work: 145_262,
        count: 7)
}

private func benchmarkGPT(
    _ name: String, batch: Int, context: Int, width: Int, heads: Int, layers: Int,
    work: Double, count: Int
) {
    let random = Random(seed: 0)
    let model = GPT(
        vocabulary: 65, context: context, width: width, heads: heads, layers: layers, tied: false,
        using: random)
    let x = Tensor.integers([batch, context], high: 65, using: random)
    let y = Tensor.integers([batch, context], high: 65, using: random)
    let optimizer = AdamW(model, learningRate: 1e-3)
    benchmarkSteps(name, model, optimizer, x, y, work: work, count: count)
}

/// An LSTM of 128 units over 50 steps of 32 numbers, then 10 classes, batch 64, Adam.
func benchmarkLSTM() {
    let random = Random(seed: 0)
    let model = Sequential {
        LSTM(32, 128, output: .last, using: random)
        Linear(128, 10, using: random)
    }
    let x = Tensor.normal([64, 50, 32], using: random)
    let y = Tensor.integers([64], high: 10, using: random)
    benchmarkSteps("lstm", model, Adam(model, learningRate: 1e-3), x, y, work: 1467, count: 100)
}
