import CKernels
import Tensor
import Testing

@Suite("Products of the other elements")
struct KernelOthersTests {
    /// By multiplying, which overflows and vanishes where it must not, unless exponents are small.
    private func reference(_ x: [Double]) -> [Double] {
        x.indices.map { own in x.indices.reduce(1) { $1 == own ? $0 : $0 * x[$1] } }
    }

    private func others(_ isa: Int32, _ x: [Double]) -> [Double] {
        var out = [Double](repeating: -1, count: x.count)
        kernels(isa).others_rows(DType.float64.rawValue, 1, Int64(x.count), x, &out)
        return out
    }

    @Test("follow the definition in rows of any length", arguments: instructionSets)
    func definition(_ isa: Int32) {
        var random = TestRandom(11)
        for n in [1, 2, 3, 7, 8, 9, 16, 33, 100, 257] {
            let x = (0..<n * 3).map { _ in Double(random.bits() % 1000) / 1000 - 0.5 }
                .map { $0 < 0 ? $0 - 0.7 : $0 + 0.7 }
            var out = [Double](repeating: 0, count: n * 3)
            kernels(isa).others_rows(DType.float64.rawValue, 3, Int64(n), x, &out)
            let narrow = x.map { Float($0) }
            var narrowOut = [Float](repeating: 0, count: n * 3)
            kernels(isa).others_rows(DType.float32.rawValue, 3, Int64(n), narrow, &narrowOut)
            for row in 0..<3 {
                let range = row * n..<(row + 1) * n
                for (i, expected) in zip(range, reference(Array(x[range]))) {
                    #expect(abs(out[i] - expected) <= 1e-13 * abs(expected))
                    let bound = 1e-7 * Double(n + 1) * abs(expected)
                    #expect(abs(Double(narrowOut[i]) - expected) <= bound)
                }
            }
        }
    }

    @Test("take zeros, infinities and NaN as multiplication does", arguments: instructionSets)
    func specials(_ isa: Int32) {
        let values: [Double] = [0, -0.0, 2, -3, .infinity, -.infinity, .nan]
        for a in values {
            for b in values {
                for c in values {
                    let x = [a, b, c]
                    for (found, expected) in zip(others(isa, x), reference(x)) {
                        let isSame = found == expected && found.sign == expected.sign
                        #expect(isSame || found.isNaN && expected.isNaN, "\(x)")
                    }
                }
            }
        }
    }

    @Test("neither overflow nor vanish on the way", arguments: instructionSets)
    func extremes(_ isa: Int32) {
        #expect(others(isa, [1e200, 1e200]) == [1e200, 1e200])
        #expect(others(isa, [1e-200, 1e-200]) == [1e-200, 1e-200])
        let mixed = [1e300, 1e300, 1e-300, 1e-300, 0]
        let found = others(isa, mixed)
        #expect(found.dropLast().allSatisfy { $0 == 0 } && abs(found[4] - 1) < 1e-12)
        let long = [Double](repeating: 1e300, count: 500) + [Double](repeating: 1e-300, count: 500)
        for (found, x) in zip(others(isa, long), long) {
            #expect(abs(found * x - 1) < 1e-10)
        }
        let out = others(isa, [Double](repeating: 1e300, count: 100_000))
        #expect(out.allSatisfy { $0 == .infinity })
        let tiny = others(isa, [Double](repeating: -1e-300, count: 100_001))
        #expect(tiny.allSatisfy { $0 == 0 && $0.sign == .plus })
    }
}
