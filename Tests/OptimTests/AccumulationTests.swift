import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("Gradients from pieces of a batch")
struct AccumulationTests {
    private func gradients(
        _ model: Layer, _ x: Tensor, _ y: Tensor, pieces: Int
    ) -> (loss: Double, gradients: [[Double]]) {
        model.zeroGrad()
        let loss = accumulateGradients(x.shape[0], pieces: pieces) { rows in
            MeanSquaredError()(model(x[rows]), y[rows])
        }
        return (loss, model.parameters.map { $0.grad?.values(as: Double.self) ?? [] })
    }

    @Test("are those of the whole, to the bit where no sum rounds", arguments: [2, 4, 8])
    func exact(_ pieces: Int) {
        let model = Linear(3, 2, using: Random(seed: 3))
        for parameter in model.parameters {
            parameter.data = noGrad { (8 * parameter).round() }.data
        }
        let x = Tensor.integers([8, 3], low: -4, high: 5, .float32, using: Random(seed: 4))
        let y = Tensor.integers([8, 2], low: -4, high: 5, .float32, using: Random(seed: 5))
        model.zeroGrad()
        let whole = MeanSquaredError()(model(x), y)
        whole.backward()
        let expected = model.parameters.map { $0.grad?.values(as: Double.self) ?? [] }
        let found = gradients(model, x, y, pieces: pieces)
        #expect(found.loss == whole.item)
        #expect(found.gradients == expected)
        #expect(expected.allSatisfy { $0.contains { $0 != 0 } })
    }

    @Test("are those of the whole to rounding, also from uneven pieces", arguments: [1, 3, 7, 10])
    func uneven(_ pieces: Int) {
        let random = Random(seed: 6)
        let model = Sequential {
            Linear(5, 8, dtype: .float64, using: random)
            Tanh()
            Linear(8, 2, dtype: .float64, using: random)
        }
        let x = Tensor.normal([10, 5], .float64, using: random)
        let y = Tensor.normal([10, 2], .float64, using: random)
        let whole = gradients(model, x, y, pieces: 1)
        let found = gradients(model, x, y, pieces: pieces)
        expectClose([found.loss], [whole.loss], tolerance: 1e-14)
        for (a, b) in zip(found.gradients, whole.gradients) { expectClose(a, b, tolerance: 1e-14) }
    }

    @Test("add to what is there")
    func adds() {
        let x = Parameter(doubles: [2])
        x.grad = Tensor([10], .float64)
        accumulateGradients(4, pieces: 2) { _ in (x * x).sum() }
        #expect(x.grad?.values() == [14.0])
    }
}

@Suite("Noise and statistics of gradients")
struct GradientNoiseTests {
    private func noise(_ step: Int, seed: UInt64 = 1) -> [Double] {
        let x = Parameter(NDArray.full([10_000], 0, .float64))
        x.grad = Tensor.full(like: x, 3)
        GradientNoise(scale: 0.25, decay: 0.5, seed: seed).add(to: [x], step: step)
        return x.grad?.values() ?? []
    }

    @Test("the noise has the deviation of its step")
    func deviation() {
        let schedule = GradientNoise(scale: 0.25, decay: 0.5, seed: 1)
        #expect(schedule.deviation(step: 0) == 0.5)
        expectClose([schedule.deviation(step: 15)], [0.25])
        for (step, expected) in [(0, 0.5), (15, 0.25)] {
            let values = noise(step)
            let mean = values.reduce(0, +) / 10_000
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
            #expect(abs(mean - 3) < 0.03)
            #expect(abs(variance.squareRoot() / expected - 1) < 0.04)
        }
    }

    @Test("the noise depends on the seed and the step alone")
    func seeded() {
        #expect(noise(2) == noise(2))
        #expect(noise(2) != noise(3))
        #expect(noise(2) != noise(2, seed: 2))
    }

    @Test("statistics name each parameter's norm, largest element and trouble")
    func statistics() {
        let model = Linear(2, 1, dtype: .float64, using: Random(seed: 1))
        #expect(model.gradientStatistics.isEmpty)
        #expect(model.parametersWithoutGradient == ["weight", "bias"])
        model.weight.grad = Tensor([[3, -4]], .float64)
        let found = model.gradientStatistics
        #expect(found.map(\.name) == ["weight"])
        #expect(found[0].norm == 5 && found[0].largest == 4 && found[0].count == 2)
        #expect(found[0].parameterNorm == model.weight.data.sumOfSquares.squareRoot())
        #expect(model.parametersWithoutGradient == ["bias"])
        model.bias?.grad = Tensor([Double.infinity], .float64)
        let troubled = model.gradientStatistics[1]
        #expect(troubled.trouble.infinite == 1 && troubled.norm == .infinity)
        model.weight.grad = Tensor([[Double.nan, 0]], .float64)
        let worse = model.gradientStatistics[0]
        #expect(worse.trouble.nan == 1 && worse.trouble.zero == 1 && worse.norm.isNaN)
    }
}
