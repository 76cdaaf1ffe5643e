import CKernels
import CUDAEmulator
import EmulatedDevice
import FTSupport
import FakeTensor
import Tensor
import Testing

@Suite("Batches that are sent to a GPU, emulated", .serialized)
struct UploadTests {
    private func values(_ x: NDArray) -> [Double] { x.values(as: Double.self) }

    @Test("arrive while kernels run, and nobody waits but what is computed with them")
    func overlap() {
        let own = EmulatedDevice.make(named: "uploads")
        func batch(_ number: Int) -> NDArray {
            NDArray.full([30_000], Double(number)).sent(to: own)
        }
        #expect(values(batch(1).map(.exp).map(.neg)).count == 30_000)
        let before = ft_emulator_count()
        ft_emulator_hold(1)
        defer { ft_emulator_hold(0) }
        let busy = NDArray.full([1000], 3.0, on: own.device).map(.exp)
        let sent = batch(4)
        let result = sent.map(.neg)
        let end = Clock.seconds() + 20
        while ft_emulator_count().arrived == before.arrived, Clock.seconds() < end {}
        #expect(ft_emulator_count().arrived == before.arrived + 1)
        #expect(ft_emulator_count().synchronizations == before.synchronizations)
        ft_emulator_hold(0)
        #expect(values(result).allSatisfy { $0 == -4 })
        #expect(values(busy).count == 1000)
    }

    @Test("take no memory that kernels still read, however many are sent ahead")
    func memory() {
        let own = EmulatedDevice.make(named: "upload memory")
        let live = own.memory.live
        ft_emulator_hold(1)
        defer { ft_emulator_hold(0) }
        let before = ft_emulator_count().synchronizations
        let results = (0..<20).map { number in
            // The batch is let go of before the kernel that reads it has run.
            NDArray.full([5000 + number % 2], Double(number)).sent(to: own).map(.square)
        }
        #expect(ft_emulator_count().synchronizations == before)
        ft_emulator_hold(0)
        for (number, result) in results.enumerated() {
            #expect(values(result).allSatisfy { $0 == Double(number * number) })
        }
        withExtendedLifetime(results) {
            // Four blocks of a size, the results, and no more.
            #expect(own.memory.live - live <= 25 * (64 << 10))
        }
    }

    @Test("their memory is given back")
    func release() {
        let own = EmulatedDevice.make(named: "upload release")
        let live = own.memory.live
        for _ in 0..<3 { _ = values(NDArray.full([1 << 16], 1.0).sent(to: own).map(.neg)) }
        own.releaseTables()
        #expect(own.memory.live == live)
    }

    @Test("without elements, or on the CPU, they are what they were")
    func empty() {
        let own = EmulatedDevice.shared
        #expect(NDArray([Double](), [0, 3]).sent(to: own).shape == [0, 3])
        let here = NDArray([1, 2, 3])
        #expect(here.sent(to: CPUBackend.shared).storage === here.storage)
    }
}
