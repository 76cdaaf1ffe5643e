import FakeTensor

// The same elements in another shape or order.
extension Entry {
    static let movement: [Entry] = [
        .op("reshape", "view", "view_copy", with: "*shape") { a in
            try a.x.reshape(Shape(a.ints("shape") ?? []))
        },
        .op("reshape_as", "view_as", with: "other") { try $0.x.reshape($0.tensor("other").shape) },
        .unary("ravel") { $0.reshape([-1]) },
        .op("flatten", with: "start_dim end_dim") { a in
            try a.x.flatten(from: a.int("start_dim", or: 0), through: a.int("end_dim", or: -1))
        },
        .op("unflatten", with: "dim sizes") { a in
            try a.x.unflatten(axis: a.axis(), into: Shape(a.require(a.ints("sizes"), "sizes")))
        },
        .op("expand", "expand_copy", "broadcast_to", with: "*size") { a in
            let shape = try a.x.shape
            var sizes = try a.ints("size") ?? []
            let lead = sizes.count - shape.rank
            for axis in sizes.indices where sizes[axis] == -1 && axis >= lead {
                sizes[axis] = shape[axis - lead]
            }
            return try a.x.expand(to: Shape(sizes))
        },
        .op("expand_as", with: "other") { try $0.x.expand(to: $0.tensor("other").shape) },
        .op("squeeze", "squeeze_copy", with: "dim") { a in
            guard let axes = try a.ints("dim") else { return try a.x.squeeze() }
            let rank = try a.x.rank
            let places = axes.map { $0 < 0 ? $0 + max(rank, 1) : $0 }.sorted(by: >)
            return try places.reduce(a.x) { x, axis in
                // PyTorch leaves other axes as they are.
                if axis < x.rank, x.shape[axis] != 1 { return x }
                return x.squeeze(axis)
            }
        },
        .op("unsqueeze", "unsqueeze_copy", with: "dim") { a in
            try a.x.unsqueeze(a.require(a.int("dim"), "dim"))
        },
        .op("permute", "permute_copy", with: "*dims") { a in
            try a.x.permute(a.ints("dims") ?? [])
        },
        .op("transpose", "transpose_copy", with: "dim0 dim1") { a in
            try a.x.transpose(
                a.require(a.int("dim0"), "dim0"), a.require(a.int("dim1"), "dim1"))
        },
        .unary("T") { $0.permute((0..<$0.rank).reversed()) },
        .op("t", "t_copy") { a in
            if try a.x.rank > 2 { throw Inexpressible("more than two axes") }
            return try a.x.rank < 2 ? a.x : a.x.transpose()
        },
        .unary("mT", "H", "mH") { $0.transpose() },
        .op("flip", with: "*dims") { try $0.x.flip($0.ints("dims") ?? []) },
        .unary("fliplr") { $0.flip(1) },
        .unary("flipud") { $0.flip(0) },
        .op("roll", with: "shifts dims") { a in
            let (x, shifts) = (try a.x, try a.require(a.ints("shifts"), "shifts"))
            guard let axes = try a.axes("dims") else { return x.roll(shifts[0]) }
            if shifts.count != axes.count { throw Inexpressible("an axis for two shifts") }
            return x.roll(shifts, axes: axes)
        },
        .unary("contiguous") { $0.contiguous() },
        .unary("clone") { $0.copy() },
        .op("constant_pad_nd", with: "pad value") { try padded($0) },
        .op("nn.functional.pad", with: "pad mode value") { a in
            try padded(a)
        },
        .op("tril", with: "diagonal") { try $0.x.tril($0.int("diagonal", or: 0)) },
        .op("triu", with: "diagonal") { try $0.x.triu($0.int("diagonal", or: 0)) },
        .op("to", with: "target other") { a in
            if a.isTensor("target") { return try a.x.cast(to: a.tensor("target").dtype) }
            let word = [a.string("target"), a.string("other")].compactMap { $0 }
                .first { $0 != "cpu" && !$0.hasPrefix("cpu:") }
            guard let word else { return try a.x }
            guard let dtype = DType(name: word) else { throw Inexpressible("dtype \(word)") }
            return try a.x.cast(to: dtype)
        },
        .unary("bfloat16") { $0.cast(to: .bfloat16) },
        .unary("bool") { $0.cast(to: .bool) },
        .unary("byte") { $0.cast(to: .uint8) },
        .unary("char") { $0.cast(to: .int8) },
        .unary("double") { $0.cast(to: .float64) },
        .unary("float") { $0.cast(to: .float32) },
        .unary("half") { $0.cast(to: .float16) },
        .unary("int") { $0.cast(to: .int32) },
        .unary("long") { $0.cast(to: .int64) },
        .unary("short") { $0.cast(to: .int16) },
    ]

    /// PyTorch lists the widths of the last axis first.
    private static func padded(_ a: Arguments) throws -> Tensor {
        let widths = try a.ints("pad") ?? []
        let pairs = stride(from: 0, to: widths.count, by: 2).map {
            (before: widths[$0], after: widths[$0 + 1])
        }
        let modes: [String: PaddingMode] = [
            "reflect": .reflect, "replicate": .replicate, "circular": .circular,
        ]
        let mode = a.string("mode").flatMap { modes[$0] } ?? .constant
        return try a.x.pad(pairs.reversed(), mode: mode, value: a.scalar("value", or: 0))
    }
}
