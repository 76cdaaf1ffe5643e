import CKernels
import Tensor
import Testing

@Suite("Ranks and counts along rows")
struct RankTests {
    private static func sample(_ count: Int, _ seed: Int) -> [Float] {
        var random = TestRandom(UInt64(seed))
        return (0..<count).map { place in
            let value = Float(random.value(in: -40...40).rounded() / 4)
            return place % 61 == 7 ? .nan : place % 61 == 11 ? -0.0 : value
        }
    }

    /// The places in order, NaN last, equal elements as they come.
    private static func order(_ row: ArraySlice<Float>) -> [Int] {
        row.indices.sorted { a, b in
            let (x, y) = (row[a], row[b])
            if x == y || x.isNaN && y.isNaN { return a < b }
            return x < y || y.isNaN && !x.isNaN
        }.map { $0 - row.startIndex }
    }

    @Test("find the element of a rank as sorting does", arguments: instructionSets)
    func ranks(_ isa: Int32) {
        for n in [1, 2, 3, 8, 9, 31, 64, 65, 1000] {
            let rows = 5
            let x = Self.sample(rows * n, n)
            var room = [UInt64](repeating: 0, count: 2 * (n + 8))
            for rank in [0, n / 3, n - 1, -1, -2] {
                var found = [Int64](repeating: -1, count: rows)
                kernels(isa).rank_rows(
                    DType.float32.rawValue, Int64(rank), Int64(rows), Int64(n), x, &found, &room)
                let expected = (0..<rows).map { row -> Int64 in
                    let values = x[row * n..<(row + 1) * n]
                    let order = Self.order(values)
                    let numbers = values.count { !$0.isNaN }
                    switch rank {
                    case -1: return Int64(order[numbers < n ? numbers : (n - 1) / 2])
                    case -2: return Int64(order[max(0, numbers - 1) / 2])
                    default: return Int64(order[rank])
                    }
                }
                #expect(found == expected, "\(n) at \(rank)")
            }
        }
    }

    @Test("find the middle of what parts badly: in order, all alike, rising and falling")
    func badRows() {
        let n = 60_000
        let rows: [NDArray] = [
            .range(0, n, .int32), .full([n], 3, .int64),
            NDArray((0..<n).map { Int32($0 < n / 2 ? $0 : n - $0) }),
            NDArray((0..<n).map { Int32($0 % 2 == 0 ? $0 : n - $0) }),
        ]
        for row in rows {
            let middle = row.order(descending: false).values(as: Int.self)[(n - 1) / 2]
            #expect(row.place(of: .median).values(as: Int.self) == [middle])
        }
    }

    @Test("run to the same extremes on every instruction set", arguments: instructionSets)
    func running(_ isa: Int32) {
        for n in [1, 31, 32, 33, 256, 257, 700] {
            let x = Self.sample(2 * n, n) + (0..<n).map { Float($0) } + (0..<n).map { -Float($0) }
            for maximum in [true, false] {
                var found = [Int64](repeating: -1, count: 4 * n)
                kernels(isa).running_extreme(
                    DType.float32.rawValue, maximum, 4, Int64(n), x, &found)
                var expected: [Int64] = []
                for row in 0..<4 {
                    var best = 0
                    for i in 0..<n {
                        let (value, so) = (x[row * n + i], x[row * n + best])
                        let reaches = maximum ? value >= so : value <= so
                        if value.isNaN || reaches && !so.isNaN { best = i }
                        expected.append(Int64(best))
                    }
                }
                #expect(found == expected, "\(n)")
            }
        }
    }

    @Test("count between edges, by any rule, as comparing does", arguments: instructionSets)
    func bins(_ isa: Int32) {
        let x = Self.sample(1003, 5) + [-10, 10, 5, .infinity, -.infinity, 9.999999]
        let bins = 7
        let edges = (0...bins).map { Float(-10) + Float($0) * (Float(20) / Float(bins)) }
        let high = edges[bins]
        var expected = [Int64](repeating: 0, count: bins + 1)
        for value in x {
            guard value >= edges[0], value <= high else {
                expected[bins] += 1
                continue
            }
            let place = edges.lastIndex { value >= $0 } ?? 0
            expected[min(place, bins - 1)] += 1
        }
        for rule in [FT_BINS_EDGES, FT_BINS_ANY] {
            var counts = [Int64](repeating: 0, count: bins + 1)
            kernels(isa).bins(
                Int32(rule.rawValue), DType.float32.rawValue, Int64(x.count), x,
                Int64(edges.count), edges, Int64(bins), &counts)
            #expect(counts == expected)
        }
        var even = [Int64](repeating: 0, count: bins + 1)
        kernels(isa).bins(
            Int32(FT_BINS_EVEN.rawValue), DType.float32.rawValue, Int64(x.count), x, 2,
            [Float(-10), high], Int64(bins), &even)
        var byArithmetic = [Int64](repeating: 0, count: bins + 1)
        for value in x {
            let isInside = value >= -10 && value <= high
            let place = isInside ? Int((value + 10) * Float(bins) / (high + 10)) : bins
            byArithmetic[isInside ? min(place, bins - 1) : bins] += 1
        }
        #expect(even == byArithmetic)
    }

    @Test("count alike in any number of threads, in one row and in several")
    func threads() {
        let x = Random(seed: 3).normal([4, 50_001])
        let edges = NDArray((0...20).map { Float($0) / 5 - 2 })
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        CPUBackend.shared.threads = 1
        let alone = x.counts(20, between: edges, .any)
        let whole = x.reshape([4 * 50_001]).counts(20, between: edges, .edges)
        CPUBackend.shared.threads = 2
        let together = x.counts(20, between: edges, .edges)
        #expect(alone.values(as: Int.self) == together.values(as: Int.self))
        let sums = together.reduce(.sum, axes: [0], keepDims: false).values(as: Int.self)
        #expect(whole.values(as: Int.self) == sums)
        let again = x.reshape([4 * 50_001]).counts(20, between: edges, .any)
        #expect(again.values(as: Int.self) == sums)
    }
}
