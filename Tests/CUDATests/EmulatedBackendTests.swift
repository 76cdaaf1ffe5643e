import CKernels
import CUDA
import CUDAEmulator
import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("A GPU, emulated", .serialized)
struct EmulatedBackendTests {
    private let backend = EmulatedDevice.shared
    private var device: Device { backend.device }

    @Test("is known by its name, and none of the machine's")
    func name() {
        #expect(Device("emulated") == device)
        #expect(!Device.all.contains(device))
        #expect(backend.summary.hasPrefix("emulated: "))
        #expect(!backend.arithmetic.isEmpty)
    }

    @Test("elements come and go as they are, whatever their type", arguments: DType.allCases)
    func copies(_ dtype: DType) {
        let x = NDArray((0..<1000).map { $0 % 7 }, [1000]).cast(to: dtype)
        let there = x.on(device)
        #expect(there.device == device)
        #expect(bytes(there) == bytes(x))
    }

    @Test("copies of more than fits the staging memory arrive whole")
    func large() {
        let count = (10 << 20) + 3
        var values = [UInt8](repeating: 0, count: count)
        for index in values.indices { values[index] = UInt8(truncatingIfNeeded: index &* 31) }
        let there = NDArray(values, [count]).on(device)
        #expect(bytes(there) == values)
    }

    @Test("the host may change its bytes as soon as they are on their way")
    func changes() {
        let here = NDArray([Float](repeating: 1, count: 4096), [4096])
        let there = here.on(device)
        _ = here.withUnsafeMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 9) }
        #expect(there.values(as: Float.self).allSatisfy { $0 == 1 })
    }

    @Test("memory that isn't needed any more is used again")
    func memory() {
        let own = EmulatedDevice.make(named: "memory")
        let before = own.memory
        for _ in 0..<10 {
            let x = NDArray.full([1000], 2.0, on: own.device)
            _ = x.zip(.mul, x).values(as: Double.self)
            #expect(own.memory.live > before.live)
        }
        let after = own.memory
        #expect(after.live == before.live)
        #expect(after.allocations > before.allocations)
        #expect(after.reused - before.reused >= after.allocations - before.allocations - 4)
        own.resetPeakMemory()
        #expect(own.memory.peak == own.memory.live)
    }

    @Test("what doesn't fit ends with what was asked for and what is held")
    func outOfMemory() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            ft_emulator_set_memory(64 << 20)
            let device = EmulatedDevice.make(named: "small").device
            _ = NDArray.full([1 << 28], Float(1), on: device)
        }
        #expect(
            sentence(result).contains(
                "memory: the device has no 1073741824 bytes left; of its "))
    }

    @Test("an index that is out of range is told when the host waits, as on the CPU")
    func index() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let device = EmulatedDevice.shared.device
            let table = NDArray.full([3, 2], 1.0, on: device)
            _ = table.gather(NDArray([0, -1, 9, 12]).on(device)).values(as: Double.self)
        }
        #expect(
            sentence(result).contains(
                "gather: index 9 at position 2 is out of range for 3 rows"))
    }

    @Test("an index that is out of range is told with numbers that were asked for after it")
    func reading() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let device = EmulatedDevice.shared.device
            let table = NDArray.full([3, 2], 1.0, on: device)
            _ = table.gather(NDArray([5]).on(device))
            let reading = table.reading()
            _ = table.map(.exp)
            _ = reading.values
        }
        #expect(
            sentence(result).contains(
                "gather: index 5 at position 0 is out of range for 3 rows"))
    }

    @Test("of several complaints the first launch's is told")
    func order() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let device = EmulatedDevice.shared.device
            let table = NDArray.full([3, 2], 1.0, on: device)
            for index in [[0, 1], [-4], [7]] { _ = table.gather(NDArray(index).on(device)) }
            EmulatedDevice.shared.synchronize()
        }
        #expect(
            sentence(result).contains(
                "gather: index -4 at position 0 is out of range for 3 rows"))
    }

    @Test("integers divided by zero are told, too")
    func division() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let device = EmulatedDevice.shared.device
            let (x, y) = (NDArray([6, 7, 8]).on(device), NDArray([2, 0, 0]).on(device))
            _ = x.zip(.floor_div, y).values(as: Int.self)
        }
        #expect(
            sentence(result).contains(
                "division by zero, met first at position 1 of the result"))
    }

    @Test("a label that is no class is told, too")
    func label() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let device = EmulatedDevice.shared.device
            let logits = Tensor(NDArray.full([2, 3], 1.0, on: device))
            let labels = Tensor(NDArray([0, 5]).on(device))
            _ = CrossEntropy()(logits, labels).item
        }
        #expect(
            sentence(result).contains(
                "target 5 at position 1 is no class of 0..<3"))
    }

    @Test("a matrix without a factor is told, with its place in the batch")
    func factor() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let device = EmulatedDevice.shared.device
            let x = NDArray([1, 0, 0, 1, 1, 0, 0, -1].map { Float($0) }, [2, 2, 2]).on(device)
            _ = x.factor(.cholesky, "cholesky").values(as: Double.self)
        }
        #expect(
            sentence(result).contains(
                "cholesky: matrix 1 of the batch is not positive definite: its leading 2×2 part "
                    + "has no factor"))
    }

    @Test("kernels are compiled once for what they are needed for")
    func compilations() {
        let own = EmulatedDevice.make(named: "compilations")
        let before = ft_emulator_count().compilations
        for _ in 0..<3 {
            let x = NDArray.full([5], 2.0, on: own.device)
            _ = x.map(.exp).values(as: Double.self)
        }
        // Filling, exp of float32, and its conversion.
        #expect(ft_emulator_count().compilations - before == 3)
    }

    private func bytes(_ x: NDArray) -> [UInt8] { x.withUnsafeBytes { Array($0) } }
}

/// What a process that ended with a sentence wrote.
func sentence(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
