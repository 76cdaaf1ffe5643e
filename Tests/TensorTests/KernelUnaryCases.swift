import CKernels
import Glibc

/// One unary operation with its reference in double and where it is compared.
struct UnaryCase: Sendable, CustomStringConvertible {
    let name: String
    let operation: ft_unary_op
    let ranges: [ClosedRange<Double>]
    let tolerance: Double
    let floor: Float
    let reference: @Sendable (Double) -> Double

    init(
        _ name: String, _ operation: ft_unary_op, _ ranges: [ClosedRange<Double>],
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

    static let all: [UnaryCase] = arithmetic + transcendental + trigonometric + activations

    static let arithmetic: [UnaryCase] = [
        UnaryCase("neg", FT_UNARY_neg, wide) { -$0 },
        UnaryCase("abs", FT_UNARY_abs, wide) { abs($0) },
        UnaryCase("sign", FT_UNARY_sign, wide) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
        UnaryCase("square", FT_UNARY_square, wide) { $0 * $0 },
        UnaryCase("sqrt", FT_UNARY_sqrt, positive) { $0.squareRoot() },
        UnaryCase("rsqrt", FT_UNARY_rsqrt, positive, 1.6) { 1 / $0.squareRoot() },
        UnaryCase("reciprocal", FT_UNARY_reciprocal, wide) { 1 / $0 },
        UnaryCase("floor", FT_UNARY_floor, wide) { $0.rounded(.down) },
        UnaryCase("ceil", FT_UNARY_ceil, wide) { $0.rounded(.up) },
        UnaryCase("round", FT_UNARY_round, wide) { $0.rounded(.toNearestOrEven) },
        UnaryCase("trunc", FT_UNARY_trunc, wide) { $0.rounded(.towardZero) },
        UnaryCase("clip", FT_UNARY_clip, wide) { min(max($0, p0), p1) },
    ]

    static let transcendental: [UnaryCase] = [
        UnaryCase("exp", FT_UNARY_exp, wide, 1.1) { exp($0) },
        UnaryCase("expm1", FT_UNARY_expm1, wide, 2) { expm1($0) },
        UnaryCase("log", FT_UNARY_log, positive, 1.2) { log($0) },
        UnaryCase("log2", FT_UNARY_log2, positive, 2) { log2($0) },
        UnaryCase("log10", FT_UNARY_log10, positive, 2.5) { log10($0) },
        UnaryCase("log1p", FT_UNARY_log1p, positive + [-0.9999...1.0], 2) { log1p($0) },
        UnaryCase("sinh", FT_UNARY_sinh, [-80.0...80.0], 3) { sinh($0) },
        UnaryCase("cosh", FT_UNARY_cosh, [-80.0...80.0], 3) { cosh($0) },
        UnaryCase("tanh", FT_UNARY_tanh, wide, 3) { tanh($0) },
        UnaryCase("asinh", FT_UNARY_asinh, wide, 3) { asinh($0) },
        UnaryCase("acosh", FT_UNARY_acosh, [1.0...2.0, 1.0...1e10], 3) { acosh($0) },
        UnaryCase("atanh", FT_UNARY_atanh, [-0.999...0.999], 3) { atanh($0) },
        UnaryCase("erf", FT_UNARY_erf, wide, 2) { erf($0) },
    ]

    static let trigonometric: [UnaryCase] = [
        UnaryCase("sin", FT_UNARY_sin, wide + [-1e5...1e5, -1e20...1e20], 2) { sin($0) },
        UnaryCase("cos", FT_UNARY_cos, wide + [-1e5...1e5, -1e20...1e20], 2) { cos($0) },
        UnaryCase("tan", FT_UNARY_tan, wide, 2) { tan($0) },
        UnaryCase("asin", FT_UNARY_asin, [-1.0...1.0], 2) { asin($0) },
        UnaryCase("acos", FT_UNARY_acos, [-1.0...1.0], 2) { acos($0) },
        UnaryCase("atan", FT_UNARY_atan, wide, 2) { atan($0) },
    ]

    static let activations: [UnaryCase] = [
        UnaryCase("relu", FT_UNARY_relu, wide) { max($0, 0) },
        UnaryCase("leaky_relu", FT_UNARY_leaky_relu, wide) { $0 > 0 ? $0 : p0 * $0 },
        UnaryCase("elu", FT_UNARY_elu, wide, 2) { $0 > 0 ? $0 : p0 * expm1($0) },
        UnaryCase("sigmoid", FT_UNARY_sigmoid, wide, 3) { logistic($0) },
        UnaryCase("softplus", FT_UNARY_softplus, wide, 3) { max($0, 0) + log1p(exp(-abs($0))) },
        UnaryCase("silu", FT_UNARY_silu, wide, 3, floor: 1e-36) { $0 * logistic($0) },
        UnaryCase("gelu", FT_UNARY_gelu, [-2.5...4.0, -1e-6...1e-6], 4.5) {
            $0 * normalDistribution($0)
        },
        UnaryCase("gelu", FT_UNARY_gelu, wide, 5, floor: 1e-36) { $0 * normalDistribution($0) },
        // The cubic's rounding error is magnified by the exponential in the far tail, where the
        // approximation itself is long wrong.
        UnaryCase("gelu_tanh", FT_UNARY_gelu_tanh, [-3.0...10.0], 10) {
            let cubic = $0 + 0.044715 * $0 * $0 * $0
            return $0 * logistic(2 * (2 / Double.pi).squareRoot() * cubic)
        },
    ]
}

func logistic(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
