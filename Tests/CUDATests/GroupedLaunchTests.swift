import CUDAEmulator
import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("Independent elementwise calls on a GPU, emulated", .serialized)
struct GroupedLaunchTests {
    /// Twenty-four states that each call moves by functions of their own, and a count.
    private struct States {
        let floats: [Tensor]
        let count: Tensor
        let length: Int

        init(on device: Device, length: Int) {
            let random = Random(seed: 3)
            floats = (0..<24).map { Tensor(random.normal([40 + 97 * $0])).to(device) }
            count = Tensor([5], .int64).to(device)
            self.length = length
        }

        func move(by x: Tensor) -> Tensor {
            noGrad {
                for (index, state) in floats.enumerated() {
                    var y = state * 0.5 + x
                    for place in 0..<length {
                        y = index >> (place % 5) & 1 == 0 ? y.tanh() : y.sin()
                    }
                    state.assign(y.clip(lower: -0.9))
                }
                count.assign(count + 1)
                return x.sum()
            }
        }

        /// Bits of all after some calls, and the launches of the third of them.
        func run(captured: Bool, on device: Device) -> (bits: [[UInt8]], launches: Int) {
            let step = capture { (x: Tensor) in move(by: x) }
            var launches = 0
            for number in 0..<5 {
                let x = Tensor([Double(number) / 4], .float32).to(device)
                let before = ft_emulator_count().launches
                _ = captured ? step(x) : move(by: x)
                if number == 2 { launches = Int(ft_emulator_count().launches - before) }
            }
            if captured { #expect(step.refusal == nil && step.kernelCount == 2) }
            return (
                (floats + [count]).map { $0.data.withUnsafeBytes { Array($0) } }, launches
            )
        }
    }

    @Test(
        "are one launch, or as few as their codes fit into, with the bits of each alone",
        arguments: [(1, 1), (13, 2)])
    func launches(length: Int, wanted: Int) {
        let device = EmulatedDevice.make(named: "together \(length)").device
        let alone = States(on: device, length: length).run(captured: false, on: device)
        let together = States(on: device, length: length).run(captured: true, on: device)
        #expect(together.bits == alone.bits)
        // Beside them one for the sum.
        #expect(together.launches == wanted + 1)
    }
}
