import CKernels
import Glibc
import Tensor
import Testing

@Suite("Unary kernels")
struct KernelUnaryTests {
    static func run(
        _ isa: Int32, _ operation: Int32, _ x: [Float], cut: [Range<Int>]? = nil
    ) -> [Float] {
        var out = [Float](repeating: .nan, count: x.count)
        var loop = makeLoop(x.count)
        for range in cut ?? [0..<x.count] {
            kernels(isa).unary(
                operation, DType.float32.rawValue, &loop, Int64(range.lowerBound),
                Int64(range.upperBound), x, &out, UnaryCase.p0, UnaryCase.p1)
        }
        return out
    }

    static func one(_ operation: UnaryFunction, _ x: Float, isa: Int32) -> Float {
        run(isa, Int32(operation.rawValue), [x])[0]
    }

    @Test("every operation has a case here")
    func complete() {
        let codes = Set(UnaryCase.all.map(\.code))
        #expect(codes == Set(0..<Int32(FT_UNARY_COUNT)))
    }

    @Test("float32 is within a few units in the last place", arguments: UnaryCase.all)
    func accuracy(_ test: UnaryCase) {
        for isa in instructionSets {
            for range in test.ranges {
                var random = TestRandom(7)
                let x = random.floats(5000, in: range)
                let y = Self.run(isa, test.code, x)
                let errors = zip(x, y).map {
                    ulps($1, test.reference(Double($0)), floor: test.floor)
                }
                let worst = errors.indices.max { errors[$0] < errors[$1] }!
                #expect(
                    errors[worst] <= test.tolerance, "isa \(isa), x = \(x[worst]): \(y[worst])")
            }
        }
    }

    @Test("float64 follows the C library", arguments: UnaryCase.all)
    func wide(_ test: UnaryCase) {
        var random = TestRandom(8)
        let x = (0..<500).map { _ in random.value(in: test.ranges[0]) }
        var loop = makeLoop(x.count)
        for isa in instructionSets {
            var y = [Double](repeating: 0, count: x.count)
            kernels(isa).unary(
                test.code, DType.float64.rawValue, &loop, 0, 500, x, &y, UnaryCase.p0,
                UnaryCase.p1)
            for (value, result) in zip(x, y) {
                let expected = test.reference(value)
                let close = abs(result - expected) <= 1e-13 * max(abs(expected), 1e-3)
                #expect(close || (result.isNaN && expected.isNaN), "x = \(value): \(result)")
            }
        }
    }

    @Test("the bits do not depend on how a range is cut", arguments: UnaryCase.all)
    func cutting(_ test: UnaryCase) {
        var random = TestRandom(9)
        var x = random.floats(3000, in: test.ranges[0])
        x.replaceSubrange(
            100..<106, with: [.nan, .infinity, -.infinity, 0, -0.0, Float(bitPattern: 700)])
        for isa in instructionSets {
            let whole = Self.run(isa, test.code, x)
            #expect(bits(Self.run(isa, test.code, x, cut: cuts(x.count))) == bits(whole))
        }
    }

    @Test("special values are right", arguments: instructionSets)
    func special(_ isa: Int32) {
        let inf = Float.infinity
        func check(_ operation: UnaryFunction, _ pairs: [(Float, Float)]) {
            for (x, y) in pairs {
                let result = Self.one(operation, x, isa: isa)
                #expect(result == y || (result.isNaN && y.isNaN), "\(operation) \(x): \(result)")
            }
        }
        check(
            UnaryFunction.exp, [(inf, inf), (-inf, 0), (.nan, .nan), (0, 1), (89, inf), (-105, 0)])
        check(
            UnaryFunction.log,
            [(0, -inf), (-1, .nan), (inf, inf), (.nan, .nan), (1, 0), (-0.0, -inf)])
        check(UnaryFunction.log2, [(0, -inf), (8, 3), (0.125, -3), (-1, .nan), (inf, inf)])
        check(UnaryFunction.log1p, [(-1, -inf), (-2, .nan), (inf, inf), (0, 0), (1e-30, 1e-30)])
        check(UnaryFunction.expm1, [(-inf, -1), (inf, inf), (0, 0), (1e-30, 1e-30), (.nan, .nan)])
        check(UnaryFunction.tanh, [(50, 1), (-50, -1), (inf, 1), (-inf, -1), (.nan, .nan), (0, 0)])
        check(
            UnaryFunction.sigmoid,
            [(-200, 0), (200, 1), (0, 0.5), (inf, 1), (-inf, 0), (.nan, .nan)])
        check(
            UnaryFunction.softplus, [(1000, 1000), (-1000, 0), (inf, inf), (-inf, 0), (.nan, .nan)])
        check(UnaryFunction.erf, [(10, 1), (-inf, -1), (.nan, .nan), (0, 0)])
        check(UnaryFunction.relu, [(.nan, .nan), (-1, 0), (2, 2), (-inf, 0)])
        check(UnaryFunction.sign, [(.nan, .nan), (0, 0), (-0.0, 0), (-3, -1), (inf, 1)])
        check(UnaryFunction.gelu, [(0, 0), (100, 100), (-100, 0), (1e-30, 5e-31), (.nan, .nan)])
        check(UnaryFunction.sin, [(inf, .nan), (.nan, .nan), (0, 0)])
        check(UnaryFunction.clip, [(.nan, .nan), (-1, 0.25), (9, 2)])
        check(UnaryFunction.round, [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0)])
        #expect(Self.one(UnaryFunction.abs, -0.0, isa: isa).sign == .plus)
        #expect(Self.one(UnaryFunction.sign, -0.0, isa: isa).sign == .minus)
        #expect(Self.one(UnaryFunction.tanh, -0.0, isa: isa).sign == .minus)
    }

    @Test("logarithms of denormals are right", arguments: instructionSets)
    func denormal(_ isa: Int32) {
        for x in [1, 700, 0x007f_ffff].map({ Float(bitPattern: $0) }) {
            #expect(ulps(Self.one(UnaryFunction.log, x, isa: isa), log(Double(x))) < 1.2)
            #expect(ulps(Self.one(UnaryFunction.log2, x, isa: isa), log2(Double(x))) < 2)
        }
    }

    @Test("predicates see NaN, infinity and zero", arguments: instructionSets)
    func predicates(_ isa: Int32) {
        let x: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1]
        var loop = makeLoop(x.count)
        func test(_ operation: TestFunction) -> [UInt8] {
            var out = [UInt8](repeating: 9, count: x.count)
            kernels(isa).test(Int32(operation.rawValue), 0, &loop, 0, 6, x, &out)
            return out
        }
        #expect(test(.isnan) == [1, 0, 0, 0, 0, 0])
        #expect(test(.isinf) == [0, 1, 1, 0, 0, 0])
        #expect(test(.isfinite) == [0, 0, 0, 1, 1, 1])
        #expect(test(.logical_not) == [0, 0, 0, 1, 1, 0])
    }

    @Test("in place, float16 and bfloat16 agree with float32", arguments: instructionSets)
    func halves(_ isa: Int32) {
        var random = TestRandom(10)
        let x = random.floats(700, in: -3...3).map { Float16($0) }
        var y = x
        var loop = makeLoop(x.count)
        kernels(isa).unary(
            Int32(UnaryFunction.tanh.rawValue), DType.float16.rawValue, &loop, 0, 700, y, &y, 0, 0)
        let expected = Self.run(isa, Int32(UnaryFunction.tanh.rawValue), x.map { Float($0) })
        #expect(y == expected.map { Float16($0) })

        var brain = x.map { UInt16(truncatingIfNeeded: Float($0).bitPattern >> 16) }
        let floats = brain.map { Float(bitPattern: UInt32($0) << 16) }
        kernels(isa).unary(
            Int32(UnaryFunction.relu.rawValue), DType.bfloat16.rawValue, &loop, 0, 700, brain,
            &brain, 0, 0)
        #expect(brain.map { Float(bitPattern: UInt32($0) << 16) } == floats.map { max($0, 0) })
    }
}
