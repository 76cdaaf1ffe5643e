import Glibc
import Tensor

/// What each operation should give, computed by plain loops over doubles.
enum References {
    typealias Reference = @Sendable ([Grid]) -> Grid

    static let all: [String: Reference] = {
        var all = shaped
        for (name, function) in scalar { all[name] = { $0[0].map(function) } }
        for (name, function) in unary { all[name] = { $0[0].map(function) } }
        for (name, function) in binary { all[name] = { pairwise($0[0], $0[1], function) } }
        all.merge(scalars) { first, _ in first }
        all.merge(arrays) { first, _ in first }
        all.merge(ordering) { first, _ in first }
        all.merge(convolution) { first, _ in first }
        all.merge(pooling) { first, _ in first }
        all.merge(upsampling) { first, _ in first }
        all.merge(channels) { first, _ in first }
        all.merge(attention) { first, _ in first }
        all.merge(recurrence) { first, _ in first }
        all.merge(movement) { first, _ in first }
        all.merge(changing) { first, _ in first }
        all.merge(arranging) { first, _ in first }
        all.merge(sampling) { first, _ in first }
        all.merge(draws) { first, _ in first }
        all.merge(products) { first, _ in first }
        all.merge(linearAlgebra) { first, _ in first }
        return all
    }()

    static func pairwise(
        _ a: Grid, _ b: Grid, _ function: (Double, Double) -> Double
    ) -> Grid {
        Grid(Grid.broadcast([a.shape, b.shape])) { function(a.spread($0), b.spread($0)) }
    }

    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    private static func density(_ x: Double) -> Double { exp(-x * x / 2) / sqrt(2 * .pi) }
    private static func normal(_ x: Double) -> Double { (1 + erf(x / sqrt(2))) / 2 }
    private static func inner(_ x: Double) -> Double { sqrt(2 / .pi) * (x + 0.044715 * x * x * x) }

    private static let scalar: [String: @Sendable (Double) -> Double] = [
        "x + n": { $0 + 3 }, "x - n": { $0 - 3 }, "n - x": { 3 - $0 }, "x * n": { $0 * 1.5 },
        "x / n": { $0 / 1.5 }, "n / x": { 1.5 / $0 }, "floorDivide by n": { floor($0 / 0.75) },
        "mod by n": { $0 + 0.75 * floor($0 / -0.75) }, "x ** 0": { _ in 1 }, "x ** 1": { $0 },
        "x ** 2": { $0 * $0 }, "x ** 3": { $0 * $0 * $0 }, "x ** 0.5": { sqrt($0) },
        "x ** -1": { 1 / $0 }, "x ** 2.5": { $0 * $0 * sqrt($0) }, "2 ** x": { exp2($0) },
        "maximum with n": { max($0, 0.25) }, "minimum with n": { min($0, 0.25) },
        "equal to n": { rint($0) == 1 ? 1 : 0 }, "not equal to n": { rint($0) != 1 ? 1 : 0 },
        "less than n": { $0 < 0.25 ? 1 : 0 }, "at most n": { $0 <= 0.25 ? 1 : 0 },
        "greater than n": { $0 > 0.25 ? 1 : 0 }, "at least n": { $0 >= 0.25 ? 1 : 0 },
    ]

    private static let unary: [String: @Sendable (Double) -> Double] = [
        "neg": { -$0 },
        "cast": { $0 }, "to": { $0 }, "contiguous": { $0 }, "copy": { $0 },
        "square": { $0 * $0 }, "sqrt": { sqrt($0) }, "rsqrt": { 1 / sqrt($0) },
        "reciprocal": { 1 / $0 }, "exp": { exp($0) }, "expm1": { expm1($0) }, "log": { log($0) },
        "log2": { log2($0) }, "log10": { log10($0) }, "log1p": { log1p($0) },
        "sin": { sin($0) }, "cos": { cos($0) }, "tan": { tan($0) }, "asin": { asin($0) },
        "acos": { acos($0) }, "atan": { atan($0) }, "sinh": { sinh($0) }, "cosh": { cosh($0) },
        "asinh": { asinh($0) }, "acosh": { acosh($0) }, "atanh": { atanh($0) },
        "erfc": { erfc($0) },
        "erf": { erf($0) }, "abs": { fabs($0) }, "sign": { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
        "floor": { floor($0) }, "ceil": { ceil($0) }, "round": { rint($0) },
        "trunc": { trunc($0) }, "clip": { min(max($0, -0.75), 1.25) },
        "relu": { max($0, 0) }, "leakyRelu": { $0 > 0 ? $0 : 0.25 * $0 },
        "elu": { $0 > 0 ? $0 : 1.5 * (exp($0) - 1) }, "tanh": { tanh($0) },
        "sigmoid": { sigmoid($0) }, "softplus": { log(1 + exp($0)) },
        "silu": { $0 * sigmoid($0) }, "gelu": { $0 * normal($0) },
        "geluTanh": { $0 / 2 * (1 + tanh(inner($0))) },
        "isNaN": { $0 < 0 ? 1 : 0 }, "isInfinite": { _ in 1 }, "isFinite": { $0 > 0 ? 1 : 0 },
        "logicalNot": { rint($0) == 0 ? 1 : 0 },
    ]

    private static let binary: [String: @Sendable (Double, Double) -> Double] = [
        "add": { $0 + $1 }, "sub": { $0 - $1 }, "mul": { $0 * $1 }, "div": { $0 / $1 },
        "floorDivide": { floor($0 / $1) }, "mod": { $0 - $1 * floor($0 / $1) },
        "pow": { pow($0, $1) }, "atan2": { atan2($0, $1) },
        "maximum": { max($0, $1) }, "minimum": { min($0, $1) },
        "weighing": { $0 == 0 ? 0 : $0 * $1 },
        "reluGrad": { $1 > 0 ? $0 : 0 }, "leakyReluGrad": { $1 > 0 ? $0 : 0.25 * $0 },
        "eluGrad": { $1 > 0 ? $0 : $0 * ($1 + 1.5) }, "tanhGrad": { $0 * (1 - $1 * $1) },
        "sigmoidGrad": { $0 * $1 * (1 - $1) }, "softplusGrad": { $0 * sigmoid($1) },
        "siluGrad": { $0 * (sigmoid($1) + $1 * sigmoid($1) * sigmoid(-$1)) },
        "geluGrad": { $0 * (normal($1) + $1 * density($1)) },
        "geluTanhGrad": {
            let t = tanh(inner($1))
            let slope = sqrt(2 / .pi) * (1 + 3 * 0.044715 * $1 * $1)
            return $0 * ((1 + t) / 2 + $1 / 2 * (1 - t * t) * slope)
        },
        "equal": { rint($0) == rint($1) ? 1 : 0 }, "notEqual": { rint($0) != rint($1) ? 1 : 0 },
        "less": { $0 < $1 ? 1 : 0 }, "lessEqual": { $0 <= $1 ? 1 : 0 },
        "greater": { $0 > $1 ? 1 : 0 }, "greaterEqual": { $0 >= $1 ? 1 : 0 },
        "logicalAnd": { rint($0) != 0 && rint($1) != 0 ? 1 : 0 },
        "logicalOr": { rint($0) != 0 || rint($1) != 0 ? 1 : 0 },
        "logicalXor": { (rint($0) != 0) != (rint($1) != 0) ? 1 : 0 },
    ]

    private static let shaped: [String: Reference] = [
        "where": { grids in
            Grid(Grid.broadcast(grids.map(\.shape))) {
                grids[0].spread($0) != 0 ? grids[1].spread($0) : grids[2].spread($0)
            }
        },
        "maskedFill": { grids in
            Grid(Grid.broadcast(grids.map(\.shape))) {
                grids[1].spread($0) != 0 ? -1.5 : grids[0].spread($0)
            }
        },
        "tril": { grids in
            Grid(grids[0].shape) { $0[$0.count - 1] <= $0[$0.count - 2] ? grids[0][$0] : 0 }
        },
        "triu": { grids in
            Grid(grids[0].shape) { $0[$0.count - 1] > $0[$0.count - 2] ? grids[0][$0] : 0 }
        },
        "dropout": { grids in
            let x = grids[0]
            let words = NDArray(
                uninitialized: [x.values.count + 64], .int32, on: CPUBackend.shared)
            let key = RandomKey(seed: 7, stream: 0, block: 0)
            Kernel.draw(.words, key).run(into: words)
            let draws = words.values(as: Int32.self).map { UInt32(bitPattern: $0) >> 8 }
            return Grid(
                x.shape,
                zip(x.values, draws).map { Double($1) * 0x1p-24 >= 0.25 ? $0 / 0.75 : 0 })
        },
    ]
}
