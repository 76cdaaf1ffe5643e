import CKernels
import Glibc
import Tensor
import Testing

@Suite("Rows of logits")
struct KernelSoftmaxTests {
    static func run(_ isa: Int32, _ logarithm: Bool, _ x: [Float], rows: Int) -> [Float] {
        var y = [Float](repeating: .nan, count: x.count)
        kernels(isa).softmax_rows(0, logarithm, Int64(rows), Int64(x.count / rows), x, &y)
        return y
    }

    @Test(
        "softmax, its logarithm and log-sum-exp follow double",
        arguments: [1, 2, 10, 48, 49, 64, 300, 1000])
    func values(_ n: Int) {
        var random = TestRandom(UInt64(n))
        let rows = 21
        let x = random.floats(n * rows, in: -20...20)
        for isa in instructionSets {
            let soft = Self.run(isa, false, x, rows: rows)
            let logarithms = Self.run(isa, true, x, rows: rows)
            var totals = [Float](repeating: 0, count: rows)
            kernels(isa).logsumexp_rows(0, Int64(rows), Int64(n), x, &totals)
            for r in 0..<rows {
                let row = x[r * n..<r * n + n].map { Double($0) }
                let top = row.max()!
                let total = row.reduce(0) { $0 + exp($1 - top) }
                #expect(abs(Double(totals[r]) - (top + log(total))) < 4e-6)
                for j in 0..<n {
                    let expected = exp(row[j] - top) / total
                    #expect(abs(Double(soft[r * n + j]) - expected) <= 4e-6 * expected)
                    let logarithm = row[j] - top - log(total)
                    #expect(abs(Double(logarithms[r * n + j]) - logarithm) < 6e-6)
                }
            }
        }
    }

    @Test("a row's bits do not depend on its neighbours", arguments: [3, 10, 33, 100])
    func cutting(_ n: Int) {
        var random = TestRandom(6)
        let rows = 37
        let x = random.floats(n * rows, in: -9...9)
        for isa in instructionSets {
            for logarithm in [false, true] {
                let whole = Self.run(isa, logarithm, x, rows: rows)
                let single = (0..<rows).flatMap { r in
                    Self.run(isa, logarithm, Array(x[r * n..<r * n + n]), rows: 1)
                }
                #expect(whole == single)
            }
        }
    }

    @Test("extreme logits neither overflow nor vanish", arguments: [3, 60])
    func extremes(_ n: Int) {
        let padding = [Float](repeating: -.infinity, count: n - 3)
        for isa in instructionSets {
            let huge = Self.run(isa, false, [1e30, 1e30, -1e30] + padding, rows: 1)
            #expect(Array(huge[0..<3]) == [0.5, 0.5, 0])
            let logarithms = Self.run(isa, true, [1000, 0, -1000] + padding, rows: 1)
            #expect(Array(logarithms[0..<3]) == [0, -1000, -2000])
            func logSumExp(_ x: [Float]) -> Float {
                var out: [Float] = [0]
                kernels(isa).logsumexp_rows(0, 1, Int64(n), x + padding, &out)
                return out[0]
            }
            #expect(logSumExp([-.infinity, -.infinity, -.infinity]) == -.infinity)
            #expect(logSumExp([1, .infinity, 2]) == .infinity)
            #expect(logSumExp([1, .nan, 2]).isNaN)
            #expect(logSumExp([1e30, 0, 0]) == 1e30)
        }
    }

    @Test("backward follows its formula in both precisions", arguments: [1, 10, 700])
    func backward(_ n: Int) {
        var random = TestRandom(11)
        let x = random.floats(3 * n, in: -3...3)
        let dy = random.floats(3 * n, in: -1...1)
        for isa in instructionSets {
            for logarithm in [false, true] {
                let y = Self.run(isa, logarithm, x, rows: 3)
                var dx = [Float](repeating: 0, count: 3 * n)
                kernels(isa).softmax_backward_rows(0, logarithm, 3, Int64(n), y, dy, &dx)
                var wide = [Double](repeating: 0, count: 3 * n)
                kernels(isa).softmax_backward_rows(
                    1, logarithm, 3, Int64(n), y.map { Double($0) }, dy.map { Double($0) },
                    &wide)
                for r in 0..<3 {
                    let row = r * n..<r * n + n
                    let weighted = row.reduce(0.0) {
                        $0 + Double(dy[$1]) * (logarithm ? 1 : Double(y[$1]))
                    }
                    for i in row {
                        let (y, dy) = (Double(y[i]), Double(dy[i]))
                        let expected = logarithm ? dy - exp(y) * weighted : y * (dy - weighted)
                        #expect(abs(Double(dx[i]) - expected) < 2e-6)
                        #expect(abs(wide[i] - expected) < 1e-12)
                    }
                }
            }
        }
    }
}
