import Autograd
import Glibc
import OpTable
import Tensor
import Testing

/// The gamma distribution in float64, by its series and its continued fraction.
private enum GammaReference {
    /// The share below x, of concentration a: xᵃ e⁻ˣ Σ xⁿ / Γ(a + n + 1), or by Lentz's method.
    static func share(_ a: Double, _ x: Double) -> Double {
        let front = exp(a * log(x) - x - lgamma(a))
        if x < a + 1 {
            var (term, total, n) = (1 / a, 1 / a, a)
            while abs(term) > 1e-17 * abs(total) {
                n += 1
                term *= x / n
                total += term
            }
            return front * total
        }
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var h = d
        for i in 1...10_000 {
            let k = Double(i)
            let factor = -k * (k - a)
            b += 2
            d = 1 / (factor * d + b)
            c = b + factor / c
            let step = d * c
            h *= step
            if abs(step - 1) < 1e-16 { break }
        }
        return 1 - front * h
    }

    /// Where the share below is that of x under a; by Newton's method from x.
    static func place(_ b: Double, below share: Double, near x: Double) -> Double {
        var y = x
        for _ in 0..<30 {
            let density = exp((b - 1) * log(y) - y - lgamma(b))
            y = max(y / 2, y - (GammaReference.share(b, y) - share) / density)
        }
        return y
    }

    /// The slope of ln x by a where the share below stays: differences of fourth order.
    static func slope(_ a: Double, _ x: Double) -> Double {
        let (fixed, h) = (share(a, x), 1e-3 * a)
        func at(_ k: Double) -> Double { log(place(a + k * h, below: fixed, near: x)) }
        return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
    }
}

@Suite("Gradients of draws from the gamma distribution")
struct GammaSlopeTests {
    /// Concentrations, quantiles x of 0.01, 0.3, 0.9 and 0.999, and dx/da at a fixed probability:
    /// central differences of fourth order, a step of a/1000, of scipy 1.17's `gammaincinv(a, p)`.
    private static let quantiles: [(a: Double, x: Double, slope: Double)] = [
        (0.1, 3.5860860184109674e-06, 0.0004344448795),
        (0.1, 0.266154553738837, 3.766325212),
        (0.1, 3.3636770117187536, 9.699806583),
        (0.5, 7.854392895485092e-05, 0.001490586925),
        (0.5, 0.07423593091627269, 0.416621957),
        (0.5, 1.352771727047702, 2.144764026),
        (0.5, 5.413783085331366, 3.519882961),
        (1.0, 0.010050335853501437, 0.05076209642),
        (1.0, 0.3566749439387324, 0.6619236282),
        (1.0, 2.302585092994046, 1.735146006),
        (1.0, 6.907755278982137, 2.638015392),
        (2.5, 0.2771490383641386, 0.28965977),
        (2.5, 1.4999540663799533, 0.8177800118),
        (2.5, 4.618178449890562, 1.429910726),
        (2.5, 10.257502826216436, 1.989816664),
        (10.0, 4.1301991662732, 0.6323466073),
        (10.0, 8.13292824250639, 0.9153313887),
        (10.0, 14.205990292152816, 1.205690984),
        (10.0, 22.65737330906293, 1.488266584),
        (100.0, 78.21598305379582, 0.8836460247),
        (100.0, 94.52429935888071, 0.9737291996),
        (100.0, 113.01052385984448, 1.064173382),
        (100.0, 133.7702639113786, 1.154439053),
        (5000.0, 4836.974419788818, 0.9835500968),
        (5000.0, 4962.679004917484, 0.9962917892),
        (5000.0, 5090.830806915189, 1.009062208),
        (5000.0, 5221.365282705089, 1.021850949),
        (20000.0, 19672.4760789155, 0.9917751004),
        (20000.0, 19925.597593792558, 0.9981459468),
        (20000.0, 20181.451536446817, 1.004531003),
        (20000.0, 20439.87621662943, 1.010925583),
    ]

    @Test("are the slopes of the inverse distribution function")
    func inverse() throws {
        let slope = try #require(OpTable.rows.first { $0.name == "gamma slope" })
        let a = Tensor(Self.quantiles.map(\.a), .float64)
        let x = Tensor(Self.quantiles.map(\.x), .float64)
        let found = (slope.apply([a, x.log()]) * x).values(as: Double.self)
        for (row, found) in zip(Self.quantiles, found) {
            #expect(abs(found / row.slope - 1) < 1e-6, "\(row): \(found)")
        }
    }

    @Test("of each draw are finite differences at its place", arguments: [0.4, 1, 3.7, 25])
    func draws(_ a: Double) {
        let leaf = Tensor(NDArray.full([40], a, .float64), requiresGrad: true)
        let drawn = leaf.gamma(using: Random(seed: 21))
        drawn.sum().backward()
        let slopes = leaf.grad?.values(as: Double.self) ?? []
        #expect(slopes.count == 40)
        for (x, slope) in zip(drawn.values(as: Double.self), slopes) where x > 1e-8 {
            let expected = x * GammaReference.slope(a, x)
            #expect(abs(slope / expected - 1) < 1e-6, "\(x): \(slope) for \(expected)")
        }
    }

    @Test("of beta draws are those of the two gamma draws that they are made of")
    func beta() {
        let a = Tensor(NDArray.full([30], 1.5, .float64), requiresGrad: true)
        let b = Tensor(NDArray.full([30], 4, .float64), requiresGrad: true)
        let parts = Random(seed: 22)
        let left = a.detach().gamma(using: parts).values(as: Double.self)
        let right = b.detach().gamma(using: parts).values(as: Double.self)
        let drawn = a.beta(b, using: Random(seed: 22))
        drawn.sum().backward()
        let byA = a.grad?.values(as: Double.self) ?? []
        let byB = b.grad?.values(as: Double.self) ?? []
        #expect(byA.count == 30 && byB.count == 30)
        for (index, x) in drawn.values(as: Double.self).enumerated() {
            let (u, v) = (left[index], right[index])
            #expect(abs(x - u / (u + v)) < 1e-12)
            let spread = x * (1 - x)
            let (slopeA, slopeB) = (GammaReference.slope(1.5, u), GammaReference.slope(4, v))
            #expect(abs(byA[index] - spread * slopeA) < 1e-6)
            #expect(abs(byB[index] + spread * slopeB) < 1e-6)
        }
    }

    @Test("of Dirichlet draws are those of the gamma draws that they are shares of")
    func dirichlet() {
        let concentrations = [0.8, 2, 6]
        let a = Tensor(concentrations, .float64)
        let parts = a.gamma(using: Random(seed: 23)).values(as: Double.self)
        let draw = { (a: Tensor) in a.dirichlet(using: Random(seed: 23)) }
        let shares = draw(a).values(as: Double.self)
        let slopes = jacobian(draw)(a).values(as: Double.self)
        for i in 0..<3 {
            for j in 0..<3 {
                let own = (i == j ? 1 : 0) - shares[j]
                let expected = shares[i] * own * GammaReference.slope(concentrations[j], parts[j])
                #expect(abs(slopes[i * 3 + j] - expected) < 1e-6, "\(i) by \(j)")
            }
        }
    }
}
