import CKernels
import Glibc

/// One unary operation with its reference in double and where it is compared.
struct UnaryCase: Sendable, CustomStringConvertible {
    let name: String
    let operation: UnaryFunction
    let ranges: [ClosedRange<Double>]
    let tolerance: Double
    let floor: Float
    let reference: @Sendable (Double) -> Double

    init(
        _ name: String, _ operation: UnaryFunction, _ ranges: [ClosedRange<Double>],
        _ tolerance: Double = 0.51, floor: Float = .leastNormalMagnitude,
        _ reference: @escaping @Sendable (Double) -> Double
    ) {
        self.name = name
        self.operation = operation
        self.ranges = ranges
        self.tolerance = tolerance
        self.floor = floor
        self.reference = reference
    }

    var description: String { name }
    var code: Int32 { Int32(operation.rawValue) }

    /// The parameters that every case is called with.
    static let p0: Double = 0.25
    static let p1: Double = 2

    static let wide = [-4.0...4.0, -100.0...100.0, -1e-6...1e-6]
    static let positive = [0.0...4.0, 0.0...1e30, 0.0...1e-38]

    static let all: [UnaryCase] =
        arithmetic + transcendental + trigonometric + activations + special
        + furtherActivations

    static let arithmetic: [UnaryCase] = [
        UnaryCase("neg", UnaryFunction.neg, wide) { -$0 },
        UnaryCase("abs", UnaryFunction.abs, wide) { abs($0) },
        UnaryCase("sign", UnaryFunction.sign, wide) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
        UnaryCase("square", UnaryFunction.square, wide) { $0 * $0 },
        UnaryCase("sqrt", UnaryFunction.sqrt, positive) { $0.squareRoot() },
        UnaryCase("rsqrt", UnaryFunction.rsqrt, positive, 1.6) { 1 / $0.squareRoot() },
        UnaryCase("reciprocal", UnaryFunction.reciprocal, wide) { 1 / $0 },
        UnaryCase("floor", UnaryFunction.floor, wide) { $0.rounded(.down) },
        UnaryCase("ceil", UnaryFunction.ceil, wide) { $0.rounded(.up) },
        UnaryCase("round", UnaryFunction.round, wide) { $0.rounded(.toNearestOrEven) },
        UnaryCase("trunc", UnaryFunction.trunc, wide) { $0.rounded(.towardZero) },
        UnaryCase("clip", UnaryFunction.clip, wide) { min(max($0, p0), p1) },
    ]

    static let transcendental: [UnaryCase] = [
        UnaryCase("exp", UnaryFunction.exp, wide, 1.1) { exp($0) },
        UnaryCase("expm1", UnaryFunction.expm1, wide, 2) { expm1($0) },
        UnaryCase("log", UnaryFunction.log, positive, 1.2) { log($0) },
        UnaryCase("log2", UnaryFunction.log2, positive, 2) { log2($0) },
        UnaryCase("log10", UnaryFunction.log10, positive, 2.5) { log10($0) },
        UnaryCase("log1p", UnaryFunction.log1p, positive + [-0.9999...1.0], 2) { log1p($0) },
        UnaryCase("sinh", UnaryFunction.sinh, [-80.0...80.0], 3) { sinh($0) },
        UnaryCase("cosh", UnaryFunction.cosh, [-80.0...80.0], 3) { cosh($0) },
        UnaryCase("tanh", UnaryFunction.tanh, wide, 3) { tanh($0) },
        UnaryCase("asinh", UnaryFunction.asinh, wide, 3) { asinh($0) },
        UnaryCase("acosh", UnaryFunction.acosh, [1.0...2.0, 1.0...1e10], 3) { acosh($0) },
        UnaryCase("atanh", UnaryFunction.atanh, [-0.999...0.999], 3) { atanh($0) },
        UnaryCase("erf", UnaryFunction.erf, wide, 2) { erf($0) },
        UnaryCase("erfc", UnaryFunction.erfc, [-9.0...9.0], 3) { erfc($0) },
    ]

    static let trigonometric: [UnaryCase] = [
        UnaryCase("sin", UnaryFunction.sin, wide + [-1e5...1e5, -1e20...1e20], 2) { sin($0) },
        UnaryCase("cos", UnaryFunction.cos, wide + [-1e5...1e5, -1e20...1e20], 2) { cos($0) },
        UnaryCase("tan", UnaryFunction.tan, wide, 2) { tan($0) },
        UnaryCase("asin", UnaryFunction.asin, [-1.0...1.0], 2) { asin($0) },
        UnaryCase("acos", UnaryFunction.acos, [-1.0...1.0], 2) { acos($0) },
        UnaryCase("atan", UnaryFunction.atan, wide, 2) { atan($0) },
    ]

    static let activations: [UnaryCase] = [
        UnaryCase("relu", UnaryFunction.relu, wide) { max($0, 0) },
        UnaryCase("leaky_relu", UnaryFunction.leaky_relu, wide) { $0 > 0 ? $0 : p0 * $0 },
        UnaryCase("elu", UnaryFunction.elu, wide, 2) { $0 > 0 ? $0 : p0 * expm1($0) },
        UnaryCase("sigmoid", UnaryFunction.sigmoid, wide, 3) { logistic($0) },
        UnaryCase("softplus", UnaryFunction.softplus, wide, 3) {
            max($0, 0) + log1p(exp(-abs($0)))
        },
        UnaryCase("silu", UnaryFunction.silu, wide, 3, floor: 1e-36) { $0 * logistic($0) },
        UnaryCase("gelu", UnaryFunction.gelu, [-2.5...4.0, -1e-6...1e-6], 4.5) {
            $0 * normalDistribution($0)
        },
        UnaryCase("gelu", UnaryFunction.gelu, wide, 5, floor: 1e-36) {
            $0 * normalDistribution($0)
        },
        // The cubic's rounding error is magnified by the exponential in the far tail, where the
        // approximation itself is long wrong.
        UnaryCase("gelu_tanh", UnaryFunction.gelu_tanh, [-3.0...10.0], 10) {
            let cubic = $0 + 0.044715 * $0 * $0 * $0
            return $0 * logistic(2 * (2 / Double.pi).squareRoot() * cubic)
        },
    ]
}

func logistic(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
