import CKernels
import Tensor
import Testing

@Suite("Optimizer kernels")
struct KernelOptimizerTests {
    /// A parameter, its gradient and two states, in both precisions.
    struct State: Equatable {
        var p, g, m, v: [Double]

        init(_ n: Int) {
            var random = TestRandom(12)
            func values(_ range: ClosedRange<Double>) -> [Double] {
                random.floats(n, in: range).map { Double($0) }
            }
            p = values(-1...1)
            g = values(-1...1)
            m = values(0.01...0.1)
            v = values(0...0.1)
        }
    }

    typealias Memory = UnsafeMutableRawPointer

    /// Runs a rule in float32 (whole and in pieces) and float64 and compares with `step`, whose m
    /// and v are the rule's first two states.
    func check(
        _ rule: OptimizerRule, clip: Double = 1, _ numbers: [Double],
        _ step: (_ p: inout Double, _ g: Double, _ m: inout Double, _ v: inout Double) -> Void
    ) {
        let numbers = numbers + Array(repeating: 0, count: Int(FT_RULE_NUMBERS) - numbers.count)
        func kernel(
            _ isa: Int32, _ dtype: Int32, _ n: Int64, _ p: Memory, _ g: Memory, _ m: Memory,
            _ v: Memory
        ) {
            let arrays: [Memory?] = [p, g, m, v, nil]
            kernels(isa).update(Int32(rule.rawValue), dtype, n, numbers, clip, arrays)
        }
        let n = 1003
        let start = State(n)
        var expected = start
        for i in 0..<n {
            step(&expected.p[i], start.g[i], &expected.m[i], &expected.v[i])
        }
        for isa in instructionSets {
            var wide = start
            kernel(isa, DType.float64.rawValue, Int64(n), &wide.p, &wide.g, &wide.m, &wide.v)
            func far(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Int {
                zip(a, b).count { abs($0 - $1) > tolerance * max(1, abs($1)) }
            }
            for (result, answer) in [
                (wide.p, expected.p), (wide.m, expected.m), (wide.v, expected.v),
            ] {
                #expect(far(result, answer, 1e-12) == 0, "isa \(isa)")
            }
            func inFloat(_ range: Range<Int>) -> [[Float]] {
                var p = start.p[range].map { Float($0) }
                var g = start.g[range].map { Float($0) }
                var m = start.m[range].map { Float($0) }
                var v = start.v[range].map { Float($0) }
                kernel(isa, 0, Int64(range.count), &p, &g, &m, &v)
                return [p, g, m, v]
            }
            let whole = inFloat(0..<n)
            var pieces: [[Float]] = [[], [], [], []]
            for range in cuts(n) {
                for (k, part) in inFloat(range).enumerated() { pieces[k] += part }
            }
            #expect(whole == pieces, "isa \(isa)")
            #expect(far(whole[0].map { Double($0) }, expected.p, 3e-6) == 0, "isa \(isa)")
            #expect(far(whole[2].map { Double($0) }, expected.m, 1e-6) == 0, "isa \(isa)")
            #expect(far(whole[3].map { Double($0) }, expected.v, 1e-6) == 0, "isa \(isa)")
        }
    }

    @Test(
        "every rule gives in float32 what it gives in float64, and in pieces what it gives at once",
        arguments: 0..<Int32(FT_RULE_COUNT))
    func everyRule(_ rule: Int32) {
        let n = 1003
        var random = TestRandom(UInt64(rule) + 40)
        let numbers = (0..<FT_RULE_NUMBERS).map { _ in random.value(in: 0.1...0.9) }
        // The parameter, its gradient and as many states as a rule may have.
        let start = (0..<5).map { random.floats(n, in: $0 < 2 ? -1...1 : 0.1...1) }
        func run<T: BinaryFloatingPoint>(
            _ isa: Int32, _ type: T.Type, _ dtype: DType, _ range: Range<Int>
        ) -> [[T]] {
            let arrays = start.map { array -> UnsafeMutableBufferPointer<T> in
                let memory = UnsafeMutableBufferPointer<T>.allocate(capacity: range.count)
                _ = memory.initialize(from: array[range].map { T($0) })
                return memory
            }
            defer { for array in arrays { array.deallocate() } }
            kernels(isa).update(
                rule, dtype.rawValue, Int64(range.count), numbers, 0.5,
                arrays.map { UnsafeMutableRawPointer($0.baseAddress) })
            return arrays.map { Array($0) }
        }
        let expected = run(0, Double.self, .float64, 0..<n)
        for isa in instructionSets {
            let wide = run(isa, Double.self, .float64, 0..<n)
            let whole = run(isa, Float.self, .float32, 0..<n)
            let pieces = cuts(n).map { run(isa, Float.self, .float32, $0) }
            for slot in 0..<5 {
                func far(_ found: [Double], _ tolerance: Double) -> Int {
                    zip(found, expected[slot]).count {
                        !(abs($0 - $1) <= tolerance * max(1, abs($1)))
                    }
                }
                #expect(far(wide[slot], 1e-13) == 0, "isa \(isa), array \(slot)")
                #expect(far(whole[slot].map { Double($0) }, 1e-5) == 0, "isa \(isa), array \(slot)")
                #expect(pieces.flatMap { $0[slot] } == whole[slot], "isa \(isa), array \(slot)")
            }
        }
    }

    @Test("stochastic gradient descent")
    func sgd() {
        check(.sgd, clip: 0.5, [0.1, 0.01]) { p, g, _, _ in p -= 0.1 * (0.5 * g + 0.01 * p) }
        check(.momentum, clip: 0.5, [0.1, 0.01, 0.9]) { p, g, m, _ in
            m = 0.9 * m + (0.5 * g + 0.01 * p)
            p -= 0.1 * m
        }
        check(.nesterov, clip: 0.5, [0.1, 0.01, 0.9]) { p, g, m, _ in
            let g = 0.5 * g + 0.01 * p
            m = 0.9 * m + g
            p -= 0.1 * (g + 0.9 * m)
        }
    }

    @Test("Adam with decay in the gradient and apart from it", arguments: [(0.01, 0.0), (0, 0.02)])
    func adam(_ decay: Double, _ apart: Double) {
        let numbers = [0.01 / 0.271, 1 / 0.0297, 1e-3, 0.9, 1 - 0.9, 0.99, 1 - 0.99, decay, apart]
        check(.adam, clip: 0.5, numbers) { p, g, m, v in
            let g = 0.5 * g + decay * p
            m = 0.9 * m + (1 - 0.9) * g
            v = 0.99 * v + (1 - 0.99) * (g * g)
            p -= apart * p
            p -= 0.01 * (m / 0.271) / ((v / 0.0297).squareRoot() + 1e-3)
        }
    }

    @Test("RMSprop with and without momentum")
    func rmsprop() {
        let numbers = [0.01, 1e-2, 0.9, 1 - 0.9, 0.01, 0.8]
        check(.rmsprop, numbers) { p, g, v, _ in
            let g = g + 0.01 * p
            v = 0.9 * v + (1 - 0.9) * (g * g)
            p -= 0.01 * g / (abs(v).squareRoot() + 1e-2)
        }
        check(.rmsprop_momentum, numbers) { p, g, v, m in
            let g = g + 0.01 * p
            v = 0.9 * v + (1 - 0.9) * (g * g)
            m = 0.8 * m + g / (abs(v).squareRoot() + 1e-2)
            p -= 0.01 * m
        }
    }

    @Test("Adagrad")
    func adagrad() {
        check(.adagrad, clip: 2, [0.01, 1e-2, 0.01]) { p, g, v, _ in
            let g = 2 * g + 0.01 * p
            v += g * g
            p -= 0.01 * g / (v.squareRoot() + 1e-2)
        }
    }

    @Test("Lion")
    func lion() {
        check(.lion, clip: 0.5, [0.01, 0.1, 0.9, 1 - 0.9, 0.99, 1 - 0.99]) { p, g, m, _ in
            let g = 0.5 * g
            let blend = 0.9 * m + (1 - 0.9) * g
            p -= 0.01 * ((blend > 0 ? 1 : blend < 0 ? -1 : 0) + 0.1 * p)
            m = 0.99 * m + (1 - 0.99) * g
        }
    }
}
