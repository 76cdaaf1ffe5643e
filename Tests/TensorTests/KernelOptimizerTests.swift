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
            m = values(-0.1...0.1)
            v = values(0...0.1)
        }
    }

    typealias Memory = UnsafeMutableRawPointer

    /// Runs a kernel in float32 (whole and in pieces) and float64 and compares with `step`.
    func check(
        _ kernel: (Int32, Int32, Int64, Memory, Memory, Memory, Memory) -> Void,
        _ step: (_ p: inout Double, _ g: Double, _ m: inout Double, _ v: inout Double) -> Void
    ) {
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

    @Test("stochastic gradient descent", arguments: [false, true])
    func sgd(_ nesterov: Bool) {
        check { isa, dtype, n, p, g, m, _ in
            kernels(isa).sgd(dtype, n, p, g, m, 0.1, 0.9, nesterov, 0.01, 0.5)
        } _: { p, g, m, _ in
            let g = 0.5 * g + 0.01 * p
            m = 0.9 * m + g
            p -= 0.1 * (nesterov ? g + 0.9 * m : m)
        }
        check { isa, dtype, n, p, g, _, _ in
            kernels(isa).sgd(dtype, n, p, g, nil, 0.1, 0, false, 0.01, 0.5)
        } _: { p, g, _, _ in
            p -= 0.1 * (0.5 * g + 0.01 * p)
        }
    }

    @Test("Adam with decay in the gradient and decoupled", arguments: [(0.01, 0.0), (0, 0.02)])
    func adam(_ decay: Double, _ decoupled: Double) {
        check { isa, dtype, n, p, g, m, v in
            kernels(isa).adam(
                dtype, n, p, g, m, v, 0.01, 0.9, 0.99, 1e-3, 0.271, 0.0297, decay, decoupled,
                0.5)
        } _: { p, g, m, v in
            let g = 0.5 * g + decay * p
            m += (1 - 0.9) * (g - m)
            v += (1 - 0.99) * (g * g - v)
            p -= decoupled * p
            p -= 0.01 * (m / 0.271) / ((v / 0.0297).squareRoot() + 1e-3)
        }
    }

    @Test("RMSprop with and without momentum", arguments: [0, 0.8])
    func rmsprop(_ momentum: Double) {
        check { isa, dtype, n, p, g, m, v in
            kernels(isa).rmsprop(
                dtype, n, p, g, v, momentum > 0 ? m : nil, 0.01, 0.9, 1e-2, momentum, 0.01, 1)
        } _: { p, g, m, v in
            let g = g + 0.01 * p
            v += (1 - 0.9) * (g * g - v)
            let u = g / (v.squareRoot() + 1e-2)
            if momentum > 0 { m = momentum * m + u }
            p -= 0.01 * (momentum > 0 ? m : u)
        }
    }

    @Test("Adagrad")
    func adagrad() {
        check { isa, dtype, n, p, g, _, v in
            kernels(isa).adagrad(dtype, n, p, g, v, 0.01, 1e-2, 0.01, 2)
        } _: { p, g, _, v in
            let g = 2 * g + 0.01 * p
            v += g * g
            p -= 0.01 * g / (v.squareRoot() + 1e-2)
        }
    }

    @Test("Lion")
    func lion() {
        check { isa, dtype, n, p, g, m, _ in
            kernels(isa).lion(dtype, n, p, g, m, 0.01, 0.9, 0.99, 0.1, 0.5)
        } _: { p, g, m, _ in
            let g = 0.5 * g
            let blend = 0.9 * m + (1 - 0.9) * g
            p -= 0.01 * ((blend > 0 ? 1 : blend < 0 ? -1 : 0) + 0.1 * p)
            m = 0.99 * m + (1 - 0.99) * g
        }
    }
}
