import Autograd
import Tensor
import Testing

@Suite("Draws")
struct DrawTests {
    private static let count = 40_000

    /// Mean and deviation of many draws.
    private func moments(_ x: Tensor) -> (mean: Double, deviation: Double) {
        let wide = x.cast(to: .float64)
        return (wide.mean().item, wide.standardDeviation().item)
    }

    private func near(_ value: Double, _ expected: Double, _ tolerance: Double = 0.03) -> Bool {
        abs(value - expected) <= tolerance * max(1, abs(expected))
    }

    @Test("have the moments of their distributions")
    func distributions() {
        let random = Random(seed: 3)
        let n: Shape = [DrawTests.count]
        let exponential = moments(.exponential(n, rate: 2, using: random))
        #expect(near(exponential.mean, 0.5) && near(exponential.deviation, 0.5))
        let geometric = Tensor.geometric(n, probability: 0.25, using: random)
        #expect(geometric.min().item == 1 && near(moments(geometric).mean, 4))
        #expect(near(moments(geometric).deviation, 12.0.squareRoot()))
        let logNormal = moments(.logNormal(n, mean: 0.5, deviation: 0.25, using: random).log())
        #expect(near(logNormal.mean, 0.5) && near(logNormal.deviation, 0.25))
        let gumbel = moments(.gumbel(n, using: random))
        #expect(near(gumbel.mean, 0.5772) && near(gumbel.deviation, 1.2825))
        let laplace = moments(.laplace(n, mean: 1, scale: 2, using: random))
        #expect(near(laplace.mean, 1, 0.05) && near(laplace.deviation, 2 * 2.0.squareRoot()))
        let cauchy = Tensor.cauchy(n, median: 1, scale: 3, using: random)
        let inside = ((cauchy - 1).abs() .< 3).cast(to: .float64).mean().item
        #expect(near(inside, 0.5))
        let bernoulli = moments(.bernoulli(n, probability: 0.3, using: random))
        #expect(near(bernoulli.mean, 0.3))
        #expect(Tensor.geometric([3], probability: 1, using: random).values() == [Float(1), 1, 1])
    }

    @Test("of single trials follow each element's probability, without a gradient")
    func bernoulli() {
        let p = Tensor([0, 1, 0.5, .nan] as [Float]).expand(to: [1000, 4])
        let drawn = p.bernoulli(using: Random(seed: 1))
        let means = drawn.mean(axis: 0).values(as: Double.self)
        #expect(means[0] == 0 && means[1] == 1 && near(means[2], 0.5, 0.05) && means[3] == 0)
        #expect(drawn.dtype == .float32)
        let x = Tensor([0.5], requiresGrad: true)
        #expect(!x.bernoulli(using: Random(seed: 1)).requiresGrad)
    }

    @Test("of classes come as often as their weights say, those of weight zero never")
    func multinomial() {
        let weights = Tensor([[1, 0, 3], [0, 5, 0]])
        let drawn = weights.multinomial(20_000, withReplacement: true, using: Random(seed: 2))
        #expect(drawn.shape == [2, 20_000] && drawn.dtype == .int64)
        let counts = drawn[0].oneHot(3).mean(axis: 0).values(as: Double.self)
        #expect(near(counts[0], 0.25) && counts[1] == 0 && near(counts[2], 0.75))
        #expect(drawn[1].min().item == 1 && drawn[1].max().item == 1)
        let few = Tensor([1, 0, 3, 0.5]).expand(to: [2000, 4])
        let order = few.multinomial(3, using: Random(seed: 2))
        #expect((order.oneHot(4).sum(axis: 1).max()).item == 1)
        #expect((order .== 1).any().values(as: Bool.self) == [false])
        let first = order[.all, 0].oneHot(4).mean(axis: 0).values(as: Double.self)
        #expect(near(first[2], 3 / 4.5, 0.04))
    }

    private static let badWeights: [[Float]] = [[0, 0], [-1, 3], [.nan, 1], [.infinity, 1]]

    @Test("of classes need weights", arguments: 0..<4, [false, true])
    func noWeights(_ index: Int, _ withReplacement: Bool) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [index, withReplacement] in
            _ = Tensor([[1, 1], DrawTests.badWeights[index]]).multinomial(
                1, withReplacement: withReplacement, using: Random(seed: 1))
        }
        expectSentence(result, "multinomial: weights are negative or not finite, or add up to 0")
    }

    @Test("of classes need weights in each example of a batch, too")
    func batchedWeights() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let f = { (x: Tensor) in
                x.multinomial(5, withReplacement: true, using: Random(seed: 1))
            }
            _ = vmap(f)(Tensor([[1, 0, 0], [.nan, 1, 1]] as [[Float]])).values(as: Int.self)
        }
        expectSentence(result, "multinomial: weights are negative or not finite, or add up to 0")
    }

    @Test("in random order hold each number once")
    func permutations() {
        let random = Random(seed: 5)
        let order = Tensor.permutation(1000, using: random)
        #expect(Set(order.values(as: Int.self)) == Set(0..<1000))
        #expect(order.values(as: Int.self) != Array(0..<1000))
        let x = Tensor.arange(0, 12).reshape([3, 4])
        let mixed = x.shuffled(axis: 1, using: random)
        #expect(mixed.sum(axis: 1).values(as: Int.self) == x.sum(axis: 1).values(as: Int.self))
        #expect(x.choice(2, axis: 1, using: random).shape == [3, 2])
        let all = x.choice(4, axis: 1, withReplacement: false, using: random)
        #expect(all.sum(axis: 1).values(as: Int.self) == x.sum(axis: 1).values(as: Int.self))
        let sure = x.choice(3, weights: Tensor([0, 1, 0]), using: random)
        #expect(sure.values(as: Int.self) == [4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7])
    }

    @Test("are the same again from the same stream, and like what they are like")
    func streams() {
        let x = Tensor.zeros([2, 3], .float64)
        let first = Tensor.normal(like: x, mean: 1, using: Random(seed: 9))
        #expect(first.dtype == .float64 && first.shape == x.shape)
        #expect(
            first.values(as: Double.self)
                == Tensor.normal([2, 3], mean: 1, .float64, using: Random(seed: 9)).values())
        #expect(Tensor.uniform(like: x, low: 2, high: 3, using: Random(seed: 9)).min().item >= 2)
        #expect(Tensor.integers(like: x, high: 3, using: Random(seed: 9)).dtype == .float64)
    }

    @Test("of a captured step are new ones in each replay, and those of the step itself")
    func captured() {
        func step(_ x: Tensor, _ random: Random) -> Tensor {
            let weights = x.bernoulli(using: random) + 0.1
            let order = weights.multinomial(3, using: random)
            return x.take(order) * Tensor.gumbel([3], using: random)
                + x.shuffled(using: random)[..<3]
        }
        let (one, other) = (Random(seed: 4), Random(seed: 4))
        let f = capture { (x: Tensor) in step(x, one) }
        let x = Tensor([0.1, 0.5, 0.7, 0.9])
        var seen: Set<[Float]> = []
        for _ in 0..<4 {
            let values = f(x).values(as: Float.self)
            #expect(values == step(x, other).values(as: Float.self))
            seen.insert(values)
        }
        #expect(seen.count == 4 && f.refusal == nil)
    }

    @Test("are shared by the examples of a batch, or differ where that is asked for")
    func batches() {
        let x = Tensor.zeros([3, 8])
        let shared = vmap { (x: Tensor) in x + .normal([8], using: Random(seed: 1)) }(x)
        #expect(shared[0].values(as: Float.self) == shared[2].values(as: Float.self))
        let each = { (x: Tensor) in x + .normal([8], using: Random(seed: 1)) }
        let own = vmap(each, randomness: .different)(x)
        #expect(
            own.values(as: Float.self)
                == Tensor.normal([3, 8], using: Random(seed: 1)).values(as: Float.self))
        let element = { (e: Tensor) in e + .uniform([2], using: Random(seed: 1)) }
        let nested = vmap({ (row: Tensor) in vmap(element)(row) }, randomness: .different)(x)
        #expect(nested.shape == [3, 8, 2])
        #expect(nested[0, 0].values(as: Float.self) == nested[0, 5].values(as: Float.self))
        #expect(nested[0, 0].values(as: Float.self) != nested[1, 0].values(as: Float.self))
        let inner = vmap(element, randomness: .different)
        let twice = vmap({ (row: Tensor) in inner(row) }, randomness: .different)(x)
        #expect(Set(twice.values(as: Float.self)).count == 48)
        let dropping = { (x: Tensor) in (x + 1).dropout(0.5, using: Random(seed: 2)) }
        let dropped = vmap(dropping, randomness: .different)(x)
        #expect(dropped[0].values(as: Float.self) != dropped[1].values(as: Float.self))
        #expect(Set(dropped.values(as: Float.self)) == [0, 2])
    }
}
