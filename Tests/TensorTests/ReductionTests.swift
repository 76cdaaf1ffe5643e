import CKernels
import Tensor
import Testing

@Suite("Reductions")
struct ReductionTests {
    private static let shape: Shape = [3, 4, 5, 2]
    private static let subsets: [[Int]] = (0..<16).map { bits in
        (0..<4).filter { bits & (1 << $0) != 0 }
    }

    @Test("along any axes, of any arrangement, agree with plain sums", arguments: subsets)
    func axes(_ axes: [Int]) {
        let values = Random(seed: 3).normal(Self.shape, .float64)
        let arrangements = [
            values, values.permute([3, 1, 0, 2]).copy().permute([2, 1, 3, 0]),
            values.flip(1).copy().flip(1), values.flip(3).flip(0).copy().flip(0).flip(3),
        ]
        let expected = plainSums(values, axes)
        for x in arrangements {
            let result = x.reduce(.sum, axes: axes).values(as: Double.self)
            #expect(zip(result, expected).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(result.count == expected.count)
            #expect(
                x.reduce(.maximum, axes: axes).values(as: Double.self)
                    == values.reduce(.maximum, axes: axes).values(as: Double.self))
        }
    }

    private func plainSums(_ x: NDArray, _ axes: [Int]) -> [Double] {
        let strides = Array(x.shape.contiguousStrides)
        var sums: [Int: Double] = [:]
        for (position, value) in x.values(as: Double.self).enumerated() {
            var key = 0
            for axis in 0..<4 where !axes.contains(axis) {
                key = key * x.shape[axis] + position / strides[axis] % x.shape[axis]
            }
            sums[key, default: 0] += value
        }
        return sums.keys.sorted().map { sums[$0] ?? 0 }
    }

    @Test("of repeated elements count each repetition")
    func expanded() {
        let x = NDArray([1.0, 2, 3]).reshape([3, 1]).expand(to: [2, 3, 4])
        #expect(x.reduce(.sum, axes: nil).scalar == 48)
        #expect(x.reduce(.sum, axes: [0, 2]).values(as: Double.self) == [8, 16, 24])
        #expect(x.reduce(.sum, axes: [1]).values(as: Double.self) == Array(repeating: 6, count: 8))
    }

    @Test(
        "of large arrays are the same bits at one thread and at two",
        arguments: [
            [0], [1], [0, 1],
        ])
    func threads(_ axes: [Int]) {
        let x = Random(seed: 4).normal([700, 523])
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        CPUBackend.shared.threads = 1
        let alone = x.reduce(.sum, axes: axes).values(as: Float.self)
        CPUBackend.shared.threads = 2
        #expect(x.reduce(.sum, axes: axes).values(as: Float.self) == alone)
    }

    @Test("of nothing are 0, 1, false and true")
    func empty() {
        let x = NDArray(uninitialized: [0, 2], .float32, on: CPUBackend.shared)
        #expect(x.reduce(.sum, axes: [0]).values(as: Float.self) == [0, 0])
        #expect(x.reduce(.product, axes: nil).scalar == 1)
        #expect(x.reduce(.any, axes: nil).scalar == 0)
        #expect(x.reduce(.all, axes: [0]).values(as: Bool.self) == [true, true])
        #expect(x.reduce(.maximum, axes: [1]).shape == [0])
    }

    @Test(
        "keeps halves from overflowing between the stages", arguments: [DType.float16, .bfloat16])
    func halves(dtype: DType) {
        // Sums of 40 along the last axis would reach 120,000, beyond float16; they cancel later.
        let values = (0..<40).flatMap { row in
            [Double](repeating: row.isMultiple(of: 2) ? 3000 : -3000, count: 80)
        }
        let x = NDArray(values, [40, 2, 40]).cast(to: dtype)
        #expect(x.reduce(.sum, axes: [0, 2]).values(as: Double.self) == [0, 0])
    }
}
