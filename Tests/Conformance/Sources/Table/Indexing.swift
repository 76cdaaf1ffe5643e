import FakeTensor

// Elements by their places.
extension Entry {
    static let indexing: [Entry] = [
        .op("narrow", "narrow_copy", with: "dim start length") { a in
            let start = try a.require(a.int("start"), "start")
            if start < 0 { throw Inexpressible("a negative start") }
            return try a.x.narrow(
                axis: a.require(a.int("dim"), "dim"), start: start,
                count: a.require(a.int("length"), "length"))
        },
        .op("select", with: "dim index") { a in
            let lead = Array(repeating: TensorIndex.all, count: try a.axis())
            return try a.x[at: lead + [a.require(a.int("index"), "index")]]
        },
        .op("slice", with: "dim start end step") { a in
            let lead = Array(repeating: TensorIndex.all, count: try a.axis(or: 0))
            let range = TensorIndex.every(
                try a.int("step", or: 1), from: try a.int("start"), to: try a.int("end"))
            return try a.x[at: lead + [range]]
        },
        .op("__getitem__", with: "index") { a in
            guard let index = a["index"] else { return try a.x[TensorIndex.new] }
            let indices: [any TensorIndexConvertible]
            if case .tuple(let list) = index {
                indices = try list.map { try place($0, a) }
            } else {
                indices = [try place(index, a)]
            }
            return try a.x[at: indices]
        },
        .op("take", with: "index") { try $0.x.reshape([-1]).take($0.tensor("index")) },
        .op("index_select", with: "dim index") { a in
            try a.x.take(a.tensor("index"), axis: a.axis())
        },
        .op(
            "nn.functional.embedding",
            with: "indices padding_idx max_norm norm_type scale_grad_by_freq"
        ) { a in
            if a.has("max_norm") { throw Inexpressible("max_norm") }
            if try a.bool("scale_grad_by_freq") { throw Inexpressible("scale_grad_by_freq") }
            if try a.x.rank != 2 { throw Inexpressible("weights that are no matrix") }
            return try a.x.embedding(a.tensor("indices"), paddingIndex: a.int("padding_idx"))
        },
        .op(
            "nn.functional.embedding_bag",
            with: "indices offsets max_norm norm_type scale_grad_by_freq mode sparse "
                + "per_sample_weights include_last_offset padding_idx"
        ) { a in
            for name in ["scale_grad_by_freq", "sparse", "include_last_offset"]
            where try a.bool(name) {
                throw Inexpressible(name)
            }
            if a.has("max_norm") { throw Inexpressible("max_norm") }
            let modes: [String: BagReduction] = ["sum": .sum, "mean": .mean, "max": .max]
            let mode = a.string("mode") ?? "mean"
            let reduction = try a.require(modes[mode], "mode \(mode)")
            let weights = try a.optionalTensor("per_sample_weights")
            let (index, padding) = (try a.tensor("indices"), try a.int("padding_idx"))
            guard let offsets = try a.optionalTensor("offsets") else {
                return try a.x.embeddingBag(
                    index, reduction: reduction, weights: weights, paddingIndex: padding)
            }
            return try a.x.embeddingBag(
                index, offsets: offsets, reduction: reduction, weights: weights,
                paddingIndex: padding)
        },
        .op("gather", with: "dim index") { a in
            try a.x.gather(a.tensor("index"), axis: a.int("dim", or: 0))
        },
        .op("take_along_dim", with: "indices dim") { a in
            let index = try a.tensor("indices")
            guard a.has("dim") else {
                return try a.x.reshape([-1]).gather(index.reshape([-1]), axis: 0)
            }
            return try a.x.takeAlong(index, axis: a.axis())
        },
        .op("scatter_add", with: "dim index src") { a in
            try a.x.scatterAdd(
                a.tensor("index"), a.tensor("src"), axis: a.int("dim", or: 0))
        },
        .op("index_add", with: "dim index source alpha") { a in
            let (source, factor) = (try a.tensor("source"), try a.scalar("alpha"))
            return try a.x.indexAdd(
                a.tensor("index"), factor.map { source * $0 } ?? source, axis: a.axis())
        },
        .op("where", with: "condition other") { a in
            .where(try a.tensor("condition"), try a.x, try a.tensor("other"))
        },
        .op("masked_fill", with: "mask value") { a in
            let mask = try a.tensor("mask")
            if let value = try? a.tensor("value") {
                if value.rank > 0 { throw Inexpressible("a value with axes") }
                return .where(mask, value, try a.x)
            }
            return try a.x.maskedFill(mask, a.scalar("value", or: 0))
        },
        .op("masked_select", with: "mask") { a in
            try a.x.masked(a.tensor("mask"))
        },
        .op("nonzero", "argwhere", with: "as_tuple") { a in
            if try a.bool("as_tuple") { throw Inexpressible("as_tuple") }
            return try a.x.nonzero()
        },
        .op("nn.functional.one_hot", with: "num_classes") { a in
            let classes = try a.int("num_classes", or: -1)
            if classes < 0 { throw Inexpressible("num_classes -1") }
            return try a.x.oneHot(classes, .int64)
        },
        // A Python number, which the generator wrote as float32 or int64.
        .op("item") { a in
            let x = try a.x
            let dtype: DType = x.dtype.isFloat ? .float32 : x.dtype == .bool ? .bool : .int64
            return .full([], x.item, dtype)
        },
    ]

    /// One index of a subscript.
    private static func place(_ value: Value, _ a: Arguments) throws -> any TensorIndexConvertible {
        switch value {
        case .int(let position): return position
        case .slice(let start, let end, let step):
            return TensorIndex.every(step ?? 1, from: start, to: end)
        case .none: return TensorIndex.new
        case .ellipsis: return TensorIndex.ellipsis
        case .tensor(let input):
            return a.inputs[input]
        case .list(let list):
            let numbers = list.compactMap { if case .int(let place) = $0 { place } else { nil } }
            if numbers.count == list.count { return Tensor(NDArray(numbers)) }
            throw Inexpressible("a nested list in a subscript")
        default: throw Inexpressible("a subscript")
        }
    }
}
