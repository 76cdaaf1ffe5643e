import CUDA
import CUDAEmulator
import CUDAKernels
import EmulatedDevice
import FakeTensor
import Glibc
import Tensor
import Testing

/// Mistakes that the CUDA backend might make, made here on purpose.
@Suite("Mistakes on an emulated GPU are caught", .serialized)
struct PlantedFaultTests {
    /// A GPU by its own context, each of whose blocks is the driver's.
    private static func context() throws -> CUDAContext {
        setenv("FAKETENSOR_CUDA_CACHE", "off", 1)
        defer { unsetenv("FAKETENSOR_CUDA_CACHE") }
        return try CUDAContext(CUDAPlatform(.symbols(EmulatedDevice.symbols), cache: nil), 0)
    }

    /// Writes `count` float32 of 5 from `memory` on.
    private static func fill(
        _ memory: UnsafeMutableRawPointer, count: Int, on context: CUDAContext
    ) throws {
        let arguments = ft_cuda_fill(
            out: memory, count: Int64(count), size: 4, bits: UInt64(Float(5).bitPattern))
        try context.launch(FT_KERNEL_fill, arguments)
    }

    @Test("a kernel that writes beyond an array")
    func bounds() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let context = try Self.context()
            let memory = try context.allocate(40)
            try Self.fill(memory, count: 11, on: context)
            context.deallocate(memory, 40)
        }
        #expect(sentence(result).contains("byte 0 behind an allocation of 40 was written"))
    }

    @Test("a kernel that writes to memory that was given back before it was asked for")
    func writesLate() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let context = try Self.context()
            let memory = try context.allocate(4000)
            context.deallocate(memory, 4000)
            try Self.fill(memory, count: 1000, on: context)
            try context.synchronize()
            _ = try context.allocate(4000)
        }
        #expect(sentence(result).contains("memory was written after it had been given back"))
    }

    @Test("a kernel that reads memory that was given back before it was asked for")
    func readsLate() throws {
        let context = try Self.context()
        let memory = try context.allocate(4000)
        let result = try context.allocate(4000)
        try Self.fill(memory, count: 1000, on: context)
        context.deallocate(memory, 4000)
        try context.copy(from: memory, to: result, byteCount: 4000)
        var floats = [Float](repeating: 0, count: 1000)
        try context.copyOut(from: result, to: &floats, byteCount: 4000)
        #expect(floats.allSatisfy { $0.isNaN })
    }

    @Test("memory that nothing wrote to")
    func unwritten() {
        let device = EmulatedDevice.make(named: "unwritten").device
        let x = NDArray(uninitialized: [100], .float64, on: device.backend)
        #expect(x.values(as: Double.self).allSatisfy { $0.isNaN })
    }

    private typealias Launch =
        @convention(c) (
            UnsafeMutableRawPointer?, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32,
            UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32

    @Test("a launch of another shape than the kernels are made for")
    func shape() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let narrow: Launch = { function, x, y, z, threads, b, c, shared, stream, values, more in
                let real = unsafeBitCast(ft_emulated_symbol("cuLaunchKernel"), to: Launch.self)
                return real(function, x, y, z, threads / 2, b, c, shared, stream, values, more)
            }
            let place = UInt(bitPattern: unsafeBitCast(narrow, to: UnsafeRawPointer.self))
            let device = EmulatedDevice.make(named: "narrow", with: ["cuLaunchKernel": place])
            _ = NDArray.full([10], 1.0, on: device.device)
        }
        #expect(sentence(result).contains("fill: launching: CUDA_ERROR_INVALID_VALUE"))
    }

    @Test("threads and blocks in any order give the same bits")
    func orders() {
        let device = EmulatedDevice.make(named: "orders").device
        defer { ft_emulator_set_order(0) }
        func results() -> [[Double]] {
            let random = Random(seed: 4)
            func made(_ shape: Shape) -> Tensor {
                Tensor(random.normal(shape, mean: 0, deviation: 1).on(device))
            }
            let (x, w) = (made([40, 300]), made([300, 30]))
            let images = made([2, 3, 9, 9])
            let heads = made([2, 2, 40, 8])
            return [
                x.softmax(), x.sum(), x.sum(axis: 0), x.matmul(w), x.sort().values,
                x.cumsum(axis: 1), x.layerNorm(),
                images.conv2d(made([4, 3, 3, 3])), images.maxPool2d(3),
                Tensor.scaledDotProductAttention(query: heads, key: heads, value: heads),
                x.dropout(0.4, using: random), x.exp() * x.tanh() + 1,
            ].map { $0.values(as: Double.self) }
        }
        let expected = results()
        for order: UInt64 in [1, 7, 12345] {
            ft_emulator_set_order(order)
            #expect(results() == expected, "order \(order)")
        }
    }
}
