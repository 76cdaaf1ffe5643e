import CKernels
import StrictDevice
import Tensor
import Testing

@Suite("Places", .serialized)
struct PlaceTests {
    let strict = StrictBackend.shared.device

    @Test("a device is found by its name, and listed only if the machine has it")
    func names() {
        #expect(Device("strict") == strict)
        #expect("\(strict)" == "strict")
        #expect(Device("unheard") == nil)
        #expect(Device.all == [.cpu])
    }

    @Test("creation on a named device, beside a tensor and in a scope")
    func creation() {
        let named = Tensor.linspace(0, 1, count: 3, on: strict)
        #expect(named.device == strict)
        #expect(Tensor.zeros(like: named).device == strict)
        let scoped = Device.with(strict) {
            [
                Tensor.eye(2), Tensor([1, 2]), Tensor.arange(0, 3),
                Tensor.uniform([2], using: Random(seed: 1)),
            ]
        }
        for tensor in scoped { #expect(tensor.device == strict) }
        #expect(Tensor.eye(2).device == .cpu)
    }

    @Test("made there and made here, elements are the same")
    func sameElements() {
        func make(_ device: Device) -> [[Double]] {
            [
                Tensor.full([2, 2], 0.1, on: device), .arange(2, 9, step: 3, on: device),
                .linspace(-1, 1, count: 7, .float64, on: device), .eye(3, .int32, on: device),
                .normal([5], using: Random(seed: 2), on: device),
                .integers([40], low: -3, high: 9, using: Random(seed: 2), on: device),
                Tensor([[1, 2], [3, 4]], .float16, on: device),
            ].map { $0.values(as: Double.self) }
        }
        #expect(make(strict) == make(.cpu))
    }

    @Test("an upload owns its bytes and doesn't wait; a read waits")
    func waits() {
        let backend = StrictBackend(named: "strict-uploads")
        let before = backend.counts
        var host = [Float](repeating: 1, count: 5000)
        let x = NDArray(host, on: backend)
        for index in host.indices { host[index] = .nan }
        let sum = x.reduce(.sum, axes: nil)
        #expect(backend.counts.waits == before.waits)
        #expect(sum.scalar == 5000)
        #expect(backend.counts.waits == before.waits + 1)
    }

    @Test("assigning brings elements over")
    func assigns() {
        let here = NDArray.full([3], 1.0)
        let there = NDArray.full([3], 2.0, on: strict)
        here.assign(there)
        #expect(here.values(as: Double.self) == [2, 2, 2])
    }

    @Test("the host can't touch elements of a device")
    func touching() async {
        await #expect(processExitsWith: .failure) {
            let x = NDArray.full([3], 1.0, on: StrictBackend.shared.device)
            _ = x.pointer.load(as: Float.self)
        }
    }

    @Test("mixing devices is a sentence")
    func mixing() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = NDArray.full([3], 1.0, on: StrictBackend.shared.device)
            _ = NDArray.full([3], 1, .bool).select(x, x)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("where: operands lie on strict and cpu (move one with to(_:))"))
    }
}
