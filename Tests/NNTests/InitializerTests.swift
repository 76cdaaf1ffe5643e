import NN
import Tensor
import Testing

@Suite("Initializers")
struct InitializerTests {
    private func draw(_ initializer: Initializer, _ shape: Shape) -> [Double] {
        let array = initializer(shape, .float64, Random(seed: 21))
        #expect(array.shape == shape && array.dtype == .float64)
        return array.values(as: Double.self)
    }

    private func deviation(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (square / Double(values.count)).squareRoot()
    }

    @Test("constants fill, in the dtype asked for")
    func constants() {
        #expect(draw(.zeros, [2]) == [0, 0])
        #expect(draw(.ones, [2]) == [1, 1])
        #expect(draw(.constant(2.5), [1]) == [2.5])
        #expect(Initializer.ones([2], .float32, Random(seed: 0)).dtype == .float32)
        #expect(draw(.normal(), [0, 3]).isEmpty)
    }

    // [outputs 300, inputs 200]; with a kernel of 6 elements fan-in is 1200 and fan-out 1800.
    private static let uniforms: [(String, Initializer, Shape, Double)] = [
        ("fan-in", .fanInUniform, [300, 200], 0.07071067811865475),
        ("He, ReLU", .kaimingUniform(), [300, 200], 0.17320508075688773),
        ("He, fan-out", .kaimingUniform(.output, nonlinearity: .linear), [300, 200], 0.1),
        ("Glorot", .xavierUniform(), [300, 200], 0.10954451150103323),
        ("Glorot, gain 2", .xavierUniform(gain: 2), [300, 200], 0.21908902300206645),
        ("fan-in, kernel", .fanInUniform, [300, 200, 3, 2], 0.028867513459481287),
        ("range", .uniform(low: -3, high: 3), [1000], 3),
    ]

    @Test("uniform ones reach their bound and not further", arguments: uniforms)
    func uniform(name: String, initializer: Initializer, shape: Shape, bound: Double) {
        let values = draw(initializer, shape)
        #expect(values.allSatisfy { abs($0) <= bound })
        #expect((values.max() ?? 0) > bound * 0.99 && (values.min() ?? 0) < -bound * 0.99)
        #expect(abs(deviation(values) / (bound / 3.0.squareRoot()) - 1) < 0.03)
    }

    private static let normals: [(String, Initializer, Double)] = [
        ("He, ReLU", .kaimingNormal(), 0.1),
        ("He, tanh", .kaimingNormal(nonlinearity: .tanh), 0.11785113019775792),
        ("He, leaky", .kaimingNormal(nonlinearity: .leakyRelu(slope: 1)), 0.07071067811865475),
        ("He, fan-out", .kaimingNormal(.output), 0.0816496580927726),
        ("Glorot", .xavierNormal(), 0.06324555320336759),
        ("given", .normal(mean: 5, deviation: 0.5), 0.5),
        // The variance of a normal distribution cut at ±2 is 0.7737413.
        ("truncated", .truncatedNormal(deviation: 3), 3 * 0.8796257),
    ]

    @Test("normal ones have their deviation", arguments: normals)
    func normal(name: String, initializer: Initializer, expected: Double) {
        #expect(abs(deviation(draw(initializer, [300, 200])) / expected - 1) < 0.02)
    }

    @Test("a truncated normal has nothing beyond its cutoff")
    func truncated() {
        let values = draw(.truncatedNormal(mean: 1, deviation: 2, cutoff: 1.5), [5000])
        #expect(values.allSatisfy { (-2.0...4.0).contains($0) })
        #expect(abs(values.reduce(0, +) / 5000 - 1) < 0.1)
    }

    @Test(
        "orthogonal rows or columns, whichever are fewer",
        arguments: [[4, 9], [9, 4], [5, 5], [70, 66]])
    func orthogonal(size: [Int]) {
        let (rows, columns) = (size[0], size[1])
        let m = draw(.orthogonal(gain: 3), Shape(size))
        let count = min(rows, columns)
        for a in 0..<count {
            for b in 0..<count {
                let product = (0..<max(rows, columns)).reduce(0.0) { sum, i in
                    rows <= columns
                        ? sum + m[a * columns + i] * m[b * columns + i]
                        : sum + m[i * columns + a] * m[i * columns + b]
                }
                #expect(abs(product - (a == b ? 9 : 0)) < 1e-12)
            }
        }
    }

    @Test("the same seed gives the same numbers")
    func repeatable() {
        let all: [Initializer] = [
            .uniform(low: 0, high: 1), .normal(), .truncatedNormal(), .kaimingUniform(),
            .kaimingNormal(), .xavierUniform(), .xavierNormal(), .orthogonal(), .fanInUniform,
        ]
        for initializer in all {
            #expect(draw(initializer, [7, 5]) == draw(initializer, [7, 5]))
        }
    }
}
