import Testing

@testable import Tensor

@Suite("Matrix products")
struct MatmulTests {
    static let sizes: [(Int, Int, Int)] = [
        (1, 1, 1), (1, 7, 5), (6, 1, 4), (5, 3, 1), (17, 9, 33), (64, 150, 200), (300, 130, 40),
    ]

    @Test("agree with three loops, transposed, strided or reversed", arguments: sizes)
    func arrangements(_ m: Int, _ k: Int, _ n: Int) {
        let random = Random(seed: 8)
        let a = random.normal([m, k], .float64)
        let b = random.normal([k, n], .float64)
        let expected = product(a, b)
        for left in arranged(a) {
            for right in arranged(b) {
                let result = left.matmul(right)
                #expect(result.shape == [m, n])
                #expect(distance(result, expected) < 1e-11)
            }
        }
    }

    private func arranged(_ x: NDArray) -> [NDArray] {
        let wide = NDArray.full([2 * x.shape[0], 3 * x.shape[1]], 5, x.dtype)
        let stepped = wide.slice(axis: 0, start: 1, count: x.shape[0], step: 2)
            .slice(axis: 1, start: 0, count: x.shape[1], step: 3)
        stepped.assign(x)
        let block = wide.slice(axis: 0, start: 0, count: x.shape[0])
            .slice(axis: 1, start: 1, count: x.shape[1])
        return [
            x, x.transpose().copy().transpose(), stepped.copy(), stepped, x.flip(0).copy().flip(0),
            x.flip(1).copy().flip(1), overwritten(block.copy(), x),
        ]
    }

    private func overwritten(_ target: NDArray, _ x: NDArray) -> NDArray {
        target.assign(x)
        return target
    }

    @Test("broadcast batches, also by strides of 0")
    func batches() {
        let random = Random(seed: 9)
        let a = random.normal([2, 1, 3, 4], .float64)
        let b = random.normal([5, 4, 6], .float64)
        let result = a.matmul(b)
        #expect(result.shape == [2, 5, 3, 6])
        for i in 0..<2 {
            for j in 0..<5 {
                let one = result.select(axis: 0, index: i).select(axis: 0, index: j)
                let left = a.select(axis: 0, index: i).select(axis: 0, index: 0)
                let right = b.select(axis: 0, index: j)
                #expect(distance(one, product(left, right)) < 1e-12)
            }
        }
        let row = NDArray([1.0, 2]).reshape([1, 2]).expand(to: [3, 2])
        #expect(
            row.matmul(row.transpose()).values(as: Double.self) == Array(repeating: 5, count: 9))
    }

    @Test(
        "over an inner size of 0 are zeros, of outer sizes of 0 empty",
        arguments: [
            DType.float32, .float64, .float16, .int32,
        ])
    func empty(_ dtype: DType) {
        // Memory that was used before, so that zeros are no accident.
        _ = NDArray.full([2, 3], 9, dtype)
        let result = NDArray.full([2, 0], 1, dtype).matmul(NDArray.full([0, 3], 1, dtype))
        #expect(result.values(as: Double.self) == [0, 0, 0, 0, 0, 0])
        let batch = NDArray.full([2, 1, 0], 1, dtype).matmul(NDArray.full([0, 2], 1, dtype))
        #expect(batch.values(as: Double.self) == [0, 0, 0, 0])
        #expect(NDArray.full([0, 4], 1, dtype).matmul(NDArray.full([4, 2], 1, dtype)).count == 0)
        #expect(
            NDArray.full([3, 0, 4], 1, dtype).matmul(.full([4, 2], 1, dtype)).shape == [3, 0, 2])
    }

    @Test("of halves accumulate in float32, of integers exactly")
    func otherTypes() {
        let ones = NDArray.full([1, 4096], 1, .float16)
        #expect(ones.matmul(ones.transpose()).scalar == 4096)
        let a = NDArray([3, -4, 100_000, 2] as [Int32], [2, 2])
        let b = NDArray([7, 0, 0, 20_000] as [Int32], [2, 2])
        #expect(a.matmul(b).values(as: Int32.self) == [21, -80_000, 700_000, 40_000])
        let wide = NDArray([Int64(1) << 40], [1, 1])
        #expect(wide.matmul(NDArray([Int64(1) << 10], [1, 1])).values(as: Int.self) == [1 << 50])
    }

    @Test("add a bias to each row and apply ReLU in the same pass")
    func bias() {
        let a = NDArray([1.0, -2], [2, 1])
        let b = NDArray([1.0, 2], [1, 2])
        let bias = NDArray([0.5, -1])
        #expect(a.matmul(b, bias: bias).values(as: Double.self) == [1.5, 1, -1.5, -5])
        #expect(a.matmul(b, bias: bias, relu: true).values(as: Double.self) == [1.5, 1, 0, 0])
        let none = NDArray.full([2, 0], 1, .float64).matmul(.full([0, 2], 1, .float64), bias: bias)
        #expect(none.values(as: Double.self) == [0.5, -1, 0.5, -1])
    }

    @Test("are the same bits at one thread and at two", arguments: sizes + [(256, 784, 512)])
    func threads(_ m: Int, _ k: Int, _ n: Int) {
        let random = Random(seed: 10)
        let (a, b) = (random.normal([m, k]), random.normal([n, k]).transpose())
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        CPUBackend.shared.threads = 1
        let alone = a.matmul(b).values(as: Float.self)
        CPUBackend.shared.threads = 2
        #expect(a.matmul(b).values(as: Float.self) == alone)
    }

    @Test(
        "are the same bits as they are cut for any number of threads",
        arguments: [(256, 784, 512), (100, 300, 300), (2048, 384, 1536), (3, 900, 4000)],
        [1, 2, 3, 7, 48, 64])
    func plans(_ sizes: (m: Int, k: Int, n: Int), _ threads: Int) {
        let (m, k, n) = sizes
        let random = Random(seed: 11)
        let a = random.normal([m, k])
        for (b, isTransposed) in [
            (random.normal([n, k]).transpose(), true), (random.normal([k, n]), false),
        ] {
            let whole = a.matmul(b)
            let plan = MatrixPlan(
                MatrixSize(m: m, n: n, k: k), packsColumns: isTransposed, threads: threads)
            var covered = 0
            for piece in 0..<plan.pieces {
                let tile = plan.tile(piece)
                covered += tile.rows * tile.columns
                let rows = a.slice(axis: 0, start: tile.row, count: tile.rows)
                let columns = b.slice(axis: 1, start: tile.column, count: tile.columns)
                let expected = whole.slice(axis: 0, start: tile.row, count: tile.rows)
                    .slice(axis: 1, start: tile.column, count: tile.columns)
                #expect(
                    rows.matmul(columns).values(as: Float.self) == expected.values(as: Float.self))
            }
            #expect(covered == m * n)
        }
    }

    private func product(_ a: NDArray, _ b: NDArray) -> [Double] {
        let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
        let (x, y) = (a.values(as: Double.self), b.values(as: Double.self))
        return (0..<m * n).map { place in
            (0..<k).reduce(0) { $0 + x[place / n * k + $1] * y[$1 * n + place % n] }
        }
    }

    private func distance(_ x: NDArray, _ expected: [Double]) -> Double {
        zip(x.values(as: Double.self), expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test("of integers wraps in their type, as elementwise products do")
    func integers() {
        func product(_ a: [Int], _ b: [Int], _ dtype: DType) -> [Int] {
            let a = NDArray(a, [1, a.count]).cast(to: dtype)
            return a.matmul(NDArray(b, [b.count, 1]).cast(to: dtype)).values(as: Int.self)
        }
        #expect(product([9_007_199_254_740_993], [1], .int64) == [9_007_199_254_740_993])
        #expect(product([.max, 1], [2, 5], .int64) == [3])
        #expect(product([65536], [65536], .int32) == [0])
        #expect(product([100, 100], [100, 100], .int8) == [32])
        #expect(product([200, 100], [2, 3], .uint8) == [188])
        #expect(product([65_535, 0], [65_535, 0], .uint16) == [1])
        #expect(product([-32_768, 1], [3, 2], .int16) == [-32_766])
        #expect(product([1, 0], [0, 1], .bool) == [0])
        #expect(product([1, 1], [0, 1], .bool) == [1])
    }

    @Test(
        "of integers takes any layout, batch and size",
        arguments: [DType.int8, .int16, .uint16, .int32, .uint32, .int64, .uint64])
    func integerLayouts(_ dtype: DType) {
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (70, 130, 600), (5, 0, 4), (33, 200, 1)] {
            let a = Random(seed: 1).normal([2, m, k], deviation: 4).cast(to: dtype)
            let b = Random(seed: 2).normal([k, n], deviation: 4).cast(to: dtype)
            let exact = a.cast(to: .float64).matmul(b.cast(to: .float64)).values(as: Int.self)
            let expected = exact.map { dtype == .int8 ? Int(Int8(truncatingIfNeeded: $0)) : $0 }
            let forms = [
                a.matmul(b), a.matmul(b.transpose().copy().transpose()),
                a.transpose().copy().transpose().matmul(b), a.flip(1).copy().flip(1).matmul(b),
            ]
            for form in forms { #expect(form.values(as: Int.self) == expected) }
        }
        let ones = NDArray.full([2, 2], 1, dtype)
        let bias = NDArray([dtype.isSigned ? -5 : 5, 3], [2]).cast(to: dtype)
        let fused = ones.matmul(ones, bias: bias, relu: true).values(as: Int.self)
        #expect(fused == (dtype.isSigned ? [0, 5, 0, 5] : [7, 5, 7, 5]))
    }
}
