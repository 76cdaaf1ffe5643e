import Autograd
import OpTable
import Tensor
import Testing

@Suite("Draws by rejection")
struct GammaDrawTests {
    private static let count = 200_000

    /// Mean, variance and third central moment of many draws, each within five of its standard
    /// errors.
    private func checkMoments(
        _ x: Tensor, mean: Double, variance: Double, third: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let wide = x.cast(to: .float64)
        let centred = wide - mean
        for (power, expected) in [(1, 0), (2, variance), (3, third)] {
            let terms = centred ** power
            let error = terms.standardDeviation().item / Double(x.count).squareRoot()
            let found = terms.mean().item
            #expect(
                abs(found - expected) <= 5 * error, "moment \(power): \(found) for \(expected)",
                sourceLocation: sourceLocation)
        }
    }

    @Test("from the gamma distribution have its moments", arguments: [0.2, 0.9, 1, 2.5, 40])
    func gamma(_ a: Double) {
        let random = Random(seed: 11)
        let drawn = Tensor.gamma([Self.count], concentration: a, rate: 2, .float64, using: random)
        checkMoments(drawn, mean: a / 2, variance: a / 4, third: 2 * a / 8)
        #expect(drawn.min().item >= 0)
    }

    @Test(
        "of counts have the moments of Poisson's distribution", arguments: [0.3, 4, 9.9, 10, 250])
    func poisson(_ rate: Double) {
        let drawn = Tensor.poisson([Self.count], rate: rate, .float64, using: Random(seed: 12))
        checkMoments(drawn, mean: rate, variance: rate, third: rate)
        #expect((drawn .== drawn.floor()).all().item == 1 && drawn.min().item >= 0)
    }

    @Test("of counts come as often as their probability says")
    func frequencies() {
        for rate in [2.5, 12.0] {
            let drawn = Tensor.poisson([Self.count], rate: rate, using: Random(seed: 13))
            for k in 0..<8 {
                let logarithm = Double(k) * Tensor(rate, .float64).log().item - rate
                let p = (Tensor(logarithm, .float64) - Tensor(Double(k + 1), .float64).lgamma())
                    .exp().item
                let found = (drawn .== k).cast(to: .float64).mean().item
                let error = (p * (1 - p) / Double(Self.count)).squareRoot()
                #expect(abs(found - p) <= 5 * error, "\(k) at \(rate)")
            }
        }
    }

    @Test("from the beta distribution have its moments, also where most lie at the ends")
    func beta() {
        for (a, b) in [(2.0, 3.0), (0.5, 0.5), (0.01, 0.02)] {
            let sum = a + b
            let drawn = Tensor.beta([Self.count], a, b, .float64, using: Random(seed: 14))
            let variance = a * b / (sum * sum * (sum + 1))
            let skewed = 2 * a * b * (b - a) / (sum * sum * sum * (sum + 1) * (sum + 2))
            checkMoments(drawn, mean: a / sum, variance: variance, third: skewed)
        }
    }

    @Test("of shares add up to one and have the means of the concentrations")
    func dirichlet() {
        let a = Tensor([0.5, 1, 2.5], .float64).expand(to: [50_000, 3])
        let drawn = a.dirichlet(using: Random(seed: 15))
        #expect((drawn.sum(axis: 1) - 1).abs().max().item < 1e-14)
        for (index, share) in [0.125, 0.25, 0.625].enumerated() {
            let variance = share * (1 - share) / 5
            let error = (variance / 50_000).squareRoot()
            #expect(abs(drawn[.all, index].mean().item - share) <= 5 * error)
        }
    }

    @Test("have the gradients that keep their place in the distribution")
    func gradients() {
        // The derivatives of a and a + a², the first two moments.
        for a in [0.3, 1, 5, 2e4] {
            let leaf = Tensor(a, .float64)
            let draw = { (a: Tensor) in
                a.expand(to: [Self.count]).gamma(using: Random(seed: 16))
            }
            let slopes = jvp(draw, at: leaf, along: Tensor(1, .float64)).tangent
            let error = slopes.standardDeviation().item / Double(Self.count).squareRoot()
            #expect(abs(slopes.mean().item - 1) <= 5 * error, "\(a)")
            let total = grad { draw($0).mean() }(leaf)
            #expect(abs(total.item - slopes.mean().item) <= 1e-12)
            let squares = (draw(leaf) * slopes * 2)
            let spread = squares.standardDeviation().item / Double(Self.count).squareRoot()
            #expect(abs(squares.mean().item - (1 + 2 * a)) <= 5 * spread)
        }
        // The mean a / (a + b) of the beta distribution.
        let (byA, byB) = grad { (a: Tensor, b: Tensor) in
            a.expand(to: [Self.count]).beta(b.expand(to: [Self.count]), using: Random(seed: 17))
                .mean()
        }(Tensor(2, .float64), Tensor(3, .float64))
        #expect(abs(byA.item - 3 / 25.0) < 2e-3 && abs(byB.item + 2 / 25.0) < 2e-3)
    }

    @Test("have slopes that meet where the series ends and the expansion begins")
    func seam() throws {
        let slope = try #require(OpTable.rows.first { $0.name == "gamma slope" })
        let a = Tensor([10_000, 10_000.000_001], .float64)
        for place in [9500.0, 10_000, 10_400] {
            let slopes = slope.apply([a, Tensor([place, place], .float64).log()])
            let (series, expansion) = (slopes[0].item * place, slopes[1].item * place)
            #expect(abs(series - expansion) < 1e-8)
        }
    }

    @Test("are the same again from the same stream, new in each replay")
    func streams() {
        let a = Tensor([0.5, 2, 30])
        let (one, other) = (Random(seed: 4), Random(seed: 4))
        let step = { (a: Tensor, random: Random) in
            a.gamma(using: random) + a.poisson(using: random) + a.beta(a, using: random)
        }
        let f = capture { (a: Tensor) in step(a, one) }
        var seen: Set<[Float]> = []
        for _ in 0..<4 {
            let values = f(a).values(as: Float.self)
            #expect(values == step(a, other).values(as: Float.self))
            seen.insert(values)
        }
        #expect(seen.count == 4 && f.refusal == nil)
    }

    @Test("are shared by the examples of a batch, or differ where that is asked for")
    func batches() {
        let a = Tensor.full([3, 8], 2.0)
        let draw = { (a: Tensor) in
            a.gamma(using: Random(seed: 1)) + a.poisson(using: Random(seed: 1))
        }
        let shared = vmap(draw)(a)
        #expect(shared[0].values(as: Float.self) == shared[2].values(as: Float.self))
        let own = vmap(draw, randomness: .different)(a)
        #expect(own.values(as: Float.self) == draw(a).values(as: Float.self))
    }

    @Test("are nothing where there is no distribution, and extreme where that is")
    func edges() {
        let odd = Tensor([-1, 0, .infinity, .nan] as [Float])
        #expect(odd.gamma(using: Random(seed: 1)).isNaN().all().item == 1)
        let counts = odd.poisson(using: Random(seed: 1)).values(as: Float.self)
        #expect(counts[0].isNaN && counts[1] == 0 && counts[2].isNaN && counts[3].isNaN)
        #expect(Tensor([1e-30], .float64).gamma(using: Random(seed: 1)).item == 0)
    }

    @Test("stop the program where a gradient of the gradient is asked for, or a rate is none")
    func refusals() async {
        let second = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let f = { (a: Tensor) in a.gamma(using: Random(seed: 1)) }
            _ = grad(grad(f))(Tensor(2.0))
        }
        #expect(second.message.contains("LogGammaSlope: this operation has no gradient"))
        let integers = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1], .int64).poisson(using: Random(seed: 1))
        }
        #expect(integers.message.contains("poisson: rates must be floats, not int64"))
        let negative = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.gamma([1], concentration: -1, using: Random(seed: 1))
        }
        #expect(
            negative.message.contains("gamma: concentration -1.0 and rate 1.0 must be positive"))
    }
}
