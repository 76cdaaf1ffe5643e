import FakeTensor

// `torch.masked`: what the mask leaves out is replaced by the neutral element.
extension Entry {
    static let masked: [Entry] = [
        maskedReduction("masked.sum", 0) { $0.sum(axes: $1, keepDims: $2) },
        maskedReduction("masked.prod", 1) { $0.prod(axes: $1, keepDims: $2) },
        maskedReduction("masked.amax", -Double.infinity) { $0.max(axes: $1, keepDims: $2) },
        maskedReduction("masked.amin", Double.infinity) { $0.min(axes: $1, keepDims: $2) },
        .op("masked.logsumexp", with: reduced) { a in
            let kept = try kept(a, -Double.infinity)
            if !kept.dtype.isFloat { throw Inexpressible("a logarithm that is an integer") }
            return kept.logSumExp(axes: try a.axes(), keepDims: try a.bool("keepdim"))
        },
        .op("masked.mean", with: reduced) { a in
            let (kept, axes, keep) = (try kept(a, 0), try a.axes(), try a.bool("keepdim"))
            let one = try Tensor.ones(like: a.typed)
            let count =
                a.has("mask") ? Tensor.where(try a.tensor("mask"), one, .zeros(like: one)) : one
            return kept.sum(axes: axes, keepDims: keep) / count.sum(axes: axes, keepDims: keep)
        },
        .op("masked.softmax", with: along) {
            try kept($0, -Double.infinity).softmax(axis: $0.axis())
        },
        .op("masked.log_softmax", with: along) {
            try kept($0, -Double.infinity).logSoftmax(axis: $0.axis())
        },
        .op("masked.softmin", with: along) {
            try (-kept($0, Double.infinity)).softmax(axis: $0.axis())
        },
        .op("masked.cumsum", with: along) { a in
            let kept = try kept(a, 0)
            return kept.cumsum(axis: try a.axis()).cast(to: kept.dtype)
        },
    ]

    private static let reduced = "dim keepdim dtype mask"
    private static let along = "dim dtype mask"

    private static func kept(_ a: Arguments, _ value: some TensorScalar) throws -> Tensor {
        let x = try a.typed
        guard a.has("mask") else { return x }
        return .where(try a.tensor("mask"), x, .full(like: x, value))
    }

    private static func maskedReduction(
        _ name: String, _ neutral: some TensorScalar,
        of f: @escaping @Sendable (Tensor, [Int]?, Bool) -> Tensor
    ) -> Entry {
        .op(name, with: reduced) { a in
            f(try kept(a, neutral), try a.axes(), try a.bool("keepdim"))
        }
    }
}
