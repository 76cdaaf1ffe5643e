import FakeTensor

// Functions of two tensors, or a tensor and a number.
extension Entry {
    static let arithmetic: [Entry] = [
        .op("add", with: "other alpha") { a in
            try scaled(a) {
                $0 + $1
            } number: {
                $0 + $1
            } reversed: {
                $0 + $1
            }
        },
        .op("sub", with: "other alpha") { a in
            try scaled(a) {
                $0 - $1
            } number: {
                $0 - $1
            } reversed: {
                $0 - $1
            }
        },
        .op("rsub", with: "other alpha") { a in
            let x = try a.x * a.scalar("alpha", or: 1)
            if a.isTensor("other") { return try a.tensor("other") - x }
            return try a.require(a.scalar("other"), "other") - x
        },
        .binary("mul") {
            $0 * $1
        } number: {
            $0 * $1
        } reversed: {
            $0 * $1
        },
        .binary("true_divide") {
            $0 / $1
        } number: {
            $0 / $1
        } reversed: {
            $0 / $1
        },
        .binary("floor_divide") {
            $0.floorDivide($1)
        } number: {
            $0.floorDivide($1)
        },
        .op("div", with: "other rounding_mode") { a in
            switch a.string("rounding_mode") {
            case nil:
                try called(a) {
                    $0 / $1
                } number: {
                    $0 / $1
                } reversed: {
                    $0 / $1
                }
            case "floor":
                try called(a) {
                    $0.divide($1, rounding: .floor)
                } number: {
                    $0.divide($1, rounding: .floor)
                }
            case "trunc":
                try called(a) {
                    $0.divide($1, rounding: .trunc)
                } number: {
                    $0.divide($1, rounding: .trunc)
                }
            case let mode?: throw Inexpressible("rounding_mode \(mode)")
            }
        },
        .binary("remainder") {
            $0.mod($1)
        } number: {
            $0.mod($1)
        },
        .binary("pow", with: "exponent") {
            $0.pow($1)
        } number: {
            $0.pow($1)
        } reversed: {
            $0 ** $1
        },
        .binary("atan2") { $0.atan2($1) },
        .binary("maximum", "max.binary") { $0.maximum($1) },
        .binary("minimum", "min.binary") { $0.minimum($1) },
        .op("clamp", with: "min max") { a in
            if a.isTensor("min") || a.isTensor("max") {
                let (lower, upper) = (try a.optionalTensor("min"), try a.optionalTensor("max"))
                let raised = try lower.map { try a.x.clip(lower: $0) } ?? a.x
                return upper.map { raised.clip(upper: $0) } ?? raised
            }
            return try a.x.clip(
                lower: a.scalar("min") ?? Scalar(-Double.infinity),
                upper: a.scalar("max") ?? Scalar(Double.infinity))
        },
        .binary("clamp_min", with: "min") {
            $0.maximum($1)
        } number: {
            $0.maximum($1)
        },
        .binary("clamp_max", with: "max") {
            $0.minimum($1)
        } number: {
            $0.minimum($1)
        },
        .binary("eq") {
            $0 .== $1
        } number: {
            $0 .== $1
        },
        .binary("ne") {
            $0 .!= $1
        } number: {
            $0 .!= $1
        },
        .binary("lt") {
            $0 .< $1
        } number: {
            $0 .< $1
        },
        .binary("le") {
            $0 .<= $1
        } number: {
            $0 .<= $1
        },
        .binary("gt") {
            $0 .> $1
        } number: {
            $0 .> $1
        },
        .binary("ge") {
            $0 .>= $1
        } number: {
            $0 .>= $1
        },
        .binary("logical_and") { $0.logicalAnd($1) },
        .binary("logical_or") { $0.logicalOr($1) },
        .binary("logical_xor") { $0.logicalXor($1) },
        .binary("__radd__") {
            $1 + $0
        } number: {
            $1 + $0
        },
        .binary("__rmul__") {
            $1 * $0
        } number: {
            $1 * $0
        },
        .binary("__rsub__") {
            $1 - $0
        } number: {
            $1 - $0
        },
        .binary("__rdiv__") {
            $1 / $0
        } number: {
            $1 / $0
        },
        .binary("__rpow__") {
            $1 ** $0
        } number: {
            $1 ** $0
        },
        .binary("__rmod__") { $1.mod($0) },
    ]

    /// f(x, alpha · other)
    private static func scaled(
        _ a: Arguments, _ f: (Tensor, Tensor) -> Tensor, number: (Tensor, Scalar) -> Tensor,
        reversed: (Scalar, Tensor) -> Tensor
    ) throws -> Tensor {
        guard a.isTensor("other") else {
            if a.has("alpha") { throw Inexpressible("alpha times a number") }
            return number(try a.x, try a.require(a.scalar("other"), "other"))
        }
        let (factor, other) = (try a.scalar("alpha"), try a.tensor("other"))
        let scaled = factor.map { other * $0 } ?? other
        if a.isTensor("input") { return f(try a.x, scaled) }
        return reversed(try a.require(a.scalar("input"), "input"), scaled)
    }
}
