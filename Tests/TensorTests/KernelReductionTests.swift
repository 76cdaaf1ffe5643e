import CKernels
import Tensor
import Testing

@Suite("Reductions")
struct KernelReductionTests {
    /// Reduces a matrix along its rows, or down its columns, in one piece.
    static func reduce<A: BitwiseCopyable, B: BitwiseCopyable>(
        _ isa: Int32, _ operation: Reduction, _ dtype: DType, _ x: [A], rows: Int, byRows: Bool,
        kept: Range<Int>? = nil, _ zero: B
    ) -> [B] {
        let columns = x.count / rows
        var plan = ft_reduction()
        plan.op = Int32(operation.rawValue)
        plan.dtype = dtype.rawValue
        plan.out_dtype = ft_reduction_result(plan.op, plan.dtype)
        ft_reduction_begin(&plan)
        if rows > 1 { ft_reduction_axis(&plan, !byRows, Int64(rows), Int64(columns), 0, 1) }
        if columns > 1 { ft_reduction_axis(&plan, byRows, Int64(columns), 1, 0, 1) }
        ft_reduction_plan(&plan)
        var out = [B](repeating: zero, count: byRows ? rows : columns)
        let kept = kept ?? 0..<out.count
        x.withUnsafeBytes { x in
            out.withUnsafeMutableBytes { out in
                plan.x = x.baseAddress
                plan.y = x.baseAddress
                plan.out = out.baseAddress
                kernels(isa).reduce(
                    &plan, Int64(kept.lowerBound), Int64(kept.upperBound), 0, plan.reduced_count,
                    nil)
            }
        }
        return out
    }

    static func rows<A: BitwiseCopyable, B: BitwiseCopyable>(
        _ isa: Int32, _ operation: Reduction, _ dtype: DType, _ x: [A], rows: Int, _ zero: B
    ) -> [B] { reduce(isa, operation, dtype, x, rows: rows, byRows: true, zero) }

    static func columns<A: BitwiseCopyable, B: BitwiseCopyable>(
        _ isa: Int32, _ operation: Reduction, _ dtype: DType, _ x: [A], columns: Int, _ zero: B
    ) -> [B] {
        reduce(isa, operation, dtype, x, rows: x.count / columns, byRows: false, zero)
    }

    @Test(
        "sums of float32 stay near the double sum",
        arguments: [1, 2, 9, 15, 16, 17, 63, 64, 100, 1000, 1024, 1025, 5000, 100_003])
    func sums(_ n: Int) {
        var random = TestRandom(UInt64(n))
        let x = random.floats(n, in: 0...1)
        let expected = x.reduce(0.0) { $0 + Double($1) }
        var results: Set<Float> = []
        for isa in instructionSets {
            let row = Self.rows(isa, .sum, .float32, x, rows: 1, Float(0))[0]
            #expect(ulps(row, expected) <= 2)
            results.insert(row)
            let column = Self.columns(isa, .sum, .float32, x, columns: 1, Float(0))[0]
            #expect(ulps(column, expected) <= 8)
            let wide = Self.rows(isa, .sum, .float64, x.map { Double($0) }, rows: 1, 0.0)[0]
            #expect(abs(wide - expected) <= 1e-12 * expected)
            let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(kernels(isa).sum_squares(0, Int64(n), x) - squares) <= 1e-12 * squares)
        }
        #expect(results.count == 1)
    }

    @Test("a long column of ones is counted exactly", arguments: instructionSets)
    func longColumn(_ isa: Int32) {
        let n = 1 << 18
        let ones = [Float](repeating: 1, count: n * 3)
        #expect(
            Self.columns(isa, .sum, .float32, ones, columns: 3, Float(0)) == [
                262144, 262144, 262144,
            ])
        let halves = [Float16](repeating: 1, count: 4096)
        #expect(Self.rows(isa, .sum, .float16, halves, rows: 1, Float16(0)) == [4096])
        #expect(
            Self.columns(isa, .sum, .float16, halves, columns: 2, Float16(0)) == [2048, 2048])
    }

    @Test("columns do not depend on how they are cut", arguments: instructionSets)
    func columnCuts(_ isa: Int32) {
        var random = TestRandom(4)
        let (n, m) = (77, 611)
        let x = random.floats(n * m, in: -1...1)
        let whole = Self.columns(isa, .sum, .float32, x, columns: m, Float(0))
        var pieces = [Float](repeating: 0, count: m)
        for range in cuts(m) {
            let part = Self.reduce(
                isa, .sum, .float32, x, rows: n, byRows: false, kept: range, Float(0))
            pieces.replaceSubrange(range, with: part[range])
        }
        #expect(whole == pieces)
        for j in [0, 300, 610] {
            let expected = (0..<n).reduce(0.0) { $0 + Double(x[$1 * m + j]) }
            #expect(abs(Double(whole[j]) - expected) < 1e-5)
        }
    }

    @Test("extremes find their element and keep NaN", arguments: [1, 7, 16, 33, 64, 200, 3000])
    func extremes(_ n: Int) {
        var random = TestRandom(5)
        for isa in instructionSets {
            for position in [0, n / 2, n - 1] {
                var x = random.floats(n, in: -1...1)
                x[position] = 5
                func check(_ operation: Reduction, _ x: [Float], _ expected: Float) {
                    let row = Self.rows(isa, operation, .float32, x, rows: 1, Float(0))[0]
                    let column = Self.columns(isa, operation, .float32, x, columns: 1, Float(0))[0]
                    #expect(row == expected || (row.isNaN && expected.isNaN))
                    #expect(column == expected || (column.isNaN && expected.isNaN))
                    var at = [Int64](repeating: -1, count: 1)
                    let isMaximum = operation == .maximum
                    kernels(isa).arg_rows(isMaximum, 0, 1, Int64(n), Int64(n), x, &at)
                    #expect(at[0] == position)
                }
                check(.maximum, x, 5)
                check(.minimum, x.map { -$0 }, -5)
                x[position] = .nan
                check(.maximum, x, .nan)
                check(.minimum, x, .nan)
            }
        }
    }

    @Test("the first of equal extremes wins, in every dtype", arguments: DType.allCases)
    func firstExtreme(_ dtype: DType) {
        let values: [Float] = (0..<300).map { $0 == 70 || $0 == 290 ? 1 : 0 }
        for isa in instructionSets {
            let x = KernelCopyTests.convert(isa, .float32, dtype, values, UInt64(0))
            var at: [Int64] = [-1]
            kernels(isa).arg_rows(true, dtype.rawValue, 1, 300, 300, x, &at)
            #expect(at[0] == 70)
            kernels(isa).arg_rows(false, dtype.rawValue, 1, 300, 300, x, &at)
            #expect(at[0] == 0)
        }
    }

    @Test("integers sum and multiply in 64 bits", arguments: instructionSets)
    func integers(_ isa: Int32) {
        let x = [Int8](repeating: -128, count: 1000)
        #expect(Self.rows(isa, .sum, .int8, x, rows: 2, Int64(0)) == [-64000, -64000])
        #expect(Self.columns(isa, .sum, .int8, x, columns: 2, Int64(0)) == [-64000, -64000])
        #expect(
            Self.rows(
                isa, .product, .int32, [3, -4, 1_000_000_000] as [Int32], rows: 1, Int64(0))
                == [-12_000_000_000])
        #expect(
            Self.rows(isa, .maximum, .uint8, [3, 255, 1] as [UInt8], rows: 1, UInt8(0)) == [255]
        )
        #expect(
            Self.rows(isa, .minimum, .int64, [3, -5, 1] as [Int64], rows: 1, Int64(0)) == [-5])
        let flags: [UInt8] = [1, 0, 1, 1, 1, 1]
        #expect(Self.rows(isa, .sum, .bool, flags, rows: 2, Int64(0)) == [2, 3])
        #expect(Self.rows(isa, .all, .bool, flags, rows: 2, UInt8(0)) == [0, 1])
        #expect(Self.columns(isa, .any, .bool, flags, columns: 3, UInt8(0)) == [1, 1, 1])
        #expect(Self.columns(isa, .all, .bool, flags, columns: 3, UInt8(0)) == [1, 0, 1])
        #expect(
            Self.rows(isa, .any, .float32, [0, -0.0, 0, 0.5] as [Float], rows: 2, UInt8(0))
                == [
                    0, 1,
                ])
        #expect(
            Self.rows(
                isa, .product, .float32, [1e30, 1e30, 1e-30, 1e-30] as [Float], rows: 1,
                Float(0)) == [1])
    }

    @Test("scans run along rows", arguments: instructionSets)
    func scans(_ isa: Int32) {
        var out = [Float](repeating: 0, count: 6)
        kernels(isa).scan_rows(
            Int32(Reduction.sum.rawValue), 0, 2, 3, [1, 2, 3, 4, 5, 6] as [Float], &out)
        #expect(out == [1, 3, 6, 4, 9, 15])
        var counts = [Int64](repeating: 0, count: 4)
        kernels(isa).scan_rows(
            Int32(Reduction.product.rawValue), DType.int32.rawValue, 1, 4, [1, 2, 3, 4] as [Int32],
            &counts)
        #expect(counts == [1, 2, 6, 24])
    }

    @Test("one bad value among many is found", arguments: instructionSets)
    func finite(_ isa: Int32) {
        for bad in [Float.nan, .infinity, -.infinity] {
            for n in [1, 255, 256, 1000] {
                var x = [Float](repeating: 3e38, count: n)
                #expect(kernels(isa).all_finite(0, Int64(n), x))
                x[n - 1] = bad
                #expect(!kernels(isa).all_finite(0, Int64(n), x))
                #expect(
                    !kernels(isa).all_finite(DType.float64.rawValue, Int64(n), x.map { Double($0) })
                )
            }
        }
    }
}
