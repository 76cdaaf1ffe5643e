import Autograd
import Tensor

// Rows of special functions, of functions of two elements, of activations and of compositions.
extension OpTable {
    static let scalar: [OpRow] = special + pairs + blends + integers + furtherActivations

    private static let special: [OpRow] = [
        unary("exp2", "Exp2") { $0.exp2() },
        unary("erfinv", "ErfInv", over: -0.8...0.8) { $0.erfinv() },
        unary("lgamma", "LogGamma", over: 0.5...4) { $0.lgamma() },
        unary("digamma", "Digamma", over: 0.5...4) { $0.digamma() },
        unary("digamma below 0", "Digamma", over: -0.9 ... -0.1) { $0.digamma() },
        unary("polygamma", "HurwitzZeta", over: 0.8...4) { $0.polygamma(2) },
        unary("polygamma below 0", "HurwitzZeta", over: -0.7 ... -0.3) { $0.polygamma(1) },
        unary("multigammaln", "LogGamma", over: 1.5...4) { $0.multigammaln(3) },
        unary("sinc", "Sinc", over: -2.5...2.5) { $0.sinc() },
        unary("logit", "Log", "Log1p", over: 0.1...0.9) { $0.logit() },
        unary("logit epsilon", "Log", "Log1p", over: -0.5...1.5) { $0.logit(epsilon: 0.2) },
        unary("i0", "BesselI0", over: -3...3) { $0.i0() },
        unary("i1", "BesselI1", over: -3...3) { $0.i1() },
        unary("i0e", "ScaledBesselI0", over: -3...3) { $0.i0e() },
        unary("i1e", "ScaledBesselI1", over: -3...3) { $0.i1e() },
        shaped("nanMean", "NanSum", "Div", shapes: lines, roundings: 3) {
            holes($0).nanMean(axis: -1)
        },
        shaped("countNonzero", "Sum", shapes: lines, gradient: .none("index")) {
            $0.round().countNonzero(axis: 0)
        },
        shaped("argmax keepDims", "ArgExtreme", shapes: lines, gradient: .none("index")) {
            $0.argmax(axis: 0, keepDims: true)
        },
    ]

    private static let lines: [Shape] = [[3, 4], [2, 3, 2], [1], [1, 1]]

    /// NaN in each third place of the last axis, but not in the first.
    private static func holes(_ x: Tensor) -> Tensor {
        let places = Tensor.arange(0, x.shape[x.rank - 1], on: x.data.backend)
        return x.maskedFill(places.mod(3) .== 1, Double.nan)
    }

    private static let pairs: [OpRow] = [
        binary("fmod", "Fmod", over: -4...4, 0.5...2) { $0.fmod($1) },
        binary("divide floor", "RoundedDiv", over: -4...4, 0.5...2, gradient: .zero) {
            $0.divide($1, rounding: .floor)
        },
        binary("divide trunc", "RoundedDiv", over: -4...4, 0.5...2, gradient: .zero) {
            $0.divide($1, rounding: .trunc)
        },
        binary("hypot", "Hypot", over: -2...2, 0.3...2) { $0.hypot($1) },
        binary("copySign", "CopySign") { $0.copySign($1) },
        binary("xlogy", "XLogY", over: -2...2, 0.3...2) { $0.xlogy($1) },
        binary("xlog1py", "XLog1pY", over: -2...2, -0.6...2) { $0.xlog1py($1) },
        binary("logAddExp", "LogAddExp") { $0.logAddExp($1) },
        binary("logAddExp2", "LogAddExp2") { $0.logAddExp2($1) },
        binary("ldexp", "Exp2", "Mul") { $0.ldexp($1) },
        binary("isClose", "Compare", gradient: .none("bool")) {
            $0.round().isClose($1.round(), relative: 0.5)
        },
    ]

    private static let real = OpInput.real(-2...2)
    private static let triples: [[Shape]] = [
        [[3, 4], [3, 4], [3, 4]], [[4], [3, 1], [1, 4]], [[2, 1, 1], [3], []],
        [[], [], []], [[0], [1], [1]], [[2, 0, 3], [3], [1, 3]],
    ]

    private static let blends: [OpRow] = [
        several("lerp", "Where", inputs: [real, real, .real(-0.5...1.5)], shapes: triples) {
            $0[0].lerp($0[1], $0[2])
        },
        binary("lerp by 0.25", "Add", "Sub") { $0.lerp($1, 0.25) },
        binary("lerp by 0.75", "Sub", "MulScalar") { $0.lerp($1, 0.75) },
        several("addcmul", "Mul", "Add", inputs: [real, real, real], shapes: triples) {
            $0[0].addcmul($0[1], $0[2], value: 0.5)
        },
        several("addcdiv", "Div", "Add", inputs: [real, real, .real(0.5...2)], shapes: triples) {
            $0[0].addcdiv($0[1], $0[2], value: 0.5)
        },
        unary("nanToNum", "Where") {
            $0.maskedFill($0 .> 1, Double.nan).nanToNum(nan: 0.5)
        },
        unary("frac", "Trunc", "Sub") { $0.frac() },
        several(
            "heaviside", "Where", inputs: [.index(below: 2), real],
            shapes: [[[3, 4], [3, 4]], [[3, 1], [4]], [[], []], [[0], [0]]]
        ) { $0[0].cast(to: $0[1].dtype).heaviside($0[1]) },
        unary("deg2rad", "MulScalar") { $0.deg2rad() },
        unary("rad2deg", "MulScalar") { $0.rad2deg() },
        unary("round decimals", "Round", gradient: .zero) { $0.round(decimals: 1) },
        several(
            "clip by tensors", "Where", inputs: [real, .real(-2...0.5), .real(-0.5...2)],
            shapes: triples
        ) { $0[0].clip(lower: $0[1], upper: $0[2]) },
        unary("signBit", "Predicate", gradient: .none("bool")) { $0.signBit() },
        unary("isPositiveInfinity", "CompareScalar", gradient: .none("bool")) {
            ($0 / 0).isPositiveInfinity()
        },
        unary("isNegativeInfinity", "CompareScalar", gradient: .none("bool")) {
            ($0 / 0).isNegativeInfinity()
        },
    ]

    private static func whole(
        _ name: String, _ apply: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) -> OpRow {
        several(
            name, "IntegerFunction", inputs: [.index(below: 12), .index(below: 6)],
            shapes: [[[3, 4], [3, 4]], [[3, 1], [4]], [[], []], [[0], [0]]],
            gradient: .none("index")
        ) { apply($0[0], $0[1]) }
    }

    private static let integers: [OpRow] = [
        whole("bitwiseAnd") { $0.bitwiseAnd($1) },
        whole("bitwiseOr") { $0.bitwiseOr($1) },
        whole("bitwiseXor") { $0.bitwiseXor($1) },
        whole("leftShift") { $0.leftShift($1) },
        whole("rightShift") { $0.rightShift($1) },
        whole("gcd") { $0.gcd($1) },
        whole("lcm") { $0.lcm($1) },
        several(
            "bitwiseNot", "Neg", inputs: [.index(below: 9)], shapes: [[[3, 4]], [[]], [[0]]],
            gradient: .none("index")
        ) { $0[0].bitwiseNot() },
    ]

    private static let furtherActivations: [OpRow] = [
        unary("mish", "Mish", over: -4...4) { $0.mish() },
        unary("selu", "ELU", "MulScalar") { $0.selu() },
        unary("celu", "CELU") { $0.celu(alpha: 1.5) },
        unary("relu6", "ReLU6", over: -4...9) { $0.relu6() },
        unary("hardsigmoid", "Hardsigmoid", over: -5...5) { $0.hardsigmoid() },
        unary("hardswish", "Hardswish", over: -5...5) { $0.hardswish() },
        unary("hardtanh", "Hardtanh") { $0.hardtanh(lower: -0.75, upper: 1.25) },
        unary("hardshrink", "Shrink") { $0.hardshrink() },
        unary("softshrink", "Shrink") { $0.softshrink(lambda: 0.75) },
        unary("tanhshrink", "Sub") { $0.tanhshrink() },
        unary("softsign", "Div") { $0.softsign() },
        unary("logSigmoid", "Neg") { $0.logSigmoid() },
        unary("threshold", "Where") { $0.threshold(0.25, value: -1.5) },
        unary("softplus beta", "Where") { $0.softplus(beta: 2, threshold: 3) },
        shaped("glu", "Mul", shapes: [[3, 4], [2, 6], [0, 4], [2]], large: [332, 306]) { $0.glu() },
        shaped("softmin", "Softmax", shapes: [[3, 4], [1, 1], [0, 4], [4]]) { $0.softmin() },
        several(
            "prelu", "Where", inputs: [real, real],
            shapes: [[[3, 4], [4]], [[2, 3, 4], [3]], [[4], [1]], [[], []], [[0, 3], [3]]]
        ) { $0[0].prelu($0[1]) },
        binary("mishGrad", "ActivationGrad") { InnerOps.mishGrad($0, $1) },
        binary("celuGrad", "ActivationGrad") { InnerOps.celuGrad($0, $1) },
        binary("relu6Grad", "ActivationGrad", over: -2...2, -4...9) { InnerOps.relu6Grad($0, $1) },
        binary("hardsigmoidGrad", "ActivationGrad", over: -2...2, -5...5) {
            InnerOps.hardsigmoidGrad($0, $1)
        },
        binary("hardswishGrad", "ActivationGrad", over: -2...2, -5...5) {
            InnerOps.hardswishGrad($0, $1)
        },
        binary("hardshrinkGrad", "ActivationGrad") { InnerOps.hardshrinkGrad($0, $1) },
    ]
}
