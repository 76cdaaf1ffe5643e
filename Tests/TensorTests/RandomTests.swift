import CKernels
import Tensor
import Testing

@Suite("Random numbers")
struct RandomTests {
    @Test("are the same for the same seed, different for another seed, stream or name")
    func seeds() {
        func draw(_ random: Random) -> [Float] { random.normal([100]).values() }
        #expect(draw(Random(seed: 1)) == draw(Random(seed: 1)))
        #expect(draw(Random(seed: 1)) != draw(Random(seed: 2)))
        #expect(draw(Random(seed: 1, stream: 1)) != draw(Random(seed: 1)))
        let forked = draw(Random(seed: 1).fork("data"))
        #expect(forked == draw(Random(seed: 1).fork("data")))
        #expect(forked != draw(Random(seed: 1).fork("model")))
    }

    @Test("go on from a stored position")
    func resume() {
        let random = Random(seed: 5)
        _ = random.uniform([13])
        _ = random.permutation(7)
        let position = random.position
        let expected = random.normal([9], .float64).values(as: Double.self)
        let number = random.next()
        let resumed = Random(seed: 5, position: position)
        #expect(resumed.normal([9], .float64).values(as: Double.self) == expected)
        #expect(resumed.next() == number)
    }

    @Test("don't depend on the number of threads", arguments: [DType.float32, .float64, .float16])
    func threads(_ dtype: DType) {
        func draw(_ threads: Int) -> [Double] {
            let before = CPUBackend.shared.threads
            CPUBackend.shared.threads = threads
            defer { CPUBackend.shared.threads = before }
            let random = Random(seed: 6)
            let uniform = random.uniform([100_003], dtype).values(as: Double.self)
            return uniform + random.normal([100_003], dtype).values(as: Double.self)
        }
        #expect(draw(1) == draw(2))
    }

    @Test("lie in their range and have its moments", arguments: [DType.float32, .float64])
    func moments(_ dtype: DType) {
        let count = 200_000.0
        let random = Random(seed: 7)
        let uniform = random.uniform([200_000], low: -1, high: 3, dtype).values(as: Double.self)
        #expect(uniform.allSatisfy { $0 >= -1 && $0 < 3 })
        #expect(abs(uniform.reduce(0, +) / count - 1) < 0.02)
        let normal = random.normal([200_000], mean: 2, deviation: 3, dtype).values(as: Double.self)
        let mean = normal.reduce(0, +) / count
        #expect(abs(mean - 2) < 0.05)
        let variance = normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        #expect(abs(variance - 9) < 0.2)
    }

    @Test("permute without loss", arguments: [0, 1, 2, 10, 5000])
    func permutation(_ count: Int) {
        let order = Random(seed: 8).permutation(count)
        #expect(order.sorted() == Array(0..<count))
        #expect(count < 10 || order != Array(0..<count))
    }

    @Test("bring each element of a permutation to each place equally often")
    func fairness() {
        let random = Random(seed: 9)
        var counts = Array(repeating: 0, count: 9)
        for _ in 0..<6000 {
            for (place, element) in random.permutation(3).enumerated() {
                counts[3 * place + element] += 1
            }
        }
        #expect(counts.allSatisfy { abs($0 - 2000) < 200 })
    }

    @Test("integers fill their range")
    func integers() {
        let values = Tensor.integers([1000], low: -2, high: 3, using: Random(seed: 10)).values(
            as: Int.self)
        #expect(Set(values) == [-2, -1, 0, 1, 2])
    }

    @Test(
        "uniform draws stay below the upper bound in every dtype",
        arguments: [
            (0.0, 1.0), (-1, 0), (-2, -1), (0.1, 0.3), (0, 1e-3), (-1e4, 1e4),
        ])
    func upperBound(low: Double, high: Double) {
        for dtype in [DType.float16, .bfloat16, .float32, .float64] {
            let draws = Random(seed: 9).uniform([300_000], low: low, high: high, dtype)
            #expect(draws.cast(to: .float64).reduce(.maximum, axes: nil).scalar < high)
            let mean = draws.reduce(.mean, axes: nil, as: .float64).scalar
            #expect(abs(mean - (low + high) / 2) < 0.01 * (high - low))
        }
    }
}
