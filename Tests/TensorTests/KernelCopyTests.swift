import CKernels
import Tensor
import Testing

@Suite("Copies and conversions")
struct KernelCopyTests {
    static func convert<A: BitwiseCopyable, B: BitwiseCopyable>(
        _ isa: Int32, _ from: DType, _ to: DType, _ x: [A], _ zero: B
    ) -> [B] {
        var out = [B](repeating: zero, count: x.count)
        var loop = makeLoop(x.count)
        kernels(isa).copy(from.rawValue, to.rawValue, &loop, 0, Int64(x.count), x, &out)
        return out
    }

    @Test("every float16 pattern widens like Swift's and survives", arguments: instructionSets)
    func halfRoundTrip(_ isa: Int32) {
        let patterns = (0...65535).map { UInt16($0) }
        let floats = Self.convert(isa, .float16, .float32, patterns, Float(0))
        for (pattern, value) in zip(patterns, floats) {
            let expected = Float(Float16(bitPattern: pattern))
            let same = value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN)
            #expect(same, "pattern \(pattern)")
        }
        #expect(Self.convert(isa, .float32, .float16, floats, UInt16(0)) == patterns)
        let doubles = Self.convert(isa, .float16, .float64, patterns, Double(0))
        let numbers = patterns.filter { $0 & 0x7fff <= 0x7c00 }
        let back = Self.convert(isa, .float64, .float16, doubles, UInt16(0))
        #expect(zip(patterns, back).filter { $0.0 & 0x7fff <= 0x7c00 }.map(\.1) == numbers)
    }

    @Test("every bfloat16 pattern survives", arguments: instructionSets)
    func brainRoundTrip(_ isa: Int32) {
        let patterns = (0...65535).map { UInt16($0) }
        let floats = Self.convert(isa, .bfloat16, .float32, patterns, Float(0))
        #expect(floats.map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
        #expect(Self.convert(isa, .float32, .bfloat16, floats, UInt16(0)) == patterns)
    }

    @Test("float16 has the documented bits", arguments: instructionSets)
    func halfBits(_ isa: Int32) {
        let x: [Float] = [65504, 6.104e-5, 5.96e-8, .infinity, -.infinity, 0.1, -0.0, .nan]
        let half = Self.convert(isa, .float32, .float16, x, UInt16(0))
        #expect(half.dropLast() == [0x7bff, 0x0400, 0x0001, 0x7c00, 0xfc00, 0x2e66, 0x8000])
        #expect(half[7] & 0x7c00 == 0x7c00 && half[7] & 0x3ff != 0)
        #expect(
            Self.convert(isa, .float32, .float16, [65520, 65519] as [Float], UInt16(0)) == [
                0x7c00, 0x7bff,
            ])
    }

    @Test("float32 rounds to float16 to nearest even", arguments: instructionSets)
    func halfRounding(_ isa: Int32) {
        var random = TestRandom(3)
        let x = (0..<20000).map { _ in Float(bitPattern: random.bits()) }.filter { !$0.isNaN }
        let near = random.floats(20000, in: -1e-4...1e-4) + random.floats(20000, in: -7e4...7e4)
        for values in [x, near] {
            let half = Self.convert(isa, .float32, .float16, values, UInt16(0))
            #expect(half == values.map { Float16($0).bitPattern })
        }
    }

    @Test("float64 rounds to halves once", arguments: instructionSets)
    func doubleToHalf(_ isa: Int32) {
        // Just above and below the middle of two float16 values; float32 cannot tell them apart.
        let middle = 1 + 0x1p-11
        let x = [middle, middle + 0x1p-40, middle - 0x1p-40, -middle - 0x1p-40, 1e300, 0x1p-25]
        let half = Self.convert(isa, .float64, .float16, x, UInt16(0))
        #expect(half == [0x3c00, 0x3c01, 0x3c00, 0xbc01, 0x7c00, 0x0000])
        let brain = Self.convert(isa, .float64, .bfloat16, [1 + 0x1p-8 + 0x1p-40], UInt16(0))
        #expect(brain == [0x3f81])
    }

    @Test("floats saturate into integers and NaN gives 0", arguments: instructionSets)
    func saturation(_ isa: Int32) {
        let x: [Float] = [
            .nan, .infinity, -.infinity, -1.9, 1.9, 127.9, -129, 255.5, 300, 2_147_483_648, -3e9,
            9.3e18, -9.3e18, -0.5,
        ]
        func expected<T: FixedWidthInteger>(_: T.Type, _ x: Double) -> T {
            if x.isNaN { return 0 }
            if x <= Double(T.min) { return .min }
            return x >= Double(T.max) ? .max : T(x)
        }
        func check<T: FixedWidthInteger & BitwiseCopyable>(_ dtype: DType, _: T.Type) {
            let wide = x.map { Double($0) }
            let answer = wide.map { expected(T.self, $0) }
            #expect(Self.convert(isa, .float32, dtype, x, T(0)) == answer)
            #expect(Self.convert(isa, .float64, dtype, wide, T(0)) == answer)
        }
        check(.int8, Int8.self)
        check(.uint8, UInt8.self)
        check(.int16, Int16.self)
        check(.uint16, UInt16.self)
        check(.int32, Int32.self)
        check(.uint32, UInt32.self)
        check(.int64, Int64.self)
        check(.uint64, UInt64.self)
        #expect(
            Self.convert(isa, .float32, .bool, [0, -0.0, 0.1, .nan] as [Float], UInt8(0)) == [
                0, 0, 1, 1,
            ])
    }

    @Test("all pairs keep small whole numbers, strided and cut", arguments: DType.allCases)
    func allPairs(_ from: DType) {
        // 0 and 1 are exact in every dtype.
        let values: [Float] = (0..<360).map { $0 % 3 == 0 ? 1 : 0 }
        for isa in instructionSets {
            for to in DType.allCases {
                let source = Self.convert(isa, .float32, from, values, UInt64(0))
                var target = [UInt64](repeating: 0, count: 400)
                // Reads a (20, 18) matrix by columns and writes it backwards with gaps.
                var loop = makeLoop([18, 20], [1, 18], [-20, -1])
                target.withUnsafeMutableBytes { bytes in
                    let end = bytes.baseAddress! + 359 * to.size
                    for range in cuts(360) {
                        kernels(isa).copy(
                            from.rawValue, to.rawValue, &loop, Int64(range.lowerBound),
                            Int64(range.upperBound), source, end)
                    }
                }
                let back = Self.convert(isa, to, .float32, target, Float(0))
                let expected = (0..<360).map { i in
                    let flat = 359 - i
                    return values[flat % 20 * 18 + flat / 20]
                }
                #expect(Array(back[0..<360]) == expected, "\(from.name) to \(to.name)")
            }
        }
    }

    @Test("transposes whole batches and pieces", arguments: instructionSets)
    func transposing(_ isa: Int32) {
        let (batch, rows, columns) = (3, 37, 21)
        let count = batch * rows * columns
        let x = (0..<count).map { Float($0) }
        var loop = makeLoop(
            [batch, columns, rows], [rows * columns, 1, columns], [rows * columns, rows, 1])
        for ranges in [[0..<count], cuts(count, step: 9)] {
            var out = [Float](repeating: -1, count: count)
            for range in ranges {
                kernels(isa).copy(
                    0, 0, &loop, Int64(range.lowerBound), Int64(range.upperBound), x, &out)
            }
            let expected = (0..<count).map { i -> Float in
                let (b, rest) = i.quotientAndRemainder(dividingBy: rows * columns)
                return x[b * rows * columns + rest % rows * columns + rest / rows]
            }
            #expect(out == expected)
        }
    }

    @Test("fills, gathers and scatter-adds in order", arguments: instructionSets)
    func indexing(_ isa: Int32) {
        var filled = [Int8](repeating: 0, count: 9)
        kernels(isa).fill(DType.int8.rawValue, 7, [42] as [Int8], &filled)
        #expect(filled == [42, 42, 42, 42, 42, 42, 42, 0, 0])
        let table: [Float] = [0, 1, 10, 11, 20, 21]
        var out = [Float](repeating: 0, count: 6)
        var bad = kernels(isa).gather(3, 8, 3, table, [2, 0, -1], &out)
        #expect(bad == -1)
        #expect(out == [20, 21, 0, 1, 20, 21])
        bad = kernels(isa).gather(2, 4, 6, table, [5, 6], &out)
        #expect(out[0] == 21 && out[1] == 21 && bad == 1)
        var sums = [Float](repeating: 1, count: 6)
        let index: [Int64] = [2, 0, -1, 3]
        (table + [5, 5]).withUnsafeBytes { x in
            index.withUnsafeBufferPointer { index in
                sums.withUnsafeMutableBytes { sums in
                    var items = ft_scatter()
                    items.rule = Int32(FT_SCATTER_ADD.rawValue)
                    items.count = 4
                    items.width = 2
                    items.rows = 3
                    items.x = x.baseAddress
                    items.index = index.baseAddress
                    items.out = sums.baseAddress
                    // The last row apart, and its columns one by one.
                    bad = kernels(isa).scatter(&items, 0, 2, 0, 2)
                    for column in 0..<2 as Range<Int64> {
                        let found = kernels(isa).scatter(&items, 2, 3, column, column + 1)
                        #expect(found == bad)
                    }
                }
            }
        }
        #expect(sums == [11, 12, 1, 1, 21, 23] && bad == 3)
    }
}
