import CUDAEmulator
import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("Products with a bias, emulated", .serialized)
struct JointProductTests {
    /// A product of a [m, k] and b [k, n] with a bias: its values, and the calls that it
    /// took.
    private func product(
        _ m: Int, _ n: Int, _ dtype: DType, on backend: CUDABackend?, transposes: Bool = false,
        start: Int = 0
    ) -> (values: [Double], calls: Int) {
        let k = 5
        func operand(_ shape: Shape, _ seed: UInt64) -> NDArray {
            let count = shape.elementCount
            let all = Random(seed: seed).normal([start + count]).cast(to: dtype)
            let there = backend.map { all.on($0.device) } ?? all
            return there.slice(axis: 0, start: start, count: count).reshape(shape)
        }
        func matrix(_ rows: Int, _ columns: Int, _ seed: UInt64) -> NDArray {
            transposes
                ? operand([columns, rows], seed).transpose(0, 1) : operand([rows, columns], seed)
        }
        let (a, b, bias) = (matrix(m, k, 1), matrix(k, n, 2), operand([n], 3))
        backend?.synchronize()
        ft_emulator_reset_counters()
        let out = a.matmul(b, bias: bias)
        backend?.synchronize()
        let counters = ft_emulator_count()
        return (out.values(as: Double.self), Int(counters.launches + counters.products))
    }

    @Test(
        "are one call where the library has it, and give what two do",
        arguments: [DType.float32, .float16, .bfloat16, .float64])
    func one(_ dtype: DType) {
        let lacking = EmulatedDevice.make(named: "no joint products", without: ["cublasLtMatmul"])
        for (m, n, transposes) in [(6, 4, false), (6, 4, true), (3, 1, false), (1, 7, true)] {
            let here = product(m, n, dtype, on: nil, transposes: transposes)
            let joint = product(m, n, dtype, on: EmulatedDevice.shared, transposes: transposes)
            let apart = product(m, n, dtype, on: lacking, transposes: transposes)
            // Of float64 there is none, and the emulator has none of a single row.
            #expect(joint.calls == (dtype == .float64 || m == 1 ? 2 : 1))
            #expect(apart.calls == 2)
            // A half is rounded twice where bias and product are apart.
            let tolerance = [.float64: 1e-14, .float32: 1e-6, .float16: 4e-3][dtype] ?? 3e-2
            for values in [joint.values, apart.values] {
                #expect(values.count == here.values.count)
                for (value, expected) in zip(values, here.values) {
                    #expect(abs(value - expected) <= tolerance * max(1, abs(expected)))
                }
            }
        }
    }

    @Test("sums of nothing are 0, and their bias, whatever lay there", arguments: [[], [3]])
    func nothing(_ batch: [Int]) {
        let device = EmulatedDevice.shared.device
        func on(_ shape: [Int]) -> Tensor { .zeros(Shape(batch + shape), on: device) }
        let count = batch.reduce(20, *)
        for _ in 0..<3 { _ = Tensor.full([count], Double.nan, on: device) + 1 }
        let product = on([4, 0]).matmul(on([0, 5]))
        #expect(product.values(as: Float.self) == [Float](repeating: 0, count: count))
        for _ in 0..<3 { _ = Tensor.full([count], Double.nan, on: device) + 1 }
        let row = Tensor([1, -2, 3, -4, 5], .float32).to(device)
        let linear = on([4, 0]).data.matmul(on([0, 5]).data, bias: row.data)
        let rows = [[Float]](repeating: [1, -2, 3, -4, 5], count: count / 5)
        #expect(linear.values(as: Float.self) == rows.flatMap { $0 })
    }

    @Test("batches may be read from the last to the first")
    func backwards() {
        let random = Random(seed: 2)
        let (a, b) = (random.normal([5, 3, 4]), random.normal([5, 4, 2]))
        let here = Tensor(a).flip(0).matmul(Tensor(b)).values(as: Float.self)
        let device = EmulatedDevice.shared.device
        let there = Tensor(a.on(device)).flip(0).matmul(Tensor(b.on(device)))
        for (value, expected) in zip(there.values(as: Float.self), here) {
            #expect(abs(value - expected) <= 1e-5)
        }
    }

    @Test("operands may lie anywhere in memory", arguments: [1, 2, 3, 8])
    func alignment(_ start: Int) {
        let there = product(6, 4, .float32, on: EmulatedDevice.shared, start: start)
        let here = product(6, 4, .float32, on: nil, start: start)
        // A bias that doesn't lie at 16 bytes is added by a kernel.
        #expect(there.calls == (start.isMultiple(of: 4) ? 1 : 2))
        for (value, expected) in zip(there.values, here.values) {
            #expect(abs(value - expected) <= 1e-6 * max(1, abs(expected)))
        }
    }
}
