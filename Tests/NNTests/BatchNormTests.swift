import Autograd
import NN
import StrictDevice
import Tensor
import Testing

@Suite("Normalization of channels")
struct BatchNormTests {
    /// Mean and variance, by n, of a list.
    private func moments(_ list: [Double]) -> (mean: Double, variance: Double) {
        let mean = list.reduce(0, +) / Double(list.count)
        return (mean, list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(list.count))
    }

    @Test("averages means and unbiased variances by momentum, and evaluates by them")
    func running() {
        let layer = BatchNorm1d(2, momentum: 0.25, dtype: .float64)
        var (means, variances) = ([0.0, 0.0], [1.0, 1.0])
        for step in 1...3 {
            let x = Tensor.normal([5, 2, 3], .float64, using: Random(seed: UInt64(step)))
            _ = layer(x)
            for channel in 0..<2 {
                let column = x.transpose(0, 1)[channel].reshape([15]).values(as: Double.self)
                let (mean, variance) = moments(column)
                means[channel] = 0.75 * means[channel] + 0.25 * mean
                variances[channel] = 0.75 * variances[channel] + 0.25 * variance * 15 / 14
            }
        }
        expectClose(layer.runningMean, means)
        expectClose(layer.runningVariance, variances)
        #expect(layer.batchCount.item == 3)
        layer.eval()
        let y = layer(Tensor([[0.5, -1.0]]))
        let expected = (0..<2).map { channel -> Double in
            ([0.5, -1.0][channel] - means[channel]) / (variances[channel] + 1e-5).squareRoot()
        }
        expectClose(y, expected)
        #expect(layer.batchCount.item == 3)
    }

    @Test("averages all batches alike without a momentum")
    func cumulative() {
        let layer = BatchNorm2d(1, momentum: nil, dtype: .float64)
        for level in [1.0, 4, 7] {
            _ = layer(Tensor([level, level + 1, level + 2, level + 1]).reshape([1, 1, 2, 2]))
        }
        expectClose(layer.runningMean, [5])
        expectClose(layer.runningVariance, [2.0 / 3])
    }

    @Test("equal elements, however large, become the bias")
    func constant() {
        let layer = BatchNorm1d(1)
        layer.bias?.data = NDArray([0.5 as Float])
        let y = layer(Tensor.ones([4, 1]) * 3e7)
        #expect(y.values(as: Float.self) == [0.5, 0.5, 0.5, 0.5])
    }

    @Test("the kernels' gradients are those of the formula, in float32 too", arguments: [2, 40])
    func formula(_ pixels: Int) {
        let random = Random(seed: 7)
        let x = Tensor.normal([4, 3, pixels], using: random)
        let (w, b) = (Tensor.normal([3], using: random), Tensor.normal([3], using: random))
        let u = Tensor.normal([4, 3, pixels], using: random)
        let fused = { (p: [Tensor]) in (p[0].batchNorm(weight: p[1], bias: p[2]) * u).sum() }
        let plain = { (p: [Tensor]) -> Tensor in
            let mean = p[0].mean(axes: [0, 2], keepDims: true)
            let centred = p[0] - mean
            let variance = centred.square().mean(axes: [0, 2], keepDims: true)
            let (scale, shift) = (p[1].reshape([1, 3, 1]), p[2].reshape([1, 3, 1]))
            return ((centred * (variance + 1e-5).rsqrt() * scale + shift) * u).sum()
        }
        for (a, b) in zip(grad(fused)([x, w, b]), grad(plain)([x, w, b])) {
            expectClose(
                a.values(as: Double.self), b.values(as: Double.self), tolerance: 1e-4)
        }
        let second = { (f: @escaping ([Tensor]) -> Tensor) in
            grad { (p: [Tensor]) in grad(f)(p).reduce(Tensor(0.0)) { $0 + $1.square().sum() } }(
                [x, w, b])
        }
        for (a, b) in zip(second(fused), second(plain)) {
            let scale = max(1, b.abs().max().item)
            expectClose(
                (a / scale).values(as: Double.self), (b / scale).values(as: Double.self),
                tolerance: 1e-4)
        }
    }

    @Test("captured steps and a strict device have the bits of plain ones, averages included")
    func bits() {
        func run(on device: Device, captured: Bool) -> [[UInt8]] {
            let random = Random(seed: 3)
            let model = Sequential {
                Conv2d(2, 4, kernel: 3, padding: 1, using: random)
                BatchNorm2d(4)
                ReLU()
                MaxPool2d(2)
                Dropout2d(0.3, using: random)
                GroupNorm(2, 4)
                AvgPool2d(2, stride: 1, padding: 1)
                DropPath(0.2, using: random)
                AdaptiveMaxPool2d([2, 1])
                Flatten()
                BatchNorm1d(8, momentum: nil)
                Linear(8, 3, using: random)
            }
            model.to(device)
            let step = { (x: Tensor) -> Tensor in
                model.zeroGrad()
                let loss = model(x).square().sum()
                loss.backward()
                return loss.detach()
            }
            let replayed = capture(step)
            var results: [Tensor] = []
            for seed in 1...4 {
                let x = Tensor(Random(seed: UInt64(seed)).normal([3, 2, 7, 6]).on(device))
                results.append(captured ? replayed(x) : step(x))
            }
            if captured { #expect(replayed.refusal == nil) }
            let gradients = model.parameters.compactMap(\.grad)
            return (results + gradients + model.buffers).map { tensor in
                tensor.data.withUnsafeBytes { Array($0) }
            }
        }
        let expected = run(on: .cpu, captured: false)
        #expect(run(on: .cpu, captured: true) == expected)
        #expect(run(on: StrictBackend.shared.device, captured: false) == expected)
        #expect(run(on: StrictBackend.shared.device, captured: true) == expected)
    }

    @Test("one element a channel, other channels and groups that don't divide are refused")
    func refusals() async {
        await #expect(processExitsWith: .failure) { _ = BatchNorm1d(3)(Tensor.ones([1, 3])) }
        await #expect(processExitsWith: .failure) { _ = BatchNorm2d(3)(Tensor.ones([4, 3])) }
        await #expect(processExitsWith: .failure) { _ = GroupNorm(2, 3) }
    }
}
