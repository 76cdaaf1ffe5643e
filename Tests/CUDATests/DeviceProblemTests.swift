import CKernels
import CUDA
import CUDAEmulator
import EmulatedDevice
import FakeTensor
import Glibc
import Tensor
import Testing

@Suite("A GPU, emulated, that has no memory or is lost", .serialized)
struct DeviceProblemTests {
    private static func total(_ x: NDArray) -> [Double] { [Tensor(x).sum().item] }
    private static func values(_ x: NDArray) -> [Double] { x.values(as: Double.self) }

    @Test("in an attempt, lack of memory is an error, and everything goes on afterwards")
    func attempt() async {
        await #expect(processExitsWith: .success) {
            ft_emulator_set_memory(64 << 20)
            let device = EmulatedDevice.make(named: "small").device
            let kept = NDArray.full([1 << 20], Float(3), on: device)
            let problem = #expect(throws: DeviceProblem.self) {
                try Device.attempt {
                    let large = NDArray.full([1 << 26], Float(1), on: device)
                    // Nothing of this is computed, and nothing ends the program.
                    #expect(Self.total(large.zip(.add, large)) == [0])
                }
            }
            let text = problem?.description ?? ""
            #expect(
                text.hasPrefix(
                    "memory: the device has no 268435456 bytes left; of its 67108864, "))
            #expect(text.contains("arrays hold "))
            #expect(text.contains("the largest block in use has 4194304"))
            #expect(text.contains("cuBLAS hold 4194304"))
            #expect(problem?.isLost == false && problem?.device == device)
            #expect(Self.total(kept) == [Double(3 << 20)])
            let sound = try? Device.attempt { Self.total(kept.zip(.mul, kept)) }
            #expect(sound == [Double(9 << 20)])
            #expect(Self.total(NDArray([1, 2])) == [3])
        }
    }

    @Test("what an attempt left without memory ends the program where it is used")
    func leftover() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            ft_emulator_set_memory(64 << 20)
            let device = EmulatedDevice.make(named: "small").device
            var left: NDArray?
            _ = try? Device.attempt { left = NDArray.full([1 << 26], Float(1), on: device) }
            _ = left.map { Tensor($0)[0..<4].exp() }
        }
        #expect(sentence(result).contains("had no memory for an operand, which never came to be"))
    }

    @Test("what is kept for reuse is given back before memory runs out")
    func relief() async {
        await #expect(processExitsWith: .success) {
            ft_emulator_set_memory(64 << 20)
            let backend = EmulatedDevice.make(named: "small")
            for size in [10, 11, 12, 13, 14, 15, 16] {
                let x = NDArray.full([size << 18], Float(1), on: backend.device)
                let y = NDArray([Float](repeating: 2, count: size << 17)).sent(to: backend)
                #expect(Self.total(x) == [Double(size << 18)])
                #expect(Self.total(y) == [Double(size << 18)])
            }
            let large = NDArray.full([12 << 20], Float(1), on: backend.device)
            #expect(Self.total(large) == [Double(12 << 20)])
        }
    }

    @Test("a kernel that fails ends the program with the driver's words and advice")
    func loss() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = NDArray.full([10], 1.0, on: EmulatedDevice.make(named: "lost").device)
            ft_emulator_fail_after(1, 700)
            _ = Self.values(x.map(.exp).map(.neg).map(.abs))
        }
        let text = sentence(result)
        #expect(text.contains("CUDA_ERROR_ILLEGAL_ADDRESS"))
        #expect(text.contains("FAKETENSOR_CUDA_WAIT=each tells at which operation it happens"))
    }

    @Test("FAKETENSOR_CUDA_WAIT=each tells at which operation it failed")
    func waiting() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            setenv("FAKETENSOR_CUDA_WAIT", "each", 1)
            let x = NDArray.full([10], 1.0, on: EmulatedDevice.make(named: "lost").device)
            ft_emulator_fail_after(1, 719)
            _ = Self.values(x.map(.exp).map(.neg).map(.abs))
        }
        #expect(sentence(result).contains("Fatal error: neg: waiting for Emulated device: "))
    }

    @Test("a lost device stays so, and the CPU goes on")
    func after() async {
        await #expect(processExitsWith: .success) {
            let device = EmulatedDevice.make(named: "lost").device
            let x = NDArray.full([10], 1.0, on: device)
            ft_emulator_fail_after(1, 719)
            for _ in 0..<3 {
                let problem = #expect(throws: DeviceProblem.self) {
                    try Device.attempt { _ = Self.values(x.map(.exp).map(.neg)) }
                }
                #expect(problem?.isLost == true)
            }
            #expect(Self.total(NDArray([1, 2])) == [3])
        }
    }

    @Test("a number of the driver says whether the device is lost")
    func losses() {
        let lost: [Int32] = [46, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999]
        let kept: [Int32] = [1, 2, 201, 600, 701, 703, 704, 705, 708, 711, 712, 713, 720, 801]
        #expect(lost.allSatisfy { CUDAProblem("", code: $0).isLoss })
        #expect(!kept.contains { CUDAProblem("", code: $0).isLoss })
    }

    @Test("where cuBLAS can't go on, what the device met before is told")
    func behindProducts() async {
        await #expect(processExitsWith: .success) {
            typealias Product =
                @convention(c) (
                    UnsafeRawPointer?, Int32, Int32, Int32, Int32, Int32, UnsafeRawPointer?,
                    UnsafeRawPointer?, Int32, Int32, UnsafeRawPointer?, Int32, Int32,
                    UnsafeRawPointer?, UnsafeMutableRawPointer?, Int32, Int32, Int32, Int32
                ) -> Int32
            let refuse: Product = { _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _ in 13 }
            let device = EmulatedDevice.make(
                named: "failing products",
                with: ["cublasGemmEx": UInt(bitPattern: unsafeBitCast(refuse, to: Int.self))]
            ).device
            let x = NDArray.full([2, 2], Float(1), on: device)
            func problem() -> String? {
                do {
                    try Device.attempt { _ = x.matmul(x).values(as: Float.self) }
                    return nil
                } catch { return "\(error)" }
            }
            #expect(problem()?.contains("cuBLAS gives error 13") == true)
            ft_emulator_fail_after(0, 700)
            _ = x.zip(.add, x)
            let lost = problem()
            #expect(lost?.contains("cuBLAS") == false, "\(lost ?? "")")
        }
    }

    @Test("asking which devices there are starts none")
    func devices() throws {
        let before = ft_emulator_count().contexts
        let platform = try CUDAPlatform(.symbols(EmulatedDevice.symbols), cache: nil)
        #expect(platform.devices == [0])
        #expect(ft_emulator_count().contexts == before)
    }
}
