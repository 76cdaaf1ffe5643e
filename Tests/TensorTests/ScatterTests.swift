import Tensor
import Testing

@Suite("Adding rows by an index")
struct ScatterTests {
    private static func index(_ n: Int, _ rows: Int) -> NDArray {
        NDArray((0..<n).map { ($0 &* 2_654_435_761) % rows - ($0 % 3 == 0 ? rows : 0) }, [n])
    }

    /// The rows added one after the other, in double.
    private static func plain(_ x: NDArray, _ index: NDArray, rows: Int) -> [Double] {
        let width = x.count / index.count
        var sums = [Double](repeating: 0, count: rows * width)
        let values = x.values(as: Double.self)
        for (i, place) in index.values(as: Int.self).enumerated() {
            let row = place < 0 ? place + rows : place
            for j in 0..<width { sums[row * width + j] += values[i * width + j] }
        }
        return sums
    }

    @Test(
        "gives the same bits at any number of threads, by rows and by columns",
        arguments: [[100_000, 1, 900], [5000, 9, 77], [700, 300, 40], [40, 2, 3]])
    func threads(_ sizes: [Int]) {
        let index = Self.index(sizes[0], sizes[2])
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        for dtype in [DType.float32, .float64, .float16, .bfloat16] {
            let x = Random(seed: 1).normal([sizes[0], sizes[1]], .float64).cast(to: dtype)
            let results = [1, 2].map { threads in
                CPUBackend.shared.threads = threads
                return x.scatterAdd(index, rows: sizes[2]).values(as: Double.self)
            }
            #expect(results[0] == results[1])
            let plain = Self.plain(x, index, rows: sizes[2])
            let tolerance = dtype == .float64 ? 1e-12 : dtype == .float32 ? 1e-4 : 0.01
            #expect(
                zip(results[0], plain).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) })
        }
    }

    @Test("rounds halves once, after the last row", arguments: [DType.float16, .bfloat16])
    func halves(_ dtype: DType) {
        // One by one, 1 would stop counting at 2048, or at 256.
        let x = NDArray.full([5000, 2], 1, dtype)
        let sums = x.scatterAdd(NDArray.full([5000], 1, .int64), rows: 2)
        let rounded = NDArray.full([1], 5000, .float64).cast(to: dtype).scalar
        #expect(sums.values(as: Double.self) == [0, 0, rounded, rounded])
    }

    @Test("wraps integers in their type and joins truth values")
    func integers() {
        let index = NDArray([0, 0, 1], [3])
        let x = NDArray([100, 100, 7], [3])
        #expect(x.cast(to: .int8).scatterAdd(index, rows: 2).values(as: Int.self) == [-56, 7])
        #expect(x.cast(to: .uint8).scatterAdd(index, rows: 2).values(as: Int.self) == [200, 7])
        #expect(x.cast(to: .int32).scatterAdd(index, rows: 2).values(as: Int.self) == [200, 7])
        #expect(x.scatterAdd(index, rows: 2).values(as: Int.self) == [200, 7])
        #expect(
            x.cast(to: .bool).scatterAdd(index, rows: 3).values(as: Bool.self) == [
                true, true, false,
            ])
    }

    @Test("names the first bad index, whoever finds it", arguments: [1, 200])
    func badIndex(_ width: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [width] in
            var places = (0..<20_000).map { $0 % 7 }
            places[9_000] = -8
            places[15_000] = 7
            let x = NDArray.full([20_000, width], 1, .float32)
            _ = x.scatterAdd(NDArray(places, [20_000]), rows: 7)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("index -8 at position 9000 is out of range for 7 rows"))
    }

    @Test("writes, multiplies and compares too, by the dtype's own order")
    func rules() {
        let index = NDArray([1, 0, -1, 1], [4])
        func made(_ rule: ScatterRule, _ values: [Double], _ dtype: DType, _ start: Int) -> [Double]
        {
            let x = NDArray(values, [4]).cast(to: dtype)
            return x.scatter(rule, index, rows: 2, over: Scalar(start)).values()
        }
        for dtype in [DType.float32, .float64, .float16, .bfloat16, .int8, .int32, .int64] {
            #expect(made(.put, [3, -5, 7, 2], dtype, 1) == [-5, 2])
            #expect(made(.multiply, [3, -5, 7, 2], dtype, 1) == [-5, 42])
            #expect(made(.maximum, [3, -5, 7, 2], dtype, 1) == [1, 7])
            #expect(made(.minimum, [3, -5, 7, 2], dtype, 9) == [-5, 2])
        }
        #expect(made(.maximum, [3, 200, 7, 2], .uint8, 100) == [200, 100])
        #expect(made(.minimum, [3, 200, 7, 2], .uint8, 100) == [100, 2])
        #expect(made(.multiply, [3, 100, 7, 20], .int8, 1) == [100, -92])
        #expect(made(.put, [0, 1, 1, 0], .bool, 0) == [1, 0])
        #expect(made(.maximum, [0, 0, 1, 0], .bool, 0) == [0, 1])
        #expect(made(.minimum, [1, 1, 0, 1], .bool, 1) == [1, 0])
        let nan = made(.maximum, [.nan, 1, 2, 3], .float32, 0)
        #expect(nan[0] == 1 && nan[1].isNaN)
    }
}
