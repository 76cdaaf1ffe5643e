import FakeTensor

// Operators that the library has no name for, as the few calls that one writes instead.
extension Entry {
    static let compositions: [Entry] = shaping + shuffling + sums + masked

    private static let shaping: [Entry] = [
        .op("sum_to_size", with: "*size") { a in
            let (x, size) = (try a.x, try a.ints("size") ?? [])
            let lead = x.rank - size.count
            let axes = x.shape.indices.filter { $0 < lead || size[$0 - lead] == 1 }
            // PyTorch sums a scalar too.
            let isSame = axes.isEmpty && x.rank > 0
            return (isSame ? x : x.sum(axes: axes, keepDims: true)).reshape(Shape(size))
        },
        .ops("hsplit", with: "sections") { try sections($0, axis: $0.x.rank == 1 ? 0 : 1) },
        .ops("vsplit", with: "sections") { try sections($0, axis: 0) },
        .ops("dsplit", with: "sections") { try sections($0, axis: 2) },
    ]

    private static let shuffling: [Entry] = [
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
    ]

    private static let sums: [Entry] = [
        .op("linalg.vecdot", with: "other dim") { a in
            let product = try a.x * a.tensor("other")
            return product.sum(axis: try a.int("dim", or: -1)).cast(to: product.dtype)
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

    private static func sections(_ a: Arguments, axis: Int) throws -> [Tensor] {
        if case .int(let count)? = a["sections"] { return try a.x.tensorSplit(count, axis: axis) }
        return try a.x.tensorSplit(at: a.ints("sections") ?? [], axis: axis)
    }
}

extension Shape {
    /// The size of an axis, which may be counted from the end.
    fileprivate subscript(at axis: Int) -> Int { self[axis < 0 ? axis + rank : axis] }
}
