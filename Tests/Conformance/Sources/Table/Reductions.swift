import FakeTensor

// Many elements to one, and running along an axis.
extension Entry {
    static let reductions: [Entry] = [
        .reduction("sum") { $0.sum(axes: $1, keepDims: $2) },
        .reduction("nansum") { $0.nanSum(axes: $1, keepDims: $2) },
        .reduction("mean") { $0.mean(axes: $1, keepDims: $2) },
        .reduction("prod") { $0.prod(axes: $1, keepDims: $2) },
        .reduction("amax") { $0.max(axes: $1, keepDims: $2) },
        .reduction("amin") { $0.min(axes: $1, keepDims: $2) },
        .reduction("any") { $0.any(axes: $1, keepDims: $2) },
        .reduction("all") { $0.all(axes: $1, keepDims: $2) },
        .reduction("logsumexp", with: "") { $0.logSumExp(axes: $1, keepDims: $2) },
        .unary("max.reduction_no_dim") { $0.max() },
        .unary("min.reduction_no_dim") { $0.min() },
        .op("argmax", with: "dim keepdim") { a in
            try a.x.argmax(axis: a.int("dim"), keepDims: a.bool("keepdim"))
        },
        .op("argmin", with: "dim keepdim") { a in
            try a.x.argmin(axis: a.int("dim"), keepDims: a.bool("keepdim"))
        },
        .op("cumsum", with: "dim dtype") { a in
            let y = try a.typed.cumsum(axis: a.axis())
            return try a.dtype().map { y.cast(to: $0) } ?? y
        },
        .op("var", with: moments) { try variance($0) },
        .op("std", with: moments) { try deviation($0) },
        .ops("var_mean", with: moments) { [try variance($0), try mean($0)] },
        .ops("std_mean", with: moments) { [try deviation($0), try mean($0)] },
    ]

    private static let moments = "dim keepdim unbiased correction"

    /// The axes; the second argument may also be `unbiased`.
    private static func spread(_ a: Arguments) throws -> (axes: [Int]?, correction: Double) {
        if case .bool(let isUnbiased)? = a["dim"] { return (nil, isUnbiased ? 1 : 0) }
        if a.has("unbiased") { return (try a.axes(), try a.bool("unbiased") ? 1 : 0) }
        return (try a.axes(), try a.number("correction", or: 1))
    }

    private static func variance(_ a: Arguments) throws -> Tensor {
        let (axes, correction) = try spread(a)
        return try a.x.variance(
            axes: axes, correction: correction, keepDims: a.bool("keepdim"))
    }

    private static func deviation(_ a: Arguments) throws -> Tensor {
        let (axes, correction) = try spread(a)
        return try a.x.standardDeviation(
            axes: axes, correction: correction, keepDims: a.bool("keepdim"))
    }

    private static func mean(_ a: Arguments) throws -> Tensor {
        try a.x.mean(axes: spread(a).axes, keepDims: a.bool("keepdim"))
    }
}
