import Autograd
import Tensor

// Rows of operations on single elements.
extension OpTable {
    static let arithmetic: [OpRow] = [
        binary("add", "Add") { $0 + $1 },
        binary("sub", "Sub") { $0 - $1 },
        binary("mul", "Mul") { $0 * $1 },
        binary("div", "Div", over: -2...2, 0.5...2) { $0 / $1 },
        binary("floorDivide", "FloorDiv", over: -4...4, 0.5...2, gradient: .zero) {
            $0.floorDivide($1)
        },
        binary("mod", "Mod", over: -4...4, 0.5...2) { $0.mod($1) },
        binary("pow", "Pow", over: 0.3...2) { $0.pow($1) },
        binary("atan2", "Atan2", over: -2...2, 0.3...2) { $0.atan2($1) },
        binary("weighing", "Weigh") { $0.weighing($1) },
        binary("maximum", "Maximum", "Extremum") { $0.maximum($1) },
        binary("minimum", "Minimum", "Extremum") { $0.minimum($1) },
        unary("neg", "Neg") { -$0 },
        unary("cast", "Cast") { InnerOps.cast($0, to: $0.dtype) },
        unary("to", "Move") { InnerOps.move($0, to: $0.data.backend) },
        unary("dropout", "Dropout") { $0.dropout(0.25, using: Random(seed: 7)) },
    ]

    static let scalarArithmetic: [OpRow] = [
        unary("x + n", "AddScalar") { $0 + 3 },
        unary("x - n", "SubScalar") { $0 - 3 },
        unary("n - x", "ScalarSub") { 3 - $0 },
        unary("x * n", "MulScalar") { $0 * 1.5 },
        unary("x / n", "DivScalar") { $0 / 1.5 },
        unary("n / x", "ScalarDiv", over: 0.5...2) { 1.5 / $0 },
        unary("floorDivide by n", "FloorDivScalar", over: -4...4, gradient: .zero) {
            $0.floorDivide(0.75)
        },
        unary("mod by n", "ModScalar", over: -4...4) { $0.mod(-0.75) },
        unary("x ** 0", "PowScalar", gradient: .zero) { $0 ** 0 },
        unary("x ** 1", "PowScalar") { $0 ** 1 },
        unary("x ** 2", "PowScalar") { $0 ** 2 },
        unary("x ** 3", "PowScalar") { $0 ** 3 },
        unary("x ** 0.5", "PowScalar", over: 0.2...3) { $0 ** 0.5 },
        unary("x ** -1", "PowScalar", over: 0.4...3) { $0 ** -1 },
        unary("x ** 2.5", "PowScalar", over: 0.3...2) { $0 ** 2.5 },
        unary("2 ** x", "ScalarPow") { 2 ** $0 },
        unary("maximum with n", "MaximumScalar", "ExtremumScalar") { $0.maximum(0.25) },
        unary("minimum with n", "MinimumScalar", "ExtremumScalar") { $0.minimum(0.25) },
    ]

    static let exponential: [OpRow] = [
        unary("square", "Square") { $0.square() },
        unary("sqrt", "Sqrt", over: 0.2...3) { $0.sqrt() },
        unary("rsqrt", "Rsqrt", over: 0.3...3) { $0.rsqrt() },
        unary("reciprocal", "Reciprocal", over: 0.4...3) { $0.reciprocal() },
        unary("exp", "Exp") { $0.exp() },
        unary("expm1", "Expm1") { $0.expm1() },
        unary("log", "Log", over: 0.3...3) { $0.log() },
        unary("log2", "Log2", over: 0.3...3) { $0.log2() },
        unary("log10", "Log10", over: 0.3...3) { $0.log10() },
        unary("log1p", "Log1p", over: -0.6...3) { $0.log1p() },
    ]

    static let trigonometric: [OpRow] = [
        unary("sin", "Sin", over: -4...4) { $0.sin() },
        unary("cos", "Cos", over: -4...4) { $0.cos() },
        unary("tan", "Tan", over: -1.2...1.2) { $0.tan() },
        unary("asin", "Asin", over: -0.9...0.9) { $0.asin() },
        unary("acos", "Acos", over: -0.9...0.9) { $0.acos() },
        unary("atan", "Atan") { $0.atan() },
        unary("sinh", "Sinh") { $0.sinh() },
        unary("cosh", "Cosh") { $0.cosh() },
        unary("asinh", "Asinh") { $0.asinh() },
        unary("acosh", "Acosh", over: 1.3...4) { $0.acosh() },
        unary("atanh", "Atanh", over: -0.8...0.8) { $0.atanh() },
        unary("erf", "Erf") { $0.erf() },
        unary("erfc", "Erfc") { $0.erfc() },
    ]

    static let rounding: [OpRow] = [
        unary("abs", "Abs") { $0.abs() },
        unary("sign", "Sign", gradient: .zero) { $0.sign() },
        unary("floor", "Floor", gradient: .zero) { $0.floor() },
        unary("ceil", "Ceil", gradient: .zero) { $0.ceil() },
        unary("round", "Round", gradient: .zero) { $0.round() },
        unary("trunc", "Trunc", gradient: .zero) { $0.trunc() },
        unary("clip", "Clip") { $0.clip(lower: -0.75, upper: 1.25) },
    ]

    /// The second operand of a fused backward kernel is the activation's output (relu, elu, tanh,
    /// sigmoid) or its input.
    static let activation: [OpRow] = [
        unary("relu", "ReLU", "ActivationGrad") { $0.relu() },
        unary("leakyRelu", "LeakyReLU", "ActivationGrad") { $0.leakyRelu(slope: 0.25) },
        unary("elu", "ELU", "ActivationGrad") { $0.elu(alpha: 1.5) },
        unary("tanh", "Tanh", "ActivationGrad") { $0.tanh() },
        unary("sigmoid", "Sigmoid", "ActivationGrad") { $0.sigmoid() },
        unary("softplus", "Softplus", "ActivationGrad") { $0.softplus() },
        unary("silu", "SiLU", "ActivationGrad") { $0.silu() },
        unary("gelu", "GELU", "ActivationGrad") { $0.gelu() },
        unary("geluTanh", "GELUTanh", "ActivationGrad") { $0.geluTanh() },
        binary("reluGrad", "ActivationGrad") { InnerOps.reluGrad($0, $1) },
        binary("leakyReluGrad", "ActivationGrad") { InnerOps.leakyReluGrad($0, $1) },
        binary("eluGrad", "ActivationGrad") { InnerOps.eluGrad($0, $1) },
        binary("tanhGrad", "ActivationGrad") { InnerOps.tanhGrad($0, $1) },
        binary("sigmoidGrad", "ActivationGrad") { InnerOps.sigmoidGrad($0, $1) },
        binary("softplusGrad", "ActivationGrad") { InnerOps.softplusGrad($0, $1) },
        binary("siluGrad", "ActivationGrad") { InnerOps.siluGrad($0, $1) },
        binary("geluGrad", "ActivationGrad") { InnerOps.geluGrad($0, $1) },
        binary("geluTanhGrad", "ActivationGrad") { InnerOps.geluTanhGrad($0, $1) },
    ]

    static let comparison: [OpRow] = [
        binary("equal", "Compare", gradient: .none("bool")) { $0.round() .== $1.round() },
        binary("notEqual", "Compare", gradient: .none("bool")) { $0.round() .!= $1.round() },
        binary("less", "Compare", gradient: .none("bool")) { $0 .< $1 },
        binary("lessEqual", "Compare", gradient: .none("bool")) { $0 .<= $1 },
        binary("greater", "Compare", gradient: .none("bool")) { $0 .> $1 },
        binary("greaterEqual", "Compare", gradient: .none("bool")) { $0 .>= $1 },
        unary("equal to n", "CompareScalar", gradient: .none("bool")) { $0.round() .== 1 },
        unary("not equal to n", "CompareScalar", gradient: .none("bool")) { $0.round() .!= 1 },
        unary("less than n", "CompareScalar", gradient: .none("bool")) { $0 .< 0.25 },
        unary("at most n", "CompareScalar", gradient: .none("bool")) { $0 .<= 0.25 },
        unary("greater than n", "CompareScalar", gradient: .none("bool")) { $0 .> 0.25 },
        unary("at least n", "CompareScalar", gradient: .none("bool")) { $0 .>= 0.25 },
        unary("isNaN", "Predicate", gradient: .none("bool")) { $0.sqrt().isNaN() },
        unary("isInfinite", "Predicate", gradient: .none("bool")) { ($0 / 0).isInfinite() },
        unary("isFinite", "Predicate", gradient: .none("bool")) { $0.log().isFinite() },
        unary("logicalNot", "CompareScalar", gradient: .none("bool")) { $0.round().logicalNot() },
        binary("logicalAnd", "Logical", gradient: .none("bool")) {
            $0.round().logicalAnd($1.round())
        },
        binary("logicalOr", "Logical", gradient: .none("bool")) {
            $0.round().logicalOr($1.round())
        },
        binary("logicalXor", "Compare", gradient: .none("bool")) {
            $0.round().logicalXor($1.round())
        },
        several(
            "where", "Where", inputs: [.bool, .real(-2...2), .real(-2...2)],
            shapes: [
                [[3, 4], [3, 4], [3, 4]], [[4], [3, 1], [1, 4]], [[2, 1, 1], [3], []],
                [[], [], []], [[0], [1], [1]], [[2, 0, 3], [3], [1, 3]],
            ], large: [[332, 307], [307], [332, 307]]
        ) { Tensor.where($0[0], $0[1], $0[2]) },
        several(
            "maskedFill", "Where", inputs: [.real(-2...2), .bool],
            shapes: [[[3, 4], [3, 4]], [[2, 3], [3]], [[], []], [[0, 3], [3]]]
        ) { $0[0].maskedFill($0[1], -1.5) },
        shaped("tril", "Where", shapes: [[3, 4], [2, 3, 3], [1, 1], [0, 3], [2, 0]]) { $0.tril() },
        shaped("triu", "Where", shapes: [[3, 4], [2, 3, 3], [1, 1], [0, 3], [2, 0]]) {
            $0.triu(1)
        },
    ]
}
