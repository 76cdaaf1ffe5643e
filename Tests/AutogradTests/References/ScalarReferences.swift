import Glibc

// References of special functions, pairs, blends and further activations.
extension References {
    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    static func digamma(_ x: Double) -> Double {
        if x < 0 { return digamma(1 - x) - .pi / tan(.pi * x) }
        var (x, lowered) = (x, 0.0)
        while x < 40 {
            lowered -= 1 / x
            x += 1
        }
        let z = 1 / (x * x)
        return lowered + log(x) - 0.5 / x - z / 12 + z * z / 120 - z * z * z / 252
    }

    /// The sum itself, and its tail as an integral with corrections.
    private static func zeta(_ s: Double, _ q: Double) -> Double {
        let end = q + 1000
        let sum = (0..<1000).reversed().reduce(0.0) { $0 + pow(q + Double($1), -s) }
        let tail = pow(end, 1 - s) / (s - 1) + 0.5 * pow(end, -s)
        return sum + tail + s / 12 * pow(end, -s - 1)
    }

    private static func erfinv(_ y: Double) -> Double {
        var (low, high) = (-6.0, 6.0)
        for _ in 0..<80 {
            let x = (low + high) / 2
            if erf(x) < y { low = x } else { high = x }
        }
        return low
    }

    /// The mean of e^(x cos a) cos(n a) over all angles.
    private static func bessel(_ order: Double, _ x: Double) -> Double {
        (0..<200).reduce(0.0) { total, k in
            let a = 2 * Double.pi * (Double(k) + 0.5) / 200
            return total + exp(x * cos(a)) * cos(order * a) / 200
        }
    }

    private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? abs(a) : gcd(b, a % b) }

    private static func whole(_ function: @escaping @Sendable (Int, Int) -> Int) -> Reference {
        { pairwise($0[0], $0[1]) { Double(function(Int($0), Int($1))) } }
    }

    private static func blend(
        _ function: @escaping @Sendable (Double, Double, Double) -> Double
    ) -> Reference {
        { grids in
            Grid(Grid.broadcast(grids.map(\.shape))) {
                function(grids[0].spread($0), grids[1].spread($0), grids[2].spread($0))
            }
        }
    }

    private static func kept(_ list: [Double]) -> [Double] {
        list.enumerated().filter { $0.offset % 3 != 1 }.map(\.element)
    }

    static let scalars: [String: Reference] = {
        var all = others
        for (name, function) in ones { all[name] = { $0[0].map(function) } }
        for (name, function) in twos { all[name] = { pairwise($0[0], $0[1], function) } }
        return all
    }()

    private static let ones: [String: @Sendable (Double) -> Double] = [
        "exp2": { pow(2, $0) }, "erfinv": erfinv, "lgamma": { log(tgamma($0)) },
        "digamma": digamma, "digamma below 0": digamma, "polygamma": { -2 * zeta(3, $0) },
        "polygamma below 0": { zeta(2, $0) },
        "multigammaln": {
            1.5 * log(Double.pi) + log(tgamma($0) * tgamma($0 - 0.5) * tgamma($0 - 1))
        },
        "sinc": { sin(.pi * $0) / (.pi * $0) }, "logit": { log($0 / (1 - $0)) },
        "logit epsilon": {
            let x = min(max($0, 0.2), 0.8)
            return log(x / (1 - x))
        },
        "i0": { bessel(0, $0) }, "i1": { bessel(1, $0) },
        "i0e": { bessel(0, $0) * exp(-abs($0)) }, "i1e": { bessel(1, $0) * exp(-abs($0)) },
        "nanToNum": { $0 > 1 ? 0.5 : $0 }, "frac": { $0 - trunc($0) },
        "deg2rad": { $0 / 180 * .pi }, "rad2deg": { $0 / .pi * 180 },
        "round decimals": { rint($0 * 10) / 10 }, "signBit": { $0 < 0 ? 1 : 0 },
        "isPositiveInfinity": { $0 > 0 ? 1 : 0 }, "isNegativeInfinity": { $0 < 0 ? 1 : 0 },
        "bitwiseNot": { -$0 - 1 },
        "mish": { $0 * tanh(log(1 + exp($0))) },
        "selu": { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * expm1($0)) },
        "celu": { $0 > 0 ? $0 : 1.5 * expm1($0 / 1.5) }, "relu6": { min(max($0, 0), 6) },
        "hardsigmoid": { min(max($0 / 6 + 0.5, 0), 1) },
        "hardswish": { $0 * min(max($0 / 6 + 0.5, 0), 1) },
        "hardtanh": { min(max($0, -0.75), 1.25) }, "hardshrink": { abs($0) > 0.5 ? $0 : 0 },
        "softshrink": { abs($0) > 0.75 ? $0 - copysign(0.75, $0) : 0 },
        "tanhshrink": { $0 - tanh($0) }, "softsign": { $0 / (1 + abs($0)) },
        "logSigmoid": { log(sigmoid($0)) }, "threshold": { $0 > 0.25 ? $0 : -1.5 },
        "softplus beta": { 2 * $0 > 3 ? $0 : log(1 + exp(2 * $0)) / 2 },
    ]

    private static let twos: [String: @Sendable (Double, Double) -> Double] = [
        "fmod": { fmod($0, $1) }, "divide floor": { floor($0 / $1) },
        "divide trunc": { trunc($0 / $1) }, "hypot": { sqrt($0 * $0 + $1 * $1) },
        "copySign": { $1 < 0 ? -abs($0) : abs($0) }, "xlogy": { $0 * log($1) },
        "xlog1py": { $0 * log(1 + $1) }, "logAddExp": { log(exp($0) + exp($1)) },
        "logAddExp2": { log2(exp2($0) + exp2($1)) }, "ldexp": { $0 * pow(2, $1) },
        "isClose": { abs(rint($0) - rint($1)) <= 1e-8 + 0.5 * abs(rint($1)) ? 1 : 0 },
        "lerp by 0.25": { 0.75 * $0 + 0.25 * $1 }, "lerp by 0.75": { 0.25 * $0 + 0.75 * $1 },
        "heaviside": { $0 == 0 ? $1 : $0 > 0 ? 1 : 0 },
        "mishGrad": {
            let t = tanh(log(1 + exp($1)))
            return $0 * (t + $1 * (1 - t * t) * sigmoid($1))
        },
        "celuGrad": { $1 > 0 ? $0 : $0 * (1 + $1 / 1.5) },
        "relu6Grad": { $1 > 0 && $1 < 6 ? $0 : 0 },
        "hardsigmoidGrad": { abs($1) < 3 ? $0 / 6 : 0 },
        "hardswishGrad": { $1 <= -3 ? 0 : $1 < 3 ? $0 * ($1 / 3 + 0.5) : $0 },
        "hardshrinkGrad": { abs($1) > 0.5 ? $0 : 0 },
    ]

    private static let others: [String: Reference] = [
        "nanMean": { $0[0].collect([-1]) { kept($0).reduce(0, +) / Double(kept($0).count) } },
        "countNonzero": { $0[0].collect([0]) { Double($0.filter { rint($0) != 0 }.count) } },
        "argmax keepDims": {
            $0[0].collect([0], keepDims: true) { list in
                Double(list.indices.max { list[$0] < list[$1] } ?? 0)
            }
        },
        "lerp": blend { $0 + $2 * ($1 - $0) }, "addcmul": blend { $0 + 0.5 * $1 * $2 },
        "addcdiv": blend { $0 + 0.5 * $1 / $2 }, "clip by tensors": blend { min(max($0, $1), $2) },
        "bitwiseAnd": whole(&), "bitwiseOr": whole(|), "bitwiseXor": whole(^),
        "leftShift": whole { $1 < 0 ? 0 : $0 << $1 },
        "rightShift": whole { $1 < 0 ? ($0 < 0 ? -1 : 0) : $0 >> $1 },
        "gcd": whole(gcd), "lcm": whole { $0 * $1 == 0 ? 0 : abs($0 * $1) / gcd($0, $1) },
        "glu": { grids in
            let x = grids[0]
            let half = x.shape[x.shape.count - 1] / 2
            return Grid(Array(x.shape.dropLast()) + [half]) { index in
                var gate = index
                gate[gate.count - 1] += half
                return x[index] * sigmoid(x[gate])
            }
        },
        "softmin": { grids in
            let x = grids[0]
            let totals = x.collect([-1], keepDims: true) { $0.reduce(0) { $0 + exp(-$1) } }
            return Grid(x.shape) { exp(-x[$0]) / totals.spread($0) }
        },
        "prelu": { grids in
            let (x, weight) = (grids[0], grids[1])
            return Grid(x.shape) { index in
                let channel = weight.values.count == 1 ? 0 : index[1]
                return x[index] > 0 ? x[index] : weight.values[channel] * x[index]
            }
        },
    ]
}
