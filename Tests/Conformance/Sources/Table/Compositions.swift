import FakeTensor

// Operators that the library has no name for, as the few calls that one writes instead.
extension Entry {
    static let compositions: [Entry] = shaping + shuffling + sums + masked

    private static let shaping: [Entry] = [
        .ops("atleast_1d") { a in try a.tensors().map { atLeast(1, $0) } },
        .ops("atleast_2d") { a in try a.tensors().map { atLeast(2, $0) } },
        .ops("atleast_3d") { a in try a.tensors().map { atLeast(3, $0) } },
        .op("hstack") { a in
            let parts = try a.tensors().map { atLeast(1, $0) }
            return .concat(parts, axis: parts[0].rank == 1 ? 0 : 1)
        },
        .op("vstack") { .concat(try $0.tensors().map { atLeast(2, $0) }, axis: 0) },
        .op("dstack") { .concat(try $0.tensors().map { atLeast(3, $0) }, axis: 2) },
        .op("column_stack") { a in
            .concat(try a.tensors().map { $0.rank < 2 ? $0.reshape([-1, 1]) : $0 }, axis: 1)
        },
        .ops("broadcast_tensors", with: "*others") { a in
            let all = [try a.x] + (try a.has("others") ? a.tensors("others") : [])
            let shape = all.map { Tensor.zeros($0.shape) }.reduce(Tensor(0.0), +).shape
            return all.map { $0.expand(to: shape) }
        },
        .op("sum_to_size", with: "*size") { a in
            let (x, size) = (try a.x, try a.ints("size") ?? [])
            let lead = x.rank - size.count
            let axes = x.shape.indices.filter { $0 < lead || size[$0 - lead] == 1 }
            return (axes.isEmpty ? x : x.sum(axes: axes, keepDims: true)).reshape(Shape(size))
        },
        .ops("tensor_split", with: "sections dim") { a in
            try parts(a, axis: a.axis(or: 0))
        },
        .ops("hsplit", with: "sections") { try parts($0, axis: $0.x.rank == 1 ? 0 : 1) },
        .ops("vsplit", with: "sections") { try parts($0, axis: 0) },
        .ops("dsplit", with: "sections") { try parts($0, axis: 2) },
    ]

    private static let shuffling: [Entry] = [
        .op("movedim", with: "source destination") { a in
            let (x, from) = (try a.x, try a.require(a.ints("source"), "source"))
            let to = try a.require(a.ints("destination"), "destination")
            let order = from.map { $0 < 0 ? $0 + x.rank : $0 }
            if from.count != to.count || Set(order).count != from.count {
                throw Inexpressible("axes that don't pair")
            }
            let goals = to.map { $0 < 0 ? $0 + x.rank : $0 }
            if Set(goals).count != goals.count { throw Inexpressible("axes that meet") }
            var axes = (0..<x.rank).filter { !order.contains($0) }
            for (goal, axis) in zip(goals, order).sorted(by: { $0.0 < $1.0 }) {
                axes.insert(axis, at: goal)
            }
            return x.permute(axes)
        },
        .op("rot90", with: "k dims") { a in
            let (x, turns) = (try a.x, (try a.int("k", or: 1) % 4 + 4) % 4)
            let axes = try a.ints("dims") ?? [0, 1]
            if axes.count != 2 || axes[0] == axes[1] { throw Inexpressible("no two axes") }
            return switch turns {
            case 1: x.flip(axes[1]).transpose(axes[0], axes[1])
            case 2: x.flip(axes)
            case 3: x.transpose(axes[0], axes[1]).flip(axes[1])
            default: x
            }
        },
        .op("nn.functional.pixel_shuffle", with: "upscale_factor") { a in
            let (x, r) = (try a.x, try a.require(a.int("upscale_factor"), "factor"))
            let (lead, c) = (Array(x.shape.dropLast(3)), x.shape[x.rank - 3] / (r * r))
            let (h, w, n) = (x.shape[x.rank - 2], x.shape[x.rank - 1], x.rank - 3)
            let split = x.reshape(Shape(lead + [c, r, r, h, w]))
            let order = Array(0..<n) + [0, 3, 1, 4, 2].map { $0 + n }
            return split.permute(order).reshape(Shape(lead + [c, h * r, w * r]))
        },
        .op("nn.functional.pixel_unshuffle", with: "downscale_factor") { a in
            let (x, r) = (try a.x, try a.require(a.int("downscale_factor"), "factor"))
            let (lead, c) = (Array(x.shape.dropLast(3)), x.shape[x.rank - 3])
            let (h, w, n) = (x.shape[x.rank - 2] / r, x.shape[x.rank - 1] / r, x.rank - 3)
            let split = x.reshape(Shape(lead + [c, h, r, w, r]))
            let order = Array(0..<n) + [0, 2, 4, 1, 3].map { $0 + n }
            return split.permute(order).reshape(Shape(lead + [c * r * r, h, w]))
        },
        .op("nn.functional.channel_shuffle", with: "groups") { a in
            let (x, groups) = (try a.x, try a.require(a.int("groups"), "groups"))
            let rest = Array(x.shape.dropFirst(2))
            let split = x.reshape(Shape([x.shape[0], groups, x.shape[1] / groups] + rest))
            return split.transpose(1, 2).reshape(x.shape)
        },
        .op("fft.fftshift", with: "dim") { a in
            let axes = try a.ints("dim") ?? Array(0..<a.x.rank)
            return try axes.reduce(a.x) { $0.roll($0.shape[at: $1] / 2, axis: $1) }
        },
        .op("fft.ifftshift", with: "dim") { a in
            let axes = try a.ints("dim") ?? Array(0..<a.x.rank)
            return try axes.reduce(a.x) { $0.roll(-($0.shape[at: $1] / 2), axis: $1) }
        },
        .op("tril_indices", with: "col offset dtype") { a in
            let (ones, offset) = (try blank(a), try a.int("offset", or: 0))
            return ones.tril(offset).nonzero().transpose().cast(to: try a.dtype() ?? .int64)
        },
        .op("triu_indices", with: "col offset dtype") { a in
            let (ones, offset) = (try blank(a), try a.int("offset", or: 0))
            return ones.triu(offset).nonzero().transpose().cast(to: try a.dtype() ?? .int64)
        },
    ]

    private static let sums: [Entry] = [
        .op("inner", with: "other") { a in
            let (x, y) = (try a.x, try a.tensor("other"))
            if x.rank == 0 || y.rank == 0 { return x * y }
            let axes = [y.rank - 1] + Array(0..<(y.rank - 1))
            return x.tensordot(y.permute(axes), axes: 1)
        },
        .op("linalg.vecdot", with: "other dim") { a in
            let product = try a.x * a.tensor("other")
            return product.sum(axis: try a.int("dim", or: -1)).cast(to: product.dtype)
        },
        .op("linalg.multi_dot") { a in
            let all = try a.tensors()
            return all.dropFirst().reduce(all[0]) { $0.matmul($1) }
        },
        .op("equal", with: "other") { a in
            if try a.x.shape != a.tensor("other").shape { return .full([], 0, .bool) }
            return try (a.x .== a.tensor("other")).all()
        },
        .op("dist", with: "other p") { a in
            try (a.x - a.tensor("other")).norm(a.number("p", or: 2))
        },
        .op("_softmax_backward_data", with: "output dim input_dtype") { a in
            let dtype = try a.dtype("input_dtype") ?? a.x.dtype
            let wide: DType = dtype == .float64 ? .float64 : .float32
            let (dy, y) = (try a.x.cast(to: wide), try a.tensor("output").cast(to: wide))
            let total = (dy * y).sum(axis: try a.int("dim", or: -1), keepDims: true)
            return (y * (dy - total)).cast(to: dtype)
        },
        .op("native_dropout_backward", with: "mask scale") { a in
            try a.x * a.tensor("mask").cast(to: a.x.dtype) * a.number("scale", or: 1)
        },
    ]

    /// As many sections, of which the first are longer, or sections from bound to bound.
    private static func parts(_ a: Arguments, axis: Int) throws -> [Tensor] {
        let (x, size) = (try a.x, try a.x.shape[axis])
        let isCount =
            switch a["sections"] {
            case .int?: true
            case .tensor(let place)?: a.inputs[place].rank == 0
            default: false
            }
        if isCount {
            let n = try a.require(a.int("sections"), "sections")
            return x.split(sizes: (0..<n).map { (size + n - 1 - $0) / n }, axis: axis)
        }
        var bounds = try a.require(a.ints("sections"), "sections")
            .map { min(max($0 < 0 ? $0 + size : $0, 0), size) }
        bounds = [0] + bounds + [size]
        return zip(bounds, bounds.dropFirst()).map {
            x[
                at: Array(repeating: TensorIndex.all, count: axis) + [
                    TensorIndex.every(1, from: $0, to: $1)
                ]]
        }
    }

    private static func blank(_ a: Arguments) throws -> Tensor {
        .ones([try a.int("input", or: 0), try a.int("col", or: 0)])
    }

    private static func atLeast(_ rank: Int, _ x: Tensor) -> Tensor {
        switch (rank, x.rank) {
        case (1, 0): x.reshape([1])
        case (2, 0): x.reshape([1, 1])
        case (2, 1): x.unsqueeze(0)
        case (3, 0): x.reshape([1, 1, 1])
        case (3, 1): x.unsqueeze(0).unsqueeze(2)
        case (3, 2): x.unsqueeze(2)
        default: x
        }
    }
}

extension Shape {
    /// The size of an axis, which may be counted from the end.
    fileprivate subscript(at axis: Int) -> Int { self[axis < 0 ? axis + rank : axis] }
}
