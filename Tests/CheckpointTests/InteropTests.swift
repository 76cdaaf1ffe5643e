import Autograd
import Checkpoint
import Foundation
import NN
import Tensor
import Testing

/// Files that `Tests/Interop/torch_weights.py` wrote with PyTorch 2.13: weights, an input and what
/// it gives.
@Suite("Weights from PyTorch")
struct InteropTests {
    private func check(
        _ name: String, _ model: Layer, hasTheirNames: Bool = true
    ) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Interop/\(name).safetensors").path
        let file = try SafetensorsFile(path)
        let arrays = try file.entries.map { ($0.name, try file.array($0.name)) }
        let weights = arrays.filter { !$0.0.hasPrefix("example.") }
        try model.load(weights)
        let theirs = model.pyTorchNames
        let names = model.stateDictionary.map { theirs[$0.name] ?? $0.name }
        if hasTheirNames { #expect(Set(names) == Set(weights.map(\.0))) }
        let input = try file.array("example.input"), expected = try file.array("example.output")
        let output = model(Tensor(input))
        #expect(output.shape == expected.shape)
        #expect((output - Tensor(expected)).abs().max().item < 1e-5)
    }

    @Test("of an LSTM load, and give what they give there")
    func lstm() throws {
        try check("lstm", LSTM(3, 4, layers: 2, isBidirectional: true, using: Random(seed: 1)))
    }

    @Test("of a CNN with batch normalization load, and give what they give there")
    func cnn() throws {
        let random = Random(seed: 1)
        let model = Sequential {
            Conv2d(2, 4, kernel: 3, padding: 1, using: random)
            BatchNorm2d(4)
            ReLU()
            MaxPool2d(2)
            Conv2d(4, 6, kernel: [3, 2], stride: [2, 1], bias: false, using: random)
            BatchNorm2d(6)
            ReLU()
            GlobalAveragePool()
            Identity()
            Linear(6, 3, using: random)
        }
        model.eval()
        try check("cnn", model)
    }

    @Test("of a transformer encoder load, and give what they give there")
    func encoder() throws {
        let rule = TransformerRule(heads: 2, hidden: 12)
        try check(
            "encoder", TransformerEncoder(8, layers: 2, rule, using: Random(seed: 1)))
    }

    @Test("of a GPT load, and give what they give there")
    func gpt() throws {
        try check(
            "gpt",
            GPT(
                vocabulary: 7, context: 6, width: 8, heads: 2, layers: 2, tied: false,
                using: Random(seed: 1)),
            hasTheirNames: false)
    }
}
