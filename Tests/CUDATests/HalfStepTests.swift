import CUDAEmulator
import EmulatedDevice
import FakeTensor
import Tensor
import Testing

/// Steps in halves, in which conversions are parts of the kernels around them once captured.
@Suite("Captured steps of halves", .serialized)
struct HalfStepTests {
    /// A block of a transformer on tokens, with what is converted at every turn: norms, residuals,
    /// products, sums of gradients, a loss over many classes.
    private final class Training {
        private let model: Sequential
        private let optimizer: AdamW
        private let device: Device
        private let step: (Tensor, Tensor) -> Tensor
        let captured: Captured<Tensor, Tensor, Tensor>

        init(on device: Device, _ precision: AutocastPrecision, captures: Bool, classes: Int) {
            let random = Random(seed: 3)
            let model = Sequential {
                Embedding(classes, 24, using: random)
                Residual {
                    LayerNorm([24])
                    Linear(24, 48, using: random)
                    GELU()
                    Linear(48, 24, using: random)
                }
                Residual {
                    RMSNorm([24])
                    Linear(24, 24, bias: false, using: random)
                    SiLU()
                }
                LayerNorm([24])
                Linear(24, classes, using: random)
            }
            model.to(device.backend)
            let optimizer = AdamW(model, learningRate: 1e-2)
            let loss = CrossEntropy(labelSmoothing: 0.1)
            step = { x, y in
                optimizer.zeroGrad()
                let output = autocast(precision) { model(x) }
                let value = loss(output.cast(to: .float32), y)
                value.backward()
                optimizer.step()
                return value.detach()
            }
            (self.model, self.optimizer, self.device) = (model, optimizer, device)
            captured = capture(step)
            self.captures = captures
        }

        private let captures: Bool

        /// The losses of some steps, and the parameters after them.
        func run() -> [[UInt64]] {
            var losses: [UInt64] = []
            for number in 0..<5 {
                let random = Random(seed: UInt64(number))
                let x = Tensor.integers([6, 10], high: 37, using: random).to(device)
                let y = Tensor.integers([6, 10], high: 37, using: random).to(device)
                let value = captures ? captured(x, y) : step(x, y)
                losses.append(value.item(as: Double.self).bitPattern)
            }
            return [losses]
                + model.parameters.map { $0.values(as: Double.self).map(\.bitPattern) }
        }
    }

    @Test(
        "have the bits of the same step uncaptured, in fewer kernels", arguments: [false, true],
        [AutocastPrecision.bfloat16, .float16])
    func bits(_ isEmulated: Bool, _ precision: AutocastPrecision) {
        let device = isEmulated ? EmulatedDevice.make(named: "halves").device : .cpu
        for classes in [37, 300] {
            let eager = Training(on: device, precision, captures: false, classes: classes)
            let captured = Training(on: device, precision, captures: true, classes: classes)
            #expect(eager.run() == captured.run(), "\(classes) classes")
            let (left, all) = (
                captured.captured.kernelCount ?? 0, captured.captured.recordedKernelCount ?? 0
            )
            #expect(captured.captured.refusal == nil && left <= all - 12, "\(left) of \(all)")
        }
    }

    @Test(
        "hand attention halves, forward and backward", arguments: [false, true],
        [AutocastPrecision.bfloat16, .float16])
    func attention(_ isEmulated: Bool, _ precision: AutocastPrecision) {
        let device = isEmulated ? EmulatedDevice.make(named: "attending").device : .cpu
        /// Losses, gradients, and the bytes of the kernels of attention in a step.
        func run(captures: Bool) -> (bits: [[UInt32]], bytes: [Int]) {
            let model = GPT(
                vocabulary: 17, context: 20, width: 24, heads: 3, layers: 2,
                using: Random(seed: 4))
            model.to(device.backend)
            let step = { (x: Tensor, y: Tensor) in
                for parameter in model.parameters { parameter.grad = nil }
                let value = autocast(precision) { CrossEntropy()(model(x), y) }
                value.backward()
                return value.detach()
            }
            let captured = capture(step)
            let counter = KernelCounter()
            var bits: [[UInt32]] = []
            for number in 0..<4 {
                let random = Random(seed: UInt64(number))
                let x = Tensor.integers([2, 20], high: 17, using: random).to(device)
                let value = counter.count { captures ? captured(x, x) : step(x, x) }
                bits += ([value] + model.parameters.compactMap(\.grad)).map {
                    $0.values(as: Float.self).map(\.bitPattern)
                }
            }
            #expect(!captures || captured.refusal == nil)
            return (
                bits,
                ["attention", "attentionBackward"].map { counter.rows[$0]?.bytes ?? 0 }
            )
        }
        let (eager, captured) = (run(captures: false), run(captures: true))
        #expect(eager.bits == captured.bits)
        // The first step of four runs as it is, the second is recorded.
        for (all, fewer) in zip(eager.bytes, captured.bytes) { #expect(all * 6 == fewer * 8) }
    }

    @Test("read and write parts of arrays as parts", arguments: [false, true])
    func parts(_ isEmulated: Bool) {
        let device = isEmulated ? EmulatedDevice.make(named: "parts").device : .cpu
        let norm = LayerNorm([8])
        norm.to(device.backend)
        let labels = Tensor([0, 3], .int64).to(device)
        func check(_ name: String, _ f: @escaping (Tensor) -> Tensor) {
            let captured = capture { (x: Tensor) in noGrad { f(x) } }
            for seed in 0..<4 {
                let x = Tensor(Random(seed: UInt64(seed)).normal([6, 8])).to(device)
                let (found, expected) = (captured(x), noGrad { f(x) })
                #expect(found.shape == expected.shape && found.dtype == expected.dtype)
                #expect(
                    found.values(as: Float.self) == expected.values(as: Float.self), "\(name)")
            }
            #expect(captured.refusal == nil)
        }
        check("one row") { norm($0).narrow(axis: 0, start: 3, count: 1).cast(to: .bfloat16) }
        check("the first row") { norm($0)[0].cast(to: .float16) }
        check("rows in another shape") { norm($0).reshape([2, 24]).cast(to: .float16) }
        check("a half of a wide array") { x in
            let wide = Tensor.zeros(like: x)
            wide[1..<3] = (x[1..<3] * 2).cast(to: .bfloat16).cast(to: .float32)
            return wide.sum(axis: 0)
        }
        check("labels of some rows") { x in
            let half = (x * 2).cast(to: .bfloat16)
            return half.cast(to: .float32)[2..<4].crossEntropy(labels: labels)
        }
    }
}
