import Autograd
import NN
import Tensor
import Testing

/// A layer, its function in double precision, and how it describes itself.
struct ActivationCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable () -> Layer
    let expected: @Sendable (Double) -> Double

    init(
        _ name: String, _ make: @escaping @Sendable () -> Layer,
        _ expected: @escaping @Sendable (Double) -> Double
    ) {
        testDescription = name
        self.make = make
        self.expected = expected
    }

    static let all: [ActivationCase] = [
        .init("ReLU", { ReLU() }) { max($0, 0) },
        .init("LeakyReLU(slope: 0.2)", { LeakyReLU(slope: 0.2) }) { $0 > 0 ? $0 : 0.2 * $0 },
        .init("LeakyReLU(slope: 0.01)", { LeakyReLU() }) { $0 > 0 ? $0 : 0.01 * $0 },
        .init("GELU", { GELU() }) { $0 * normalDistribution($0) },
        .init("GELU(approximation: tanh)", { GELU(approximation: .tanh) }) { x in
            let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
            return x / 2 * (1 + hyperbolicTangent(inner))
        },
        .init("SiLU", { SiLU() }) { $0 / (1 + exponential(-$0)) },
        .init("ELU(alpha: 1.0)", { ELU() }) { $0 > 0 ? $0 : exponential($0) - 1 },
        .init("ELU(alpha: 0.5)", { ELU(alpha: 0.5) }) { $0 > 0 ? $0 : (exponential($0) - 1) / 2 },
        .init("Sigmoid", { Sigmoid() }) { 1 / (1 + exponential(-$0)) },
        .init("Tanh", { Tanh() }, hyperbolicTangent),
        .init("Softplus", { Softplus() }) { logarithm(1 + exponential($0)) },
        .init("Identity", { Identity() }) { $0 },
    ]
}

@Suite("Layers")
struct LayerTests {
    @Test("activations have the right values, gradients and shapes", arguments: ActivationCase.all)
    func activation(_ activation: ActivationCase) throws {
        let layer = activation.make()
        let x = leaf([2, 5])
        let expected = x.values(as: Double.self).map(activation.expected)
        expectClose(layer(x), expected, tolerance: 1e-9)
        expectGradients(by: [x]) { layer(x).square().sum() }
        #expect(layer.describe == activation.testDescription)
        #expect("\(layer)" == layer.describe)
        #expect(try layer.outputShape(for: [5]) == [5])
        #expect(layer.parameters.isEmpty)
    }

    @Test("softmax normalizes the axis it is told", arguments: [0, 1, -1])
    func softmax(axis: Int) {
        let x = leaf([2, 3])
        let layer = Softmax(axis: axis)
        let along = axis == 0 ? 0 : 1
        let values = x.values(as: Double.self)
        let expected = values.indices.map { index in
            let peers = values.indices.filter {
                along == 0 ? $0 % 3 == index % 3 : $0 / 3 == index / 3
            }
            return exponential(values[index]) / peers.reduce(0) { $0 + exponential(values[$1]) }
        }
        expectClose(layer(x), expected)
        expectGradients(by: [x]) { layer(x).square().sum() }
    }

    @Test("linear is x Wᵀ + b, for any leading axes", arguments: [[4], [2, 3], []])
    func linear(batch: [Int]) throws {
        let layer = Linear(3, 2, dtype: .float64, using: Random(seed: 5))
        let bias = try #require(layer.bias)
        #expect(layer.weight.shape == [2, 3] && bias.shape == [2])
        let x = leaf(Shape(batch + [3]))
        let (w, b, v) = (
            layer.weight.values(as: Double.self), bias.values(as: Double.self),
            x.values(as: Double.self)
        )
        var expected: [Double] = []
        for row in 0..<(v.count / 3) {
            for out in 0..<2 {
                expected.append((0..<3).reduce(b[out]) { $0 + v[row * 3 + $1] * w[out * 3 + $1] })
            }
        }
        #expect(layer(x).shape == Shape(batch + [2]))
        expectClose(layer(x), expected)
        expectGradients(by: [x, layer.weight, bias]) { layer(x).square().sum() }
    }

    @Test("linear without a bias has one parameter")
    func noBias() {
        let layer = Linear(3, 2, bias: false, using: Random(seed: 5))
        #expect(layer.namedParameters.map(\.name) == ["weight"])
        #expect(layer.describe == "Linear(3 → 2, no bias)")
        #expect(layer(Tensor.zeros([1, 3])).values(as: Float.self) == [0, 0])
    }

    @Test("linear starts uniform in ±1/√inputs, weight and bias")
    func linearInitialization() throws {
        let layer = Linear(100, 400, using: Random(seed: 5))
        let bias = try #require(layer.bias).values(as: Double.self)
        let weight = layer.weight.values(as: Double.self)
        for values in [weight, bias] {
            #expect(values.allSatisfy { abs($0) <= 0.1 })
            #expect(values.contains { $0 > 0.095 } && values.contains { $0 < -0.095 })
        }
        let same = Linear(100, 400, using: Random(seed: 5)).weight.values(as: Double.self)
        #expect(same == weight)
        #expect(Linear(100, 400, using: Random(seed: 6)).weight.values(as: Double.self) != weight)
    }

    @Test("dropout zeroes the rate's share, scales the rest, and rests in evaluation")
    func dropout() {
        let layer = Dropout(0.25, using: Random(seed: 11))
        let x = Tensor.ones([100, 100], .float64)
        let values = layer(x).values(as: Double.self)
        #expect(values.allSatisfy { $0 == 0 || abs($0 - 4.0 / 3) < 1e-12 })
        let dropped = values.filter { $0 == 0 }.count
        #expect((2_300...2_700).contains(dropped))
        #expect(layer(x).values(as: Double.self) != values)
        layer.eval()
        #expect(layer(x) === x)
    }

    @Test("dropout goes on from a restored position, and layers draw different masks")
    func dropoutState() {
        let random = Random(seed: 11)
        let layers = [Dropout(0.5, using: random), Dropout(0.5, using: random)]
        let x = Tensor.ones([64])
        let masks = layers.map { $0(x).values(as: Float.self) }
        #expect(masks[0] != masks[1])
        let position = layers[0].random.position
        let next = layers[0](x).values(as: Float.self)
        layers[0].random.position = position
        #expect(layers[0](x).values(as: Float.self) == next)
    }

    @Test("dropout's gradient goes through the elements that were kept")
    func dropoutGradient() {
        let layer = Dropout(0.5, using: Random(seed: 11))
        let x = leaf([4, 5])
        expectGradients(by: [x]) {
            layer.random.position = 3
            return layer(x).square().sum()
        }
    }

    @Test("flatten and reshape keep the batch axis")
    func reshaping() throws {
        let x = leaf([2, 3, 4])
        #expect(Flatten()(x).shape == [2, 12])
        #expect(Flatten()(Tensor.ones([5])).shape == [5, 1])
        #expect(Flatten()(Tensor.ones([0, 3, 4])).shape == [0, 12])
        #expect(Reshape([4, 3])(x).shape == [2, 4, 3])
        #expect(Reshape([2, -1])(x).shape == [2, 2, 6])
        #expect(Reshape([-1])(Tensor.ones([0, 3, 4])).shape == [0, 12])
        #expect(try Reshape([2, -1]).outputShape(for: [3, 4]) == [2, 6])
        expectClose(Flatten()(x), x.values(as: Double.self))
        expectGradients(by: [x]) { Reshape([4, 3])(Flatten()(x)).square().sum() }
    }

    @Test("a residual adds its input")
    func residual() {
        let layer = Residual(Tanh())
        let x = leaf([2, 3])
        expectClose(layer(x), x.values(as: Double.self).map { $0 + hyperbolicTangent($0) })
        expectGradients(by: [x]) { layer(x).square().sum() }
        let model = Residual { Linear(3, 3, using: Random(seed: 1)) }
        #expect(model.namedParameters.map(\.name) == ["module.0.weight", "module.0.bias"])
    }
}
