import FakeTensor

/// 32 layers of width 1024 with ReLU, batch 256: a gradient with every result kept, and with √n of
/// them. Memory is what a step needs at its peak beyond the parameters and their gradients.
func benchmarkCheckpointing() {
    let random = Random(seed: 0)
    let plain = Sequential(
        (0..<32).flatMap { _ -> [Layer] in
            [Linear(1024, 1024, initializer: .kaimingNormal(), using: random), ReLU()]
        })
    let saving = plain.checkpointed()
    let x = Tensor.normal([256, 1024], using: random)
    let steps = [plain, saving].map { model in { model(x).square().mean().backward() } }
    let peaks = steps.map { step in
        step()
        let before = CPUBackend.shared.memory.live
        CPUBackend.shared.resetPeakMemory()
        step()
        return Double(CPUBackend.shared.memory.peak - before)
    }
    let times = medianMilliseconds(9, warmup: 1, turns: steps)
    report("deep_mlp", "ms", times[0])
    report("checkpoint_mlp", "ms", times[1])
    report("deep_mlp_peak", "bytes", peaks[0])
    report("checkpoint_mlp_peak", "bytes", peaks[1])
    note("checkpoint_mlp: \(ratio(times[1], times[0])) of the time of the plain run")
    note("checkpoint_mlp: \(ratio(peaks[1], peaks[0])) of its memory")
}
