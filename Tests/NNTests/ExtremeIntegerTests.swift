import Autograd
import Forking
import Glibc
import NN
import Tensor
import Testing

/// Layers with an integer in each place that takes one, and what their refusals begin with.
private func layers() -> [(name: String, make: (Int) -> Void)] {
    let random = Random(seed: 1)
    let x = Tensor.zeros([2, 4, 8])
    return [
        ("Linear", { _ = Linear($0, 2, using: random) }),
        ("Linear", { _ = Linear(2, $0, using: random) }),
        ("Embedding", { _ = Embedding($0, 2, using: random) }),
        ("Embedding", { _ = Embedding(2, $0, using: random) }),
        ("Embedding", { _ = Embedding(2, 2, paddingIndex: $0, using: random) }),
        ("BatchNorm2d", { _ = BatchNorm2d($0) }),
        ("GroupNorm", { _ = GroupNorm($0, 4) }),
        ("GroupNorm", { _ = GroupNorm(2, $0) }),
        ("LayerNorm", { _ = LayerNorm([$0]) }),
        ("RMSNorm", { _ = RMSNorm([$0]) }),
        ("PReLU", { _ = PReLU(channels: $0) }),
        ("softmax", { _ = Softmax(axis: $0)(x) }),
        ("Reshape", { _ = Reshape([$0])(x) }),
        ("Reshape", { _ = Reshape([$0, -1])(x) }),
        ("CTC", { _ = CTC(blank: $0) }),
        ("TopKAccuracy", { _ = TopKAccuracy($0) }),
        ("LSTM", { _ = LSTM($0, 2, using: random) }),
        ("LSTM", { _ = LSTM(2, $0, using: random) }),
        ("LSTM", { _ = LSTM(2, 2, layers: $0, using: random) }),
        ("GRU", { _ = GRU($0, $0, layers: 2, isBidirectional: true, using: random) }),
        ("RNN", { _ = RNN(2, $0, using: random) }),
        ("SelfAttention", { _ = SelfAttention($0, heads: 2, using: random) }),
        ("SelfAttention", { _ = SelfAttention(8, heads: $0, using: random) }),
        ("SelfAttention", { _ = SelfAttention(8, heads: 2, keyHeads: $0, using: random) }),
        ("CrossAttention", { _ = CrossAttention($0, heads: 2, using: random) }),
        ("LearnedPositions", { _ = LearnedPositions($0, 8, using: random) }),
        ("LearnedPositions", { _ = LearnedPositions(8, 8, using: random)(x, from: $0) }),
        ("SinusoidalPositions", { _ = SinusoidalPositions()(x, from: $0) }),
        ("RotaryPositions", { _ = RotaryPositions()(x.unsqueeze(0), from: $0) }),
    ] + windows(random)
}

private func windows(_ random: Random) -> [(name: String, make: (Int) -> Void)] {
    let image = Tensor.zeros([1, 4, 6, 6])
    func conv(
        _ stride: Int = 1, padding: Padding = 0, dilation: Int = 1, groups: Int = 1
    ) -> Conv2d {
        Conv2d(
            4, 4, kernel: 3, stride: PerAxis(stride), padding: padding,
            dilation: PerAxis(dilation), groups: groups, using: random)
    }
    return [
        ("Conv1d", { _ = Conv1d($0, 4, kernel: 3, using: random) }),
        ("Conv2d", { _ = Conv2d(4, $0, kernel: 3, using: random) }),
        ("Conv2d", { _ = Conv2d(4, 4, kernel: PerAxis($0), using: random) }),
        ("Conv2d", { _ = conv($0)(image) }),
        ("Conv2d", { _ = try? conv($0, padding: .same).outputShape(for: [4, 6, 6]) }),
        ("Conv2d", { _ = conv(padding: .both(PerAxis($0)))(image) }),
        ("Conv2d", { _ = conv(dilation: $0) }),
        ("Conv2d", { _ = conv(groups: $0) }),
        ("Conv2d", { _ = try? conv().outputShape(for: [4, $0, $0]) }),
        ("ConvTranspose2d", { _ = ConvTranspose2d($0, 4, kernel: 3, using: random) }),
        ("ConvTranspose2d", { _ = ConvTranspose2d(4, 4, kernel: PerAxis($0), using: random) }),
        (
            "convTranspose2d",
            {
                _ = ConvTranspose2d(4, 4, kernel: 3, stride: PerAxis($0), using: random)(image)
            }
        ),
        (
            "ConvTranspose2d",
            {
                _ = try? ConvTranspose2d(4, 4, kernel: 3, stride: PerAxis($0), using: random)
                    .outputShape(for: [4, $0, $0])
            }
        ),
        ("maxPool2d", { _ = MaxPool2d(PerAxis($0))(image) }),
        ("maxPool2d", { _ = try? MaxPool2d(2).outputShape(for: [4, $0, $0]) }),
        ("avgPool2d", { _ = AvgPool2d(2, stride: PerAxis($0))(image) }),
    ]
}

@Suite("Layers with integers at the ends of their range")
struct ExtremeIntegerTests {
    @Test("can be made, or say what they can't be")
    func sentences() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) {
            let layers = layers()
            let values = [Int.min, .min + 1, -1 << 62, -1, 0, 1 << 44, 1 << 62, .max]
            let ends = outcomes(of: layers.count * values.count) {
                layers[$0 / values.count].make(values[$0 % values.count])
            }
            let problems = zip(0..., ends).compactMap { index, end -> String? in
                let (name, value) = (
                    layers[index / values.count].name, values[index % values.count]
                )
                if end == .returned { return nil }
                if case .stopped(let sentence) = end,
                    [name, "shape", "memory"].contains(where: {
                        sentence.hasPrefix("Fatal error: \($0): ")
                    })
                {
                    return nil
                }
                return "\(name) of \(value): \(end)\n"
            }
            let bytes = Array(problems.joined().utf8)
            _ = write(STDERR_FILENO, bytes, bytes.count)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.isEmpty, "\(text)")
    }
}
