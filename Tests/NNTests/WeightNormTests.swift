import Autograd
import NN
import Tensor
import Testing

@Suite("Weights by their lengths, directions and singular values")
struct WeightNormTests {
    private func tensors(_ module: Module) -> [String] {
        module.stateDictionary.map { "\($0.name) \($0.value.shape)" }
    }

    @Test("a normalized weight is what it was at first, and its parameters have PyTorch's names")
    func start() {
        let random = Random(seed: 1)
        let plain = Conv2d(4, 6, kernel: 3, groups: 2, using: random)
        let x = Tensor(random.normal([2, 4, 5, 5]))
        let expected = plain(x).values(as: Double.self)
        let layer = WeightNorm(plain)
        expectClose(layer(x), expected, tolerance: 1e-5)
        #expect(
            tensors(layer) == ["weight_g [6, 1, 1, 1]", "weight_v [6, 2, 3, 3]", "bias [6]"])
        let whole = WeightNorm(Linear(3, 2, bias: false, using: random), axis: nil)
        #expect(tensors(whole) == ["weight_g [1, 1]", "weight_v [2, 3]"])
        let first = WeightNorm(ConvTranspose1d(4, 6, kernel: 3, using: random))
        #expect(tensors(first)[0] == "weight_g [4, 1, 1]")
        #expect(Sequential([layer]).namedParameters.map(\.name)[1] == "0.weight_v")
    }

    @Test("rows have the lengths g and the directions v, by plain loops, and so have gradients")
    func rows() {
        let layer = WeightNorm(Linear(3, 2, dtype: .float64, using: Random(seed: 3)))
        layer.magnitude.data = NDArray([2.0, -0.5], [2, 1])
        let v = layer.layer.weight.values(as: Double.self)
        var expected: [Double] = []
        for (row, g) in [2.0, -0.5].enumerated() {
            let part = v[row * 3..<row * 3 + 3]
            let length = part.reduce(0) { $0 + $1 * $1 }.squareRoot()
            expected += part.map { g * $0 / length }
        }
        expectClose(layer.weight, expected)
        let x = leaf([4, 3])
        expectGradients(by: [x, layer.magnitude, layer.layer.weight]) {
            (layer(x) * layer(x)).sum()
        }
    }

    @Test("a frozen layer stays frozen")
    func frozen() {
        let plain = Linear(3, 2, using: Random(seed: 3))
        plain.freeze()
        #expect(WeightNorm(plain).trainableCount == 0)
    }

    @Test("the largest singular value becomes 1", arguments: [0, 1])
    func spectral(kind: Int) {
        let random = Random(seed: 4)
        let plain: any WeightedLayer =
            kind == 0
            ? Conv1d(4, 6, kernel: 3, dtype: .float64, using: random)
            : ConvTranspose1d(4, 6, kernel: 3, dtype: .float64, using: random)
        let layer = SpectralNorm(plain, iterations: 2, using: random)
        let names = ["weight_orig", "bias", "weight_u", "weight_v"]
        #expect(layer.stateDictionary.map(\.name) == names)
        #expect(layer.left.shape == [6])
        #expect(layer.right.shape == [12])
        let x = Tensor(random.normal([2, 4, 5], .float64))
        for _ in 0..<100 { _ = layer(x) }
        layer.eval()
        let matrix = plain.weight.moveAxis(plain.outputAxis, to: 0).reshape([6, -1])
        let largest = matrix.singularValues().max().item
        let expected = plain(x, weight: plain.weight / largest)
        expectClose(layer(x), expected, tolerance: 1e-9)
    }

    @Test("training comes closer by a step a call, evaluation stays; both have gradients")
    func steps() {
        let layer = SpectralNorm(
            Linear(5, 4, dtype: .float64, using: Random(seed: 5)), using: Random(seed: 6))
        let x = leaf([3, 5])
        let before = layer.left.values(as: Double.self)
        let m = layer.layer.weight.detach()
        let v = m.transpose().matmul(layer.left).normalize(axis: 0)
        let u = m.matmul(v).normalize(axis: 0)
        _ = layer(x)
        expectClose(layer.left, u)
        #expect(layer.left.values(as: Double.self) != before)
        layer.eval()
        let kept = layer.left.values(as: Double.self)
        expectGradients(by: [x, layer.layer.weight]) { (layer(x) * layer(x)).sum() }
        #expect(layer.left.values(as: Double.self) == kept)
        layer.train()
        let (first, second) = (layer(x), layer(x))
        (first + second).sum().backward()
    }

    @Test("what is computed again for its gradients has the same bits")
    func checkpointed() {
        func run(_ wrap: (Layer) -> Layer) -> [[Double]] {
            let inner = SpectralNorm(
                Linear(5, 4, using: Random(seed: 5)), using: Random(seed: 6))
            let layer = wrap(inner)
            let x = Tensor(Random(seed: 7).normal([3, 5]))
            let y = layer(x)
            (y * y).sum().backward()
            return [inner.layer.weight.grad, inner.left].map { $0?.values(as: Double.self) ?? [] }
        }
        #expect(run { $0 } == run { Checkpointed($0) })
    }
}
