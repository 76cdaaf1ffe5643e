import Autograd
import NN
import Optim
import StrictDevice
import Tensor
import Testing

@Suite("The kernels of a captured training step")
struct CapturedKernelTests {
    /// Steps of a model as they are and captured, on the CPU and on the strict device: the same
    /// bits of losses, parameters and states.
    ///
    /// - Returns: how many kernels a captured step has.
    private func kernels(
        _ make: @escaping () -> (Module, (Int, Device) -> [Tensor], ([Tensor]) -> Tensor)
    ) -> Int? {
        var count: Int?
        func run(on device: Device, captured: Bool) -> [[UInt8]] {
            let (model, batch, loss) = make()
            model.to(device)
            let optimizer = Adam(model.parameters, learningRate: 1e-2)
            let step = { (batch: [Tensor]) -> Tensor in
                optimizer.zeroGrad()
                let value = loss(batch)
                value.backward()
                optimizer.step()
                return value.detach()
            }
            let replayed = capture { (a: Tensor, b: Tensor, c: Tensor) in step([a, b, c]) }
            var losses: [Tensor] = []
            for number in 0..<5 {
                let b = batch(number, device)
                losses.append(captured ? replayed(b[0], b[1], b[2]) : step(b))
            }
            if captured {
                #expect(replayed.refusal == nil)
                count = replayed.kernelCount
            }
            return (losses + model.parameters + model.buffers).map { tensor in
                tensor.data.withUnsafeBytes { Array($0) }
            }
        }
        let expected = run(on: .cpu, captured: false)
        #expect(run(on: .cpu, captured: true) == expected)
        #expect(run(on: StrictBackend.shared.device, captured: true) == expected)
        return count
    }

    private static func images(_ number: Int, _ device: Device) -> [Tensor] {
        let random = Random(seed: UInt64(number))
        let x = Tensor(random.normal([4, 2, 6, 6])).to(device)
        return [x, Tensor.integers([4], high: 3, using: random).to(device), x]
    }

    @Test("of batch normalization update all averages at once")
    func batchNorms() {
        func count(_ norms: Int) -> Int? {
            kernels {
                let random = Random(seed: 3)
                var layers: [Layer] = []
                for index in 0..<norms {
                    layers.append(
                        Conv2d(index == 0 ? 2 : 4, 4, kernel: 3, padding: 1, using: random))
                    layers.append(BatchNorm2d(4))
                    layers.append(ReLU())
                }
                layers += [Flatten(), Linear(144, 3, using: random)]
                let model = Sequential(layers)
                return (
                    model, CapturedKernelTests.images, { CrossEntropy()(model($0[0]), $0[1]) }
                )
            }
        }
        // A layer more is three convolutions, the sum of a bias, three kernels of the norm, and
        // nothing beside them.
        let (two, three) = (count(2) ?? 0, count(3) ?? 0)
        #expect([two, three] == [22, 29])
    }

    @Test("of a clipped objective are few beside its products and sums")
    func clippedObjective() {
        let count = kernels {
            let random = Random(seed: 5)
            let actor = Sequential(
                Linear(4, 8, using: random), Tanh(), Linear(8, 2, using: random))
            let batch = { (number: Int, device: Device) -> [Tensor] in
                let random = Random(seed: UInt64(number))
                return [
                    Tensor(random.normal([6, 4])).to(device),
                    Tensor.integers([6, 1], high: 2, using: random).to(device),
                    Tensor(random.normal([6])).to(device),
                ]
            }
            return (
                actor, batch,
                { batch in
                    let logs = actor(batch[0]).logSoftmax(axis: 1)
                    let ratio = (logs.gather(batch[1], axis: 1).flatten() + 0.7).exp()
                    let plain = ratio * batch[2]
                    let clipped = ratio.clip(lower: 0.8, upper: 1.2) * batch[2]
                    let entropy = (logs.exp() * logs).sum(axis: 1).mean()
                    return -plain.minimum(clipped).mean() + entropy * 0.01
                }
            )
        }
        #expect(count == 22)
    }

    @Test("of mixed precision convert all parameters at once, and all gradients")
    func mixedPrecision() {
        func count(_ depth: Int) -> Int? {
            kernels {
                let random = Random(seed: 7)
                let layers = (0..<depth).flatMap { _ -> [Layer] in
                    [Linear(72, 72, using: random), Tanh()]
                }
                let model = Sequential([Flatten()] + layers)
                return (
                    model, CapturedKernelTests.images,
                    { batch in
                        let output = autocast(.bfloat16) { model(batch[0]) }
                        return output.cast(to: .float32).square().mean()
                    }
                )
            }
        }
        // A layer more is three products, a sum, and the function with its gradient.
        let (two, three) = (count(2) ?? 0, count(3) ?? 0)
        #expect([two, three] == [15, 21])
    }
}
