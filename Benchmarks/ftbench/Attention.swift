import FakeTensor

/// Causal attention and its gradients, by examples, heads, positions and width of a head.
func benchmarkAttention() {
    let random = Random(seed: 1)
    for (examples, heads, positions, width) in [
        (12, 4, 64, 32), (8, 6, 256, 64), (1, 12, 1024, 64),
    ] {
        // As linear layers make them: heads lie between positions and features.
        let operands = (0..<3).map { _ in
            Tensor(random.normal([examples, positions, heads, width])).transpose(1, 2)
        }
        let attend = { (x: [Tensor]) in
            Tensor.scaledDotProductAttention(query: x[0], key: x[1], value: x[2], isCausal: true)
        }
        let (y, pullback) = vjp(attend, at: operands)
        let times = medianMilliseconds(
            200, warmup: 50, turns: [{ _ = attend(operands) }, { _ = pullback(y) }])
        let name = "attention \(examples)x\(heads)x\(positions)x\(width)"
        for (part, time) in zip(["", ", gradients"], times) { report(name + part, "ms", time) }
    }
}
