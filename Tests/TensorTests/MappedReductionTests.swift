import CKernels
import Tensor
import Testing

@Suite("Reductions of functions of the elements")
struct MappedReductionTests {
    static let shape: Shape = [6, 5, 4, 7]
    static let axes: [[Int]] = [[0], [3], [1, 2], [0, 2, 3], [0, 3], [1, 3], [0, 1, 2, 3], []]

    private static func near(_ a: NDArray, _ b: NDArray, _ tolerance: Double) -> Bool {
        zip(a.values(as: Double.self), b.values(as: Double.self)).allSatisfy {
            abs($0 - $1) <= tolerance * max(1, abs($1))
        }
    }

    /// The same elements in several arrangements in memory.
    private static func arrangements(_ x: NDArray) -> [NDArray] {
        [
            x, x.permute([3, 1, 0, 2]).copy().permute([2, 1, 3, 0]), x.flip(1).copy().flip(1),
            x.transpose(0, 3).copy().transpose(0, 3),
        ]
    }

    @Test("are those of the mapped array, in any arrangement", arguments: axes)
    func unary(_ axes: [Int]) {
        for dtype in [DType.float32, .float64, .float16, .bfloat16] {
            let values = Random(seed: 1).normal(Self.shape, .float64).cast(to: dtype)
            let wide = values.cast(to: .float64)
            let expected = wide.map(.square).reduce(.sum, axes: axes)
            for x in Self.arrangements(values) {
                let result = x.reduce(.sum, map: .unary(.square), axes: axes, as: .float64)
                #expect(Self.near(result, expected, dtype == .float64 ? 1e-14 : 1e-6))
                let largest = x.reduce(.maximum, map: .unary(.abs), axes: axes)
                #expect(
                    largest.values(as: Double.self)
                        == wide.map(.abs).reduce(.maximum, axes: axes).values(as: Double.self))
            }
        }
    }

    @Test("take a second operand that is broadcast, of another float type too", arguments: axes)
    func binary(_ axes: [Int]) {
        let values = Random(seed: 2).normal(Self.shape, .float64)
        let mean = values.reduce(.mean, axes: axes, keepDims: true)
        let expected = values.zip(.sub, mean).map(.square).reduce(.sum, axes: axes)
        for dtype in [DType.float32, .float64, .float16] {
            for x in Self.arrangements(values.cast(to: dtype)) {
                for other in [mean, mean.cast(to: .float32)] {
                    let result = x.reduce(
                        .sum, map: .binary(.squared_difference), with: other, axes: axes,
                        as: .float64)
                    let isExact = dtype == .float64 && other.dtype == .float64
                    #expect(
                        Self.near(
                            result, expected, isExact ? 1e-12 : dtype == .float16 ? 0.02 : 1e-5))
                }
            }
        }
        let dot = values.reduce(.sum, map: .binary(.mul), with: values.flip(0).flip(3), axes: axes)
        #expect(
            Self.near(dot, values.zip(.mul, values.flip(0).flip(3)).reduce(.sum, axes: axes), 1e-12)
        )
    }

    @Test("of integers wrap in their type and sum in int64")
    func integers() {
        let x = NDArray([100, 100, -3], [3]).cast(to: .int8)
        #expect(x.reduce(.sum, map: .unary(.square), axes: nil).scalar == 16 + 16 + 9)
        let three = NDArray([3], [1]).cast(to: .int8)
        #expect(x.reduce(.maximum, map: .binary(.sub), with: three, axes: nil).scalar == 97)
    }

    @Test("are the same bits at any number of threads, on any instruction set")
    func bits() {
        let x = Random(seed: 3).normal([64, 32, 28, 28])
        let mean = x.reduce(.mean, axes: [0, 2, 3], keepDims: true)
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        for axes in [[0, 2, 3], [1, 3], [0], [1], [0, 1, 2, 3]] {
            var results: Set<[UInt32]> = []
            for threads in [1, 2] {
                CPUBackend.shared.threads = threads
                let spread = x.reduce(
                    .sum, map: .binary(.squared_difference), with: mean, axes: axes)
                results.insert(spread.values(as: Float.self).map(\.bitPattern))
            }
            #expect(results.count == 1)
        }
    }

    @Test("run one kernel and make no array beside the result")
    func oneKernel() {
        let x = Random(seed: 4).normal([64, 8, 32])
        let counter = KernelCounter()
        counter.count { _ = x.transpose(0, 1).reduce(.sum, map: .unary(.square), axes: [1, 2]) }
        #expect(counter.rows.mapValues(\.launches) == ["sum": 1])
        #expect(counter.rows["sum"]?.bytes == x.byteCount + 8 * 4)
    }

    @Test("of many halves are rounded once", arguments: [DType.float16, .bfloat16])
    func halves(_ dtype: DType) {
        // 3 · 0.1 rounded to the half, of which 65,536 sum to far more than float16 holds.
        let x = NDArray.full([1 << 16, 2], Scalar(0.3), dtype)
        let one = x.slice(axis: 0, start: 0, count: 1).cast(to: .float64).values(as: Double.self)[0]
        #expect(x.reduce(.mean, axes: nil).scalar == one)
        #expect(x.reduce(.mean, axes: [0]).values(as: Double.self) == [one, one])
        #expect(x.reduce(.sum, axes: nil, as: .float64).scalar == one * 131072)
    }
}
