import Glibc
import Tensor

// References of draws whose algorithms reject: each element has a stream of its own, of which a
// uniform draw is the seed.
extension References {
    /// A number for each element, made of it and its stream.
    private static func drawn(
        _ x: Grid, skipping skipped: Int = 0, _ body: (Double, () -> Double) -> Double
    ) -> Grid {
        // A block makes two numbers, and a tensor of draws begins a block.
        let random = Random(seed: 7, position: UInt64((skipped + 1) / 2))
        let seeds: [Double] = random.uniform([x.values.count], .float64).values()
        let values = zip(x.values, seeds).map { value, seed in
            let units: [Double] = Random(seed: UInt64(seed * 0x1p53)).uniform([600], .float64)
                .values()
            var place = 0
            return body(value) {
                place += 1
                return units[place - 1]
            }
        }
        return Grid(x.shape, values)
    }

    /// ln of a draw of Marsaglia and Tsang.
    private static func logGamma(_ concentration: Double, _ unit: () -> Double) -> Double {
        let shift = concentration < 1 ? log(1 - unit()) / concentration : 0
        let d = (concentration < 1 ? concentration + 1 : concentration) - 1 / 3.0
        while true {
            let radius = sqrt(-2 * log(1 - unit()))
            let normal = radius * cos(2 * Double.pi * unit())
            let u = 1 - unit()
            let v = pow(1 + normal / sqrt(9 * d), 3)
            if v > 0, log(u) < 0.5 * normal * normal + d * (1 - v + log(v)) {
                return log(d * v) + shift
            }
        }
    }

    private static func poisson(_ rate: Double, _ unit: () -> Double) -> Double {
        if rate < 10 {
            var (product, count) = (unit(), 0.0)
            while product > exp(-rate) {
                product *= unit()
                count += 1
            }
            return count
        }
        let b = 0.931 + 2.53 * sqrt(rate)
        let a = -0.059 + 0.02483 * b
        while true {
            let u = unit() - 0.5
            let v = unit()
            let edge = 0.5 - abs(u)
            let count = floor((2 * a / edge + b) * u + rate + 0.43)
            if edge >= 0.07, v <= 0.9277 - 3.6224 / (b - 2) { return count }
            if count < 0 || edge < 0.013 && v > edge { continue }
            let hat = v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (edge * edge) + b)
            if log(hat) <= count * log(rate) - rate - lgamma(count + 1) { return count }
        }
    }

    /// The derivative of ln x by a where the distribution function stays, x = e^y, as an integral:
    /// eˣ ∫ uᵃ⁻¹ e^(−xu) (ψ(a) − y − ln u) du over 0...1, by the tanh-sinh rule.
    private static func gammaSlope(_ a: Double, _ y: Double) -> Double {
        let x = exp(y)
        var sum = 0.0
        for step in -320...320 {
            let s = Double(step) / 64
            let angle = Double.pi / 2 * sinh(s)
            let u = 1 / (1 + exp(-2 * angle))
            let width = Double.pi / 2 * cosh(s) / (2 * cosh(angle) * cosh(angle))
            let logU = angle < 0 ? 2 * angle - log1p(exp(2 * angle)) : -log1p(exp(-2 * angle))
            sum += width * exp((a - 1) * logU - x * u) * (digamma(a) - y - logU)
        }
        return exp(x) * sum / 64
    }

    static let draws: [String: Reference] = [
        "poisson": { drawn($0[0], poisson) },
        "gamma": { drawn($0[0]) { exp(logGamma($0, $1)) } },
        "gamma slope": { pairwise($0[0], $0[1], gammaSlope) },
        "beta": { grids in
            let shape = Grid.broadcast(grids.map(\.shape))
            let parts = grids.map { grid in Grid(shape) { grid.spread($0) } }
            let left = drawn(parts[0]) { exp(logGamma($0, $1)) }
            let right = drawn(parts[1], skipping: left.values.count) { exp(logGamma($0, $1)) }
            return Grid(shape, zip(left.values, right.values).map { $0 / ($0 + $1) })
        },
        "dirichlet": { grids in
            let each = drawn(grids[0]) { exp(logGamma($0, $1)) }
            let totals = each.collect([-1], keepDims: true) { $0.reduce(0, +) }
            return Grid(each.shape) { each[$0] / totals.spread($0) }
        },
    ]
}
