import Tensor
import Testing

@Suite("Order along rows")
struct OrderTests {
    /// Elements with many ties, NaN of both signs, infinities and both zeros where there are such.
    private static func sample(_ count: Int, _ dtype: DType, spread: Double = 40) -> NDArray {
        var random = TestRandom(UInt64(count))
        let values = (0..<count).map { position -> Double in
            let value = random.value(in: -spread...spread).rounded()
            guard dtype.isFloat else { return value }
            switch position % 53 {
            case 7: return .nan
            case 11: return -.nan
            case 13: return .infinity
            case 17: return -.infinity
            case 19: return -0.0
            default: return value / 4
            }
        }
        return NDArray(values, [count]).cast(to: dtype)
    }

    /// The places in order by the standard library's sort, NaN above all.
    private static func places(_ row: [Double], descending: Bool) -> [Int] {
        func isBefore(_ a: Int, _ b: Int) -> Bool {
            let (x, y) = descending ? (row[b], row[a]) : (row[a], row[b])
            if x == y || x.isNaN && y.isNaN { return a < b }
            return x < y || y.isNaN && !x.isNaN
        }
        return row.indices.sorted(by: isBefore)
    }

    private static func rows(_ x: NDArray, descending: Bool) -> [Int] {
        let n = x.shape[x.rank - 1]
        let values = x.values(as: Double.self)
        return stride(from: 0, to: values.count, by: n).flatMap {
            places(Array(values[$0..<$0 + n]), descending: descending)
        }
    }

    private static func onThreads<R>(_ count: Int, _ body: () -> R) -> R {
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        CPUBackend.shared.threads = count
        return body()
    }

    @Test(
        "sorts rows of every length, equal elements as they come, NaN last",
        arguments: DType.allCases,
        [[700, 1], [300, 7], [40, 128], [40, 129], [9, 300], [3, 5000]])
    func sort(_ dtype: DType, _ shape: [Int]) {
        let x = Self.sample(shape[0] * shape[1], dtype).reshape(Shape(shape))
        for descending in [false, true] {
            let order = x.order(descending: descending)
            #expect(order.values(as: Int.self) == Self.rows(x, descending: descending))
        }
    }

    @Test(
        "sorts a long row to the same places at any number of threads",
        arguments: DType.allCases)
    func longRow(_ dtype: DType) {
        let x = Self.sample(2 * 70_001, dtype, spread: 1e6).reshape([2, 70_001])
        let expected = Self.rows(x, descending: true)
        for threads in [1, 2] {
            let order = Self.onThreads(threads) { x.order(descending: true) }
            #expect(order.values(as: Int.self) == expected)
        }
    }

    @Test("sorts the whole range of 64-bit integers, which doubles can't tell apart")
    func wide() {
        let values: [Int] = [.max, .min, 0, .max - 1, .min + 1, -1, 1, .max]
        let order = NDArray(values, [8]).order(descending: false)
        #expect(order.values(as: Int.self) == [1, 4, 5, 2, 6, 3, 0, 7])
    }

    @Test(
        "chooses the best as sorting does, however many and of however many",
        arguments: DType.allCases,
        [
            [1, 1, 1], [50, 9, 4], [20, 1000, 10], [20, 1000, 300], [2, 5000, 1], [1, 300_000, 10],
            [1, 300_000, 3000], [1, 140_001, 90_000], [3, 20_000, 0],
        ])
    func top(_ dtype: DType, _ sizes: [Int]) {
        let (rows, n, k) = (sizes[0], sizes[1], sizes[2])
        let x = Self.sample(rows * n, dtype, spread: 1000).reshape([rows, n])
        for largest in [false, true] {
            let all = x.order(descending: largest)
            let expected = all.slice(axis: 1, start: 0, count: k).values(as: Int.self)
            for threads in [1, 2] {
                let best = Self.onThreads(threads) { x.top(k, largest: largest) }
                #expect(best.values(as: Int.self) == expected)
            }
        }
    }

    @Test("chooses of elements that come the worst first, or are all alike")
    func worst() {
        for x in [NDArray.range(0, 200_000, .float32), .full([200_000], 3, .int8)] {
            for largest in [false, true] {
                let all = x.order(descending: largest).slice(axis: 0, start: 0, count: 100)
                #expect(
                    x.top(100, largest: largest).values(as: Int.self) == all.values(as: Int.self))
            }
        }
    }

    @Test("takes along rows, and adds at places, wherever a thread's share begins")
    func along() {
        let x = Self.sample(30 * 1001, .float32).reshape([30, 1001])
        let order = x.order(descending: false)
        let taken = x.takeAlong(order).values(as: Float.self)
        let (values, places) = (x.values(as: Float.self), order.values(as: Int.self))
        let expected = places.enumerated().map { values[$0.offset / 1001 * 1001 + $0.element] }
        #expect(bits(taken) == bits(expected))
        let back = x.takeAlong(order).addAlong(order, size: 1001).values(as: Float.self)
        #expect(zip(back, values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    }

    @Test("names an index that lies outside its row")
    func outside() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = NDArray.range(0, 6).reshape([2, 3]).takeAlong(NDArray([0, 2, 3, 1], [2, 2]))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("takeAlong: index 3 is out of range for rows of 3 elements"))
    }

    @Test(
        "finds running extremes, the last of equal ones, as PyTorch does", arguments: DType.allCases
    )
    func running(_ dtype: DType) {
        let x = NDArray([1.0, 3, 2, 3, 0, 0, 4], [7]).cast(to: dtype)
        let isBool = dtype == .bool
        #expect(
            x.runningExtreme(maximum: true).values(as: Int.self)
                == (isBool ? [0, 1, 2, 3, 3, 3, 6] : [0, 1, 1, 3, 3, 3, 6]))
        #expect(
            x.runningExtreme(maximum: false).values(as: Int.self)
                == (isBool ? [0, 1, 2, 3, 4, 5, 5] : [0, 0, 0, 0, 4, 5, 5]))
        guard dtype.isFloat else { return }
        let nan = NDArray([1.0, 3, .nan, 1, .nan, 2], [6]).cast(to: dtype)
        #expect(nan.runningExtreme(maximum: true).values(as: Int.self) == [0, 1, 2, 2, 4, 4])
        #expect(nan.runningExtreme(maximum: false).values(as: Int.self) == [0, 0, 2, 2, 4, 4])
    }

    @Test("finds places in sorted rows, on either side of equals", arguments: DType.allCases)
    func search(_ dtype: DType) {
        if dtype == .bool { return }
        let sorted = NDArray([1.0, 2, 2, 5], [4]).cast(to: dtype)
        let values = NDArray([0.0, 1, 2, 3, 5, 6], [2, 3]).cast(to: dtype)
        #expect(sorted.search(values, right: false).values(as: Int.self) == [0, 0, 1, 3, 3, 4])
        #expect(sorted.search(values, right: true).values(as: Int.self) == [0, 1, 3, 3, 4, 4])
        let rows = NDArray([1.0, 2, 3, 4], [2, 2]).cast(to: dtype)
        let each = NDArray([2.0, 2.0], [2, 1]).cast(to: dtype)
        #expect(rows.search(each, right: true).values(as: Int.self) == [2, 0])
        guard dtype.isFloat else { return }
        let nan = NDArray([.nan, 2.0], [2]).cast(to: dtype)
        let withNaN = NDArray([1.0, 2, .nan], [3]).cast(to: dtype)
        #expect(withNaN.search(nan, right: false).values(as: Int.self) == [3, 1])
        #expect(withNaN.search(nan, right: true).values(as: Int.self) == [3, 2])
    }

    @Test(
        "finds as many places as there are values, in rows of any length",
        arguments: [0, 1, 2, 7, 64, 1001])
    func searchMany(_ n: Int) {
        let row = Self.sample(n, .float64).values(as: Double.self).filter { !$0.isNaN }.sorted()
        let values = Self.sample(5003, .float64).values(as: Double.self)
        for right in [false, true] {
            let places = NDArray(row, [row.count]).search(NDArray(values, [5003]), right: right)
            let expected = values.map { value in
                value.isNaN ? row.count : row.filter { right ? $0 <= value : $0 < value }.count
            }
            #expect(places.values(as: Int.self) == expected)
        }
    }

    @Test("finds running extremes of long rows", arguments: [31, 32, 33, 1000])
    func runningLong(_ n: Int) {
        let x = Self.sample(3 * n, .float32).reshape([3, n])
        let values = x.values(as: Float.self)
        for maximum in [true, false] {
            var expected: [Int] = []
            for row in 0..<3 {
                var at = 0
                for i in 0..<n {
                    let (value, best) = (values[row * n + i], values[row * n + at])
                    if value.isNaN || (maximum ? value >= best : value <= best) { at = i }
                    expected.append(at)
                }
            }
            #expect(x.runningExtreme(maximum: maximum).values(as: Int.self) == expected)
        }
    }

    @Test(
        "runs a recurrence both ways, rounding halves only as they leave", arguments: DType.allCases
    )
    func recurrence(_ dtype: DType) {
        guard dtype.isFloat else { return }
        let a = NDArray([9.0, 2, 3, 0, 0.5, 0.5], [2, 3]).cast(to: dtype)
        let b = NDArray([1.0, 1, 1, 4, 0, 8], [2, 3]).cast(to: dtype)
        #expect(a.recur(b, reversed: false).values(as: Double.self) == [1, 3, 10, 4, 2, 9])
        #expect(a.recur(b, reversed: true).values(as: Double.self) == [28, 3, 1, 4, 4, 8])
        let ones = NDArray.full([5000], 1, dtype)
        let sum = ones.recur(ones, reversed: true).slice(axis: 0, start: 0, count: 1)
        let expected = NDArray.full([1], 5000, .float64).cast(to: dtype)
        #expect(sum.values(as: Double.self) == expected.values(as: Double.self))
    }
}
