import CKernels
import Glibc
import Tensor
import Testing

@Suite("Random kernels")
struct KernelRandomTests {
    static func words(
        _ isa: Int32, seed: UInt64, stream: UInt64, first: UInt64, count: Int
    ) -> [UInt32] {
        var out = [UInt32](repeating: 0, count: count)
        kernels(isa).philox_words(seed, stream, first, 0, Int64(count), &out)
        return out
    }

    @Test("Philox 4x32-10 gives the published vectors", arguments: instructionSets)
    func knownAnswers(_ isa: Int32) {
        let zero = Self.words(isa, seed: 0, stream: 0, first: 0, count: 4)
        #expect(zero == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        let ones = Self.words(isa, seed: .max, stream: .max, first: .max, count: 4)
        #expect(ones == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        let pi = Self.words(
            isa, seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e,
            first: 0x85a3_08d3_243f_6a88, count: 4)
        #expect(pi == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test("blocks follow each other", arguments: instructionSets)
    func blocks(_ isa: Int32) {
        let first: UInt64 = 0xffff_fffe
        let together = Self.words(isa, seed: 5, stream: 6, first: first, count: 402)
        for block in [0, 1, 2, 3, 50, 99] {
            let alone = Self.words(isa, seed: 5, stream: 6, first: first + UInt64(block), count: 4)
            #expect(Array(together[block * 4..<block * 4 + 4]) == alone)
        }
    }

    @Test("uniform numbers fill the interval, the same bits everywhere and in pieces")
    func uniform() {
        let count = 10_001
        func fill(_ isa: Int32, _ ranges: [Range<Int>], _ low: Double, _ high: Double) -> [Float] {
            var out = [Float](repeating: -9, count: count)
            for range in ranges {
                kernels(isa).random_uniform(
                    0, 1, 2, 3, Int64(range.lowerBound), Int64(range.upperBound), low, high,
                    &out)
            }
            return out
        }
        let reference = fill(0, [0..<count], -1.1, 0.7)
        let unit = fill(0, [0..<count], 0, 1)
        let words = Self.words(0, seed: 1, stream: 2, first: 3, count: count)
        #expect(unit == words.map { Float($0 >> 8) * 0x1p-24 })
        #expect(reference.allSatisfy { $0 >= -1.1 && $0 < 0.7 })
        let mean = unit.reduce(0.0) { $0 + Double($1) } / Double(count)
        #expect(abs(mean - 0.5) < 0.015)
        for isa in instructionSets {
            #expect(fill(isa, cuts(count, step: 4), -1.1, 0.7) == reference)
            var doubles = [Double](repeating: -1, count: count)
            var pieces = doubles
            kernels(isa).random_uniform(1, 1, 2, 3, 0, Int64(count), 0, 1, &doubles)
            for range in cuts(count, step: 2) {
                kernels(isa).random_uniform(
                    1, 1, 2, 3, Int64(range.lowerBound), Int64(range.upperBound), 0, 1, &pieces
                )
            }
            #expect(doubles == pieces && doubles.allSatisfy { $0 >= 0 && $0 < 1 })
            let high = UInt64(words[2]) << 32 | UInt64(words[3])
            #expect(doubles[1] == Double(high >> 11) * 0x1p-53)
        }
    }

    @Test("normal numbers have the right moments and do not depend on cuts")
    func normal() {
        let count = 40_000
        for isa in instructionSets {
            var x = [Float](repeating: .nan, count: count)
            var pieces = x
            var wide = [Double](repeating: .nan, count: count)
            kernels(isa).random_normal(0, 7, 8, 0, 0, Int64(count), 2, 3, &x)
            kernels(isa).random_normal(1, 7, 8, 0, 0, Int64(count), 2, 3, &wide)
            for range in cuts(count, step: 4) {
                kernels(isa).random_normal(
                    0, 7, 8, 0, Int64(range.lowerBound), Int64(range.upperBound), 2, 3,
                    &pieces)
            }
            #expect(x == pieces)
            for values in [x.map { Double($0) }, wide] {
                let z = values.map { ($0 - 2) / 3 }
                let moments = (1...4).map { k in
                    z.reduce(0.0) { $0 + pow($1, Double(k)) } / Double(count)
                }
                #expect(abs(moments[0]) < 0.02 && abs(moments[1] - 1) < 0.03)
                #expect(abs(moments[2]) < 0.08 && abs(moments[3] - 3) < 0.2)
            }
            // The first pair, by the definition.
            let words = Self.words(isa, seed: 7, stream: 8, first: 0, count: 2)
            let u = (Double(words[0] >> 1) + 0.5) * 0x1p-31
            let angle = 2 * Double.pi * Double(words[1] >> 8) * 0x1p-24
            let radius = 3 * (-2 * log(u)).squareRoot()
            #expect(abs(Double(x[0]) - (2 + radius * cos(angle))) < 2e-6)
            #expect(abs(Double(x[1]) - (2 + radius * sin(angle))) < 2e-6)
        }
    }

    @Test("dropout drops the same elements for every dtype and instruction set")
    func dropout() {
        let count = 5003
        let words = Self.words(0, seed: 3, stream: 4, first: 9, count: count)
        let kept = words.map { Double($0 >> 8) * 0x1p-24 >= 0.3 }
        #expect(abs(Double(kept.count { $0 }) / Double(count) - 0.7) < 0.03)
        for isa in instructionSets {
            for dtype in [DType.float32, .float64, .float16, .bfloat16] {
                let ones = [Float](repeating: 1, count: count)
                let x = KernelCopyTests.convert(isa, .float32, dtype, ones, UInt64(0))
                var out = x
                for range in cuts(count, step: 4) {
                    kernels(isa).dropout(
                        dtype.rawValue, 3, 4, 9, Int64(range.lowerBound),
                        Int64(range.upperBound), 0.3, x, &out)
                }
                let y = KernelCopyTests.convert(isa, dtype, .float32, out, Float(0))
                #expect(y.map { $0 != 0 } == kept)
                #expect(y.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 0.01 })
            }
            var none = [Float](repeating: 1, count: 9)
            kernels(isa).dropout(0, 3, 4, 9, 0, 9, 1, none, &none)
            #expect(none.allSatisfy { $0 == 0 })
        }
    }
}
