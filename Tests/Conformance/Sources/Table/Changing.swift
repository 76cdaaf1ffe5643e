import FakeTensor

// Tensors with some elements changed, windows, and arrangements of several.
extension Entry {
    static let changing: [Entry] = writing + scattering + windows + arrangements

    private static let writing: [Entry] = [
        .op("index_copy", with: "dim index source") { a in
            try a.x.indexCopy(a.tensor("index"), a.tensor("source"), axis: a.axis())
        },
        .op("index_fill", with: "dim index value") { a in
            if a.isTensor("value") { throw Inexpressible("a tensor to fill with") }
            return try a.x.indexFill(
                a.tensor("index"), a.scalar("value", or: 0), axis: a.axis())
        },
        .op("index_put", with: "indices values accumulate") { a in
            try a.x.indexPut(
                a.tensors("indices"), a.tensor("values"), accumulating: a.bool("accumulate"))
        },
        .op("put", with: "index source accumulate") { a in
            try a.x.put(
                a.tensor("index"), a.tensor("source"), accumulating: a.bool("accumulate"))
        },
        .op("masked_scatter", with: "mask source") { a in
            try a.x.maskedScatter(a.tensor("mask"), a.tensor("source"))
        },
        .op("select_scatter", with: "src dim index") { a in
            let lead = Array(repeating: TensorIndex.all, count: try a.axis())
            let place: [any TensorIndexConvertible] =
                lead + [try a.require(a.int("index"), "index")]
            return try a.x.indexPut(place, a.tensor("src"))
        },
        .op("slice_scatter", with: "src dim start end step") { a in
            let lead = Array(repeating: TensorIndex.all, count: try a.axis(or: 0))
            let range = TensorIndex.every(
                try a.int("step", or: 1), from: try a.int("start"), to: try a.int("end"))
            return try a.x.indexPut(lead + [range], a.tensor("src"))
        },
    ]

    private static let scattering: [Entry] = [
        .op("scatter", with: "dim index src reduce") { a in
            let index = try a.tensor("index")
            let axis = try a.int("dim", or: 0)
            guard a.isTensor("src") else {
                if a.has("reduce") { throw Inexpressible("a number to reduce with") }
                return try a.x.scatter(index, a.scalar("src", or: 0), axis: axis)
            }
            let source = try a.tensor("src")
            switch a.string("reduce") {
            case "add": return try a.x.scatterReduce(index, source, axis: axis, by: .sum)
            case "multiply": return try a.x.scatterReduce(index, source, axis: axis, by: .prod)
            default: return try a.x.scatter(index, source, axis: axis)
            }
        },
        .op("scatter_reduce", with: "dim index src reduce include_self") { a in
            try a.x.scatterReduce(
                a.tensor("index"), a.tensor("src"), axis: a.int("dim", or: 0), by: reduction(a),
                includingSelf: a.has("include_self") ? a.bool("include_self") : true)
        },
        .op("index_reduce", with: "dim index source reduce include_self") { a in
            try a.x.indexReduce(
                a.tensor("index"), a.tensor("source"), axis: a.axis(), by: reduction(a),
                includingSelf: a.has("include_self") ? a.bool("include_self") : true)
        },
    ]

    private static func reduction(_ a: Arguments) throws -> ScatterReduction {
        switch a.string("reduce") {
        case "sum": return .sum
        case "prod": return .prod
        case "mean": return .mean
        case "amax": return .max
        case "amin": return .min
        default: throw Inexpressible("this reduction")
        }
    }

    private static let windows: [Entry] = [
        .op("unfold", "unfold_copy", with: "dimension size step") { a in
            try a.x.unfold(
                axis: a.axis("dimension"), size: a.require(a.int("size"), "size"),
                step: a.require(a.int("step"), "step"))
        },
        .op("nn.functional.unfold", with: "kernel_size dilation padding stride") { a in
            try a.x.unfold(
                kernel: pair(a, "kernel_size", 1), stride: pair(a, "stride", 1),
                padding: pair(a, "padding", 0), dilation: pair(a, "dilation", 1))
        },
    ]

    private static func pair(_ a: Arguments, _ name: String, _ value: Int) throws -> (Int, Int) {
        let sizes = try a.ints(name) ?? [value]
        return (sizes[0], sizes[sizes.count - 1])
    }

    private static let arrangements: [Entry] = [
        .op("movedim", with: "source destination") { a in
            try a.x.moveAxes(
                a.require(a.ints("source"), "source"),
                to: a.require(a.ints("destination"), "destination"))
        },
        .op("rot90", with: "k dims") { a in
            let axes = try a.ints("dims") ?? [0, 1]
            return try a.x.rot90(a.int("k", or: 1), axes: (axes[0], axes[1]))
        },
        .ops("atleast_1d", with: "*others") { try all($0).map { $0.atLeast1D() } },
        .ops("atleast_2d", with: "*others") { try all($0).map { $0.atLeast2D() } },
        .ops("atleast_3d", with: "*others") { try all($0).map { $0.atLeast3D() } },
        .op("hstack") { .hstack(try $0.tensors()) },
        .op("vstack") { .vstack(try $0.tensors()) },
        .op("dstack") { .dstack(try $0.tensors()) },
        .op("column_stack") { .columnStack(try $0.tensors()) },
        .op("block_diag", with: "*others") { .blockDiagonal(try all($0)) },
        .op("cartesian_prod", with: "*others") { .cartesianProduct(try all($0)) },
        .op("combinations", with: "r with_replacement") { a in
            try a.x.combinations(a.int("r", or: 2), withReplacement: a.bool("with_replacement"))
        },
        .ops("broadcast_tensors", with: "*others") { Tensor.broadcast(try all($0)) },
        .ops("meshgrid", with: "*others indexing") { a in
            Tensor.meshgrid(
                try all(a), indexing: a.string("indexing") == "xy" ? GridIndexing.xy : .ij)
        },
        .ops("tensor_split", with: "sections dim") { a in
            let axis = try a.int("dim", or: 0)
            if let sections = a["sections"], sections.elements == nil,
                try !a.isTensor("sections") || a.tensor("sections").rank == 0
            {
                return try a.x.tensorSplit(a.int("sections", or: 1), axis: axis)
            }
            return try a.x.tensorSplit(at: a.ints("sections") ?? [], axis: axis)
        },
        .op("tril_indices", with: "col offset dtype") { a in
            .trilIndices(
                try a.int("input", or: 0), try a.int("col", or: 0),
                offset: try a.int("offset", or: 0)
            ).cast(to: try a.dtype() ?? .int64)
        },
        .op("triu_indices", with: "col offset dtype") { a in
            .triuIndices(
                try a.int("input", or: 0), try a.int("col", or: 0),
                offset: try a.int("offset", or: 0)
            ).cast(to: try a.dtype() ?? .int64)
        },
        .random("bernoulli") { try $0.x.bernoulli(using: Random(seed: 1)) },
        .random("multinomial", with: "num_samples replacement") { a in
            try a.x.multinomial(
                a.require(a.int("num_samples"), "num_samples"),
                withReplacement: a.bool("replacement"), using: Random(seed: 1))
        },
        .random("exponential", with: "lambd") { a in
            .exponential(
                try a.x.shape, rate: try a.number("lambd", or: 1), try a.x.dtype,
                using: Random(seed: 1))
        },
        .random("geometric", with: "p") { a in
            .geometric(
                try a.x.shape, probability: try a.number("p", or: 0.5), try a.x.dtype,
                using: Random(seed: 1))
        },
        .random("cauchy", with: "median sigma") { a in
            .cauchy(
                try a.x.shape, median: try a.number("median", or: 0),
                scale: try a.number("sigma", or: 1), try a.x.dtype, using: Random(seed: 1))
        },
        .random("log_normal", with: "mean std") { a in
            .logNormal(
                try a.x.shape, mean: try a.number("mean", or: 1),
                deviation: try a.number("std", or: 2), try a.x.dtype, using: Random(seed: 1))
        },
    ]

    /// The first argument, or list of them, and the rest.
    private static func all(_ a: Arguments) throws -> [Tensor] {
        try a.tensors() + (a.has("others") ? a.tensors("others") : [])
    }
}
