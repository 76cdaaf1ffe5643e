import FakeTensor

// Functions of single elements.
extension Entry {
    static let elementwise: [Entry] = [
        .unary("abs") { $0.abs() },
        .unary("acos") { $0.acos() },
        .unary("acosh") { $0.acosh() },
        .unary("asin") { $0.asin() },
        .unary("asinh") { $0.asinh() },
        .unary("atan") { $0.atan() },
        .unary("atanh") { $0.atanh() },
        .unary("ceil") { $0.ceil() },
        .unary("cos") { $0.cos() },
        .unary("cosh") { $0.cosh() },
        .unary("erf") { $0.erf() },
        .unary("erfc") { $0.erfc() },
        .unary("exp") { $0.exp() },
        .unary("expm1") { $0.expm1() },
        .unary("floor") { $0.floor() },
        .unary("isfinite") { $0.isFinite() },
        .unary("isinf") { $0.isInfinite() },
        .unary("isnan") { $0.isNaN() },
        .unary("log") { $0.log() },
        .unary("log10") { $0.log10() },
        .unary("log1p") { $0.log1p() },
        .unary("log2") { $0.log2() },
        .unary("logical_not") { $0.logicalNot() },
        .unary("neg") { -$0 },
        .unary("positive", "real", "conj", "conj_physical", "resolve_conj", "resolve_neg") { $0 },
        .unary("reciprocal") { $0.reciprocal() },
        .unary("rsqrt") { $0.rsqrt() },
        .unary("sign", "sgn") { $0.sign() },
        .unary("sin") { $0.sin() },
        .unary("sinh") { $0.sinh() },
        .unary("sqrt") { $0.sqrt() },
        .unary("square") { $0.square() },
        .unary("tan") { $0.tan() },
        .unary("tanh") { $0.tanh() },
        .unary("trunc") { $0.trunc() },
        .op("round", with: "decimals") { a in
            try a.x.round(decimals: a.int("decimals", or: 0))
        },
    ]

    static let activations: [Entry] = [
        .unary("nn.functional.relu") { $0.relu() },
        .unary("nn.functional.silu") { $0.silu() },
        .unary("sigmoid") { $0.sigmoid() },
        .op("nn.functional.gelu", with: "approximate") { a in
            switch a.string("approximate") ?? "none" {
            case "none": return try a.x.gelu()
            case "tanh": return try a.x.geluTanh()
            case let word: throw Inexpressible("approximate \(word)")
            }
        },
        .op("nn.functional.elu", with: "alpha") { a in
            try a.x.elu(alpha: a.number("alpha", or: 1))
        },
        .op("nn.functional.leaky_relu", with: "negative_slope") { a in
            try a.x.leakyRelu(slope: a.number("negative_slope", or: 0.01))
        },
        .op("nn.functional.softplus", with: "beta threshold") { a in
            try a.x.softplus(
                beta: a.number("beta", or: 1), threshold: a.number("threshold", or: 20))
        },
        .op("softmax", with: "dim dtype") { try $0.typed.softmax(axis: $0.int("dim", or: -1)) },
        .op("log_softmax", with: "dim dtype") {
            try $0.typed.logSoftmax(axis: $0.int("dim", or: -1))
        },
        .op("nn.functional.softmin", with: "dim dtype") {
            try (-$0.typed).softmax(axis: $0.int("dim", or: -1))
        },
        .op(
            "nn.functional.dropout", "nn.functional.dropout2d", "nn.functional.dropout3d",
            with: "p training"
        ) { a in
            let isTraining = try a.bool("training")
            let isIdle = a.has("training") && !isTraining
            let rate = try a.number("p", or: 0.5)
            guard isIdle || rate == 0 else { throw Inexpressible("random") }
            return try a.x.dropout(0, using: Random(seed: 0))
        },
    ]
}
