import CKernels
import Glibc

/// Special functions, computed in other ways than the kernels do.
enum Special {
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
    static func zeta(_ s: Double, _ q: Double) -> Double {
        if s < 1 || (q < 0 && s != s.rounded()) { return .nan }
        let end = q + 100
        let sum = (0..<100).reduce(0.0) { $0 + pow(q + Double($1), -s) }
        let tail = pow(end, 1 - s) / (s - 1) + 0.5 * pow(end, -s)
        return sum + tail + s / 12 * pow(end, -s - 1)
    }

    /// By bisection.
    static func erfinv(_ y: Double) -> Double {
        let t = abs(y)
        if t >= 1 { return t > 1 ? .nan : y * .infinity }
        var (low, high) = (0.0, 6.0)
        for _ in 0..<80 {
            let x = (low + high) / 2
            if t < 0.5 ? erf(x) < t : erfc(x) > 1 - t { low = x } else { high = x }
        }
        return y < 0 ? -low : low
    }

    /// The mean of e^(x cos a − |x|) cos(n a) over all angles.
    static func scaledBessel(_ order: Double, _ x: Double) -> Double {
        let count = 200
        return (0..<count).reduce(0.0) { total, k in
            let a = 2 * Double.pi * (Double(k) + 0.5) / Double(count)
            return total + exp(x * cos(a) - abs(x)) * cos(order * a) / Double(count)
        }
    }

    static func sinc(_ x: Double) -> Double {
        let turn = x - 2 * (x / 2).rounded()
        return x == 0 ? 1 : sin(.pi * turn) / (.pi * x)
    }
}

extension UnaryCase {
    static let special: [UnaryCase] = [
        UnaryCase("exp2", UnaryFunction.exp2, [-20.0...20.0, -149.0...127.9], 1.5) { exp2($0) },
        UnaryCase("erfinv", UnaryFunction.erfinv, [-0.99...0.99, -1.0...1.0, -1e-6...1e-6], 0.6) {
            Special.erfinv($0)
        },
        UnaryCase("lgamma", UnaryFunction.lgamma, [0.1...50.0, -5.0...5.0], 0.6) { lgamma($0) },
        UnaryCase(
            "digamma", UnaryFunction.digamma, [2.0...50.0, 0.1...2.0, 0.0...1e-3, -1.0...0.0], 0.6
        ) {
            Special.digamma($0)
        },
        UnaryCase("sinc", UnaryFunction.sinc, [-4.0...4.0, -1e-3...1e-3], 3) {
            Special.sinc($0)
        },
        UnaryCase("i0", UnaryFunction.i0, [-35.0...35.0, -1.0...1.0], 0.6) {
            Special.scaledBessel(0, $0) * exp(abs($0))
        },
        UnaryCase("i1", UnaryFunction.i1, [1.0...35.0, -35.0...35.0, -1.0...1.0], 0.6) {
            Special.scaledBessel(1, $0) * exp(abs($0))
        },
        UnaryCase("i0e", UnaryFunction.i0e, [-35.0...35.0, -80.0...80.0], 0.6) {
            Special.scaledBessel(0, $0)
        },
        UnaryCase("i1e", UnaryFunction.i1e, [1.0...35.0, -35.0...35.0, -80.0...80.0], 0.6) {
            Special.scaledBessel(1, $0)
        },
    ]

    static let furtherActivations: [UnaryCase] = [
        UnaryCase("celu", UnaryFunction.celu, wide, 2.5) { $0 > 0 ? $0 : p0 * expm1($0 / p0) },
        UnaryCase("mish", UnaryFunction.mish, wide, 4, floor: 1e-36) {
            $0 * tanh(max($0, 0) + log1p(exp(-abs($0))))
        },
        UnaryCase("hardsigmoid", UnaryFunction.hardsigmoid, wide, 1.6) {
            min(max($0 + 3, 0), 6) / 6
        },
        UnaryCase("hardswish", UnaryFunction.hardswish, wide, 2.1) {
            $0 * min(max($0 + 3, 0), 6) / 6
        },
        UnaryCase("hardshrink", UnaryFunction.hardshrink, wide) { abs($0) <= p0 ? 0 : $0 },
        UnaryCase("softshrink", UnaryFunction.softshrink, wide) {
            $0 > p0 ? $0 - p0 : $0 < -p0 ? $0 + p0 : 0
        },
    ]
}

extension BinaryCase {
    static let further: [BinaryCase] = [
        BinaryCase("fmod", BinaryFunction.fmod) { fmod($0, $1) },
        BinaryCase("trunc_div", BinaryFunction.trunc_div) {
            Double(Float($0) / Float($1)).rounded(.towardZero)
        },
        BinaryCase("hypot", BinaryFunction.hypot, 1) { hypot($0, $1) },
        BinaryCase("copysign", BinaryFunction.copysign) { copysign($0, $1) },
        BinaryCase("xlogy", BinaryFunction.xlogy, 2) { $0 == 0 ? 0 : $0 * log($1) },
        BinaryCase("xlog1py", BinaryFunction.xlog1py, 3) { $0 == 0 ? 0 : $0 * log1p($1) },
        BinaryCase("logaddexp", BinaryFunction.logaddexp, 2) {
            max($0, $1) + log1p(exp(-abs($0 - $1)))
        },
        BinaryCase("logaddexp2", BinaryFunction.logaddexp2, 2) {
            max($0, $1) + log1p(exp2(-abs($0 - $1))) / log(2)
        },
        BinaryCase("zeta", BinaryFunction.zeta, 0.6) { Special.zeta($0, $1) },
        BinaryCase("relu6_grad", BinaryFunction.relu6_grad) { $1 <= 0 || $1 >= 6 ? 0 : $0 },
        BinaryCase("celu_grad", BinaryFunction.celu_grad) { $1 > 0 ? $0 : $0 * (1 + $1 / p0) },
        BinaryCase("mish_grad", BinaryFunction.mish_grad) {
            let t = tanh(log1p(exp($1)))
            return $0 * (t + $1 * (1 - t * t) * logistic($1))
        },
        BinaryCase("hardsigmoid_grad", BinaryFunction.hardsigmoid_grad) {
            abs($1) < 3 ? $0 / 6 : 0
        },
        BinaryCase("hardswish_grad", BinaryFunction.hardswish_grad) {
            $1 <= -3 ? 0 : $1 < 3 ? $0 * ($1 / 3 + 0.5) : $0
        },
        BinaryCase("hardshrink_grad", BinaryFunction.hardshrink_grad) {
            abs($1) <= p0 ? 0 : $0
        },
    ]
}
