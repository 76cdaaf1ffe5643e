import FakeTensor

// Sorting, choosing by rank, running values, counting.
extension Entry {
    static let ordering: [Entry] = [
        .ops("sort", with: "dim descending stable") { a in
            pair(try a.x.sort(axis: a.int("dim", or: -1), descending: a.bool("descending")))
        },
        .op("argsort", with: "dim descending stable") { a in
            try a.x.argSort(axis: a.int("dim", or: -1), descending: a.bool("descending"))
        },
        .unary("msort") { $0.msort() },
        .ops("topk", with: "k dim largest sorted") { a in
            let isLargest = a.has("largest") ? try a.bool("largest") : true
            return pair(
                try a.x.topK(
                    a.require(a.int("k"), "k"), axis: a.int("dim", or: -1), largest: isLargest))
        },
        .ops("max.reduction_with_dim", with: "dim keepdim") { a in
            pair(
                try a.x.maxWithIndices(
                    axis: a.require(a.int("dim"), "dim"), keepDims: a.bool("keepdim")))
        },
        .ops("min.reduction_with_dim", with: "dim keepdim") { a in
            pair(
                try a.x.minWithIndices(
                    axis: a.require(a.int("dim"), "dim"), keepDims: a.bool("keepdim")))
        },
        .ops("kthvalue", with: "k dim keepdim") { a in
            pair(
                try a.x.kthValue(
                    a.require(a.int("k"), "k"), axis: a.int("dim", or: -1),
                    keepDims: a.bool("keepdim")))
        },
        .ops("median", with: "dim keepdim") { a in
            guard let axis = try a.int("dim") else { return [try a.x.median()] }
            return pair(try a.x.median(axis: axis, keepDims: a.bool("keepdim")))
        },
        .ops("nanmedian", with: "dim keepdim") { a in
            guard let axis = try a.int("dim") else { return [try a.x.nanMedian()] }
            return pair(try a.x.nanMedian(axis: axis, keepDims: a.bool("keepdim")))
        },
        .ops("mode", with: "dim keepdim") { a in
            pair(try a.x.mode(axis: a.int("dim", or: -1), keepDims: a.bool("keepdim")))
        },
        .op("quantile", with: "q dim keepdim interpolation") { a in
            let (axis, keep, between) = (try a.int("dim"), try a.bool("keepdim"), try a.between)
            if a.isTensor("q") {
                return try a.x.quantile(
                    a.tensor("q"), axis: axis, keepDims: keep, interpolation: between)
            }
            return try a.x.quantile(
                a.number("q", or: 0), axis: axis, keepDims: keep, interpolation: between)
        },
        .op("nanquantile", with: "q dim keepdim interpolation") { a in
            let (axis, keep, between) = (try a.int("dim"), try a.bool("keepdim"), try a.between)
            if a.isTensor("q") { throw Inexpressible("q is a tensor") }
            return try a.x.nanQuantile(
                a.number("q", or: 0), axis: axis, keepDims: keep, interpolation: between)
        },
        .op("cumprod", with: "dim dtype") { a in
            let y = try a.typed.cumprod(axis: a.require(a.int("dim"), "dim"))
            return try a.dtype().map { y.cast(to: $0) } ?? y
        },
        .op("logcumsumexp", with: "dim") { a in
            try a.x.logCumSumExp(axis: a.require(a.int("dim"), "dim"))
        },
        .ops("cummax", with: "dim") {
            pair(try $0.x.cummax(axis: $0.require($0.int("dim"), "dim")))
        },
        .ops("cummin", with: "dim") {
            pair(try $0.x.cummin(axis: $0.require($0.int("dim"), "dim")))
        },
        .op("diff", with: "n dim prepend append") { a in
            try a.x.diff(
                times: a.int("n", or: 1), axis: a.int("dim", or: -1),
                prepend: a.optionalTensor("prepend"), append: a.optionalTensor("append"))
        },
        .op("searchsorted", with: "values out_int32 right side sorter") { a in
            let right = try a.bool("right") || a.string("side") == "right"
            let y = try a.x.searchSorted(
                a.tensor("values"), right: right, sorter: a.optionalTensor("sorter"))
            return try a.bool("out_int32") ? y.cast(to: .int32) : y
        },
        .op("bucketize", with: "boundaries out_int32 right") { a in
            let y = try a.x.bucketize(a.tensor("boundaries"), right: a.bool("right"))
            return try a.bool("out_int32") ? y.cast(to: .int32) : y
        },
        .op("isin", with: "test_elements assume_unique invert") { a in
            let y = try a.x.isIn(a.tensor("test_elements"))
            return try a.bool("invert") ? y.logicalNot() : y
        },
        .op("histc", with: "bins min max") { a in
            let (low, high) = (try a.number("min", or: 0), try a.number("max", or: 0))
            if low > high { throw Inexpressible("a range that runs backwards") }
            return try a.x.histc(
                bins: a.int("bins", or: 100), range: low == high ? nil : low...high)
        },
        .ops("histogram", with: "bins range weight density") { a in
            let (weights, density) = (try a.optionalTensor("weight"), try a.bool("density"))
            if a.isTensor("bins") {
                return pair(
                    try a.x.histogram(edges: a.tensor("bins"), weights: weights, density: density))
            }
            let range = a["range"]?.elements?.compactMap {
                if case .float(let value) = $0 { value } else { nil }
            }
            return pair(
                try a.x.histogram(
                    bins: a.require(a.int("bins"), "bins"), range: range.map { $0[0]...$0[1] },
                    weights: weights, density: density))
        },
        .op("bincount", with: "weights minlength") { a in
            try a.x.bincount(
                weights: a.optionalTensor("weights"), minLength: a.int("minlength", or: 0))
        },
        .ops("unique", with: "sorted return_inverse return_counts dim") { a in
            guard let axis = try a.int("dim") else { return try a.chosen(a.x.unique()) }
            return try a.chosen(a.x.unique(axis: axis))
        },
        .ops("unique_consecutive", with: "return_inverse return_counts dim") { a in
            guard let axis = try a.int("dim") else { return try a.chosen(a.x.uniqueConsecutive()) }
            return try a.chosen(a.x.uniqueConsecutive(axis: axis))
        },
    ]

    private static func pair(_ two: (Tensor, Tensor)) -> [Tensor] { [two.0, two.1] }
}

extension Arguments {
    fileprivate var between: QuantileInterpolation {
        get throws {
            let word = string("interpolation") ?? "linear"
            return try require(QuantileInterpolation(rawValue: word), "interpolation \(word)")
        }
    }

    /// What a call for different elements asks for.
    fileprivate func chosen(
        _ all: (values: Tensor, inverse: Tensor, counts: Tensor)
    ) throws -> [Tensor] {
        var parts = [all.values]
        if try bool("return_inverse") { parts.append(all.inverse) }
        if try bool("return_counts") { parts.append(all.counts) }
        return parts
    }
}
