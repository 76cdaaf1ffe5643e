import FakeTensor

// Special functions, pairs, blends, integers, and further activations.
extension Entry {
    static let scalar: [Entry] = [
        .unary("deg2rad") { $0.deg2rad() },
        .unary("digamma") { $0.digamma() },
        .unary("erfinv") { $0.erfinv() },
        .unary("exp2") { $0.exp2() },
        .unary("frac") { $0.frac() },
        .unary("i0") { $0.i0() },
        .unary("isneginf") { $0.isNegativeInfinity() },
        .unary("isposinf") { $0.isPositiveInfinity() },
        .unary("lgamma") { $0.lgamma() },
        .unary("rad2deg") { $0.rad2deg() },
        .unary("signbit") { $0.signBit() },
        .unary("sinc") { $0.sinc() },
        .unary("special.i0e") { $0.i0e() },
        .unary("special.i1") { $0.i1() },
        .unary("special.i1e") { $0.i1e() },
        .unary("bitwise_not") { $0.bitwiseNot() },
        .op("mvlgamma", with: "p") { try $0.x.multigammaln($0.int("p", or: 1)) },
        .op("polygamma", "special.polygamma", with: "other") { a in
            // The order comes first, or second from a method.
            if a.isTensor("input") { return try a.x.polygamma(a.int("other", or: 0)) }
            return try a.tensor("other").polygamma(a.int("input", or: 0))
        },
        .op("logit", with: "eps") { try $0.x.logit(epsilon: $0.number("eps")) },
        .op("nan_to_num", with: "nan posinf neginf") { a in
            try a.x.nanToNum(
                nan: a.number("nan", or: 0), positiveInfinity: a.number("posinf"),
                negativeInfinity: a.number("neginf"))
        },
        .binary("fmod") {
            $0.fmod($1)
        } number: {
            $0.fmod($1)
        },
        .binary("copysign") {
            $0.copySign($1)
        } number: {
            $0.copySign($1)
        },
        .binary("hypot") { $0.hypot($1) },
        .binary("xlogy") { $0.xlogy($1) },
        .binary("special.xlog1py") { $0.xlog1py($1) },
        .binary("logaddexp") { $0.logAddExp($1) },
        .binary("logaddexp2") { $0.logAddExp2($1) },
        .binary("ldexp") { $0.ldexp($1) },
        .binary("heaviside", with: "values") { $0.heaviside($1) },
        .binary("gcd") { $0.gcd($1) },
        .binary("lcm") { $0.lcm($1) },
        .binary("bitwise_and", "__rand__") { $0.bitwiseAnd($1) },
        .binary("bitwise_or", "__ror__") { $0.bitwiseOr($1) },
        .binary("bitwise_xor", "__rxor__") { $0.bitwiseXor($1) },
        .binary("bitwise_left_shift") { $0.leftShift($1) },
        .binary("bitwise_right_shift") { $0.rightShift($1) },
        .op("isclose", with: "other rtol atol equal_nan") { a in
            try a.x.isClose(
                a.tensor("other"), relative: a.number("rtol", or: 1e-5),
                absolute: a.number("atol", or: 1e-8), equalNaN: a.bool("equal_nan"))
        },
        .op("lerp", with: "end weight") { a in
            if a.isTensor("weight") { return try a.x.lerp(a.tensor("end"), a.tensor("weight")) }
            return try a.x.lerp(a.tensor("end"), a.number("weight", or: 0))
        },
        .op("addcmul", with: "tensor1 tensor2 value") { a in
            try a.x.addcmul(
                a.tensor("tensor1"), a.tensor("tensor2"), value: a.scalar("value", or: 1))
        },
        .op("addcdiv", with: "tensor1 tensor2 value") { a in
            try a.x.addcdiv(
                a.tensor("tensor1"), a.tensor("tensor2"), value: a.scalar("value", or: 1))
        },
        .reduction("nanmean") { $0.nanMean(axes: $1, keepDims: $2) },
        .op("count_nonzero", with: "dim") { try $0.x.countNonzero(axes: $0.axes()) },
        .ops("aminmax", with: "dim keepdim") { a in
            let both = try a.x.aminmax(axes: a.axes(), keepDims: a.bool("keepdim"))
            return [both.min, both.max]
        },
    ]

    static let furtherActivations: [Entry] = [
        .unary("nn.functional.mish") { $0.mish() },
        .unary("nn.functional.selu") { $0.selu() },
        .unary("nn.functional.relu6") { $0.relu6() },
        .unary("nn.functional.hardswish") { $0.hardswish() },
        .unary("nn.functional.hardsigmoid") { $0.hardsigmoid() },
        .unary("nn.functional.tanhshrink") { $0.tanhshrink() },
        .unary("nn.functional.softsign") { $0.softsign() },
        .unary("nn.functional.logsigmoid") { $0.logSigmoid() },
        .op("nn.functional.celu", with: "alpha") { a in
            try a.x.celu(alpha: a.number("alpha", or: 1))
        },
        .op("nn.functional.hardtanh", with: "min_val max_val") { a in
            try a.x.hardtanh(lower: a.number("min_val", or: -1), upper: a.number("max_val", or: 1))
        },
        .op("nn.functional.hardshrink", with: "lambd") { a in
            try a.x.hardshrink(lambda: a.number("lambd", or: 0.5))
        },
        .op("nn.functional.softshrink", with: "lambd") { a in
            try a.x.softshrink(lambda: a.number("lambd", or: 0.5))
        },
        .op("nn.functional.threshold", with: "threshold value") { a in
            try a.x.threshold(a.number("threshold", or: 0), value: a.number("value", or: 0))
        },
        .op("nn.functional.glu", with: "dim") { try $0.x.glu(axis: $0.int("dim", or: -1)) },
        .binary("nn.functional.prelu", with: "weight") { $0.prelu($1) },
    ]
}
