import FakeTensor

// Tensors from nothing. The first argument is no tensor in most.
extension Entry {
    static let creation: [Entry] = [
        .op("arange", with: "end step dtype") { a in
            var ends: [Int] = []
            for name in ["input", "end", "step"] {
                switch a[name] {
                case .int(let value)?: ends.append(value)
                case nil: break
                default: throw Inexpressible("fractions")
                }
            }
            if ends.count == 1 { ends = [0, ends[0]] }
            return .arange(
                ends[0], ends[1], step: ends.count > 2 ? ends[2] : 1, try a.dtype() ?? .int64)
        },
        .op("linspace", with: "end steps dtype") { a in
            if a.isTensor("input") || a.isTensor("end") { throw Inexpressible("ends are tensors") }
            return .linspace(
                try a.number("input", or: 0), try a.number("end", or: 0),
                count: try a.require(a.int("steps"), "steps"), try a.dtype() ?? .float32)
        },
        .op("eye", with: "m dtype") { a in
            let rows = try a.int("input", or: 0)
            if let columns = try a.int("m"), columns != rows { throw Inexpressible("not square") }
            return .eye(rows, try a.dtype() ?? .float32)
        },
        .op("ones", with: "dtype") { a in
            .ones(Shape(try a.ints("input") ?? []), try a.dtype() ?? .float32)
        },
        .op("zeros", with: "dtype") { a in
            .zeros(Shape(try a.ints("input") ?? []), try a.dtype() ?? .float32)
        },
        .op("full", with: "fill_value dtype") { a in
            .full(
                Shape(try a.ints("input") ?? []), try a.require(a.scalar("fill_value"), "value"),
                try a.dtype() ?? .float32)
        },
        .op("scalar_tensor", with: "dtype") { a in
            .full([], try a.require(a.scalar("input"), "value"), try a.dtype() ?? .float32)
        },
        .op("ones_like", with: "dtype") { try .ones($0.x.shape, $0.dtype() ?? $0.x.dtype) },
        .op("zeros_like", with: "dtype") { try .zeros($0.x.shape, $0.dtype() ?? $0.x.dtype) },
        .op("full_like", with: "fill_value dtype") { a in
            .full(
                try a.x.shape, try a.require(a.scalar("fill_value"), "value"),
                try a.dtype() ?? a.x.dtype)
        },
        .op("fill", with: "value") { .full(like: try $0.x, try $0.scalar("value", or: 0)) },
        .unary("zero_") { .zeros(like: $0) },
        .op("new_ones", with: "size dtype") { a in
            .ones(Shape(try a.ints("size") ?? []), try a.dtype() ?? a.x.dtype)
        },
        .op("new_zeros", with: "size dtype") { a in
            .zeros(Shape(try a.ints("size") ?? []), try a.dtype() ?? a.x.dtype)
        },
        .op("new_full", with: "size fill_value dtype") { a in
            .full(
                Shape(try a.ints("size") ?? []), try a.require(a.scalar("fill_value"), "value"),
                try a.dtype() ?? a.x.dtype)
        },
        .random("randn", with: "dtype") { a in
            .normal(
                Shape(try a.ints("input") ?? []), try a.dtype() ?? .float32, using: Random(seed: 1))
        },
        .random("randn_like", with: "dtype") { a in
            .normal(try a.x.shape, try a.dtype() ?? a.x.dtype, using: Random(seed: 1))
        },
        .random("rand_like", with: "dtype") { a in
            .uniform(try a.x.shape, try a.dtype() ?? a.x.dtype, using: Random(seed: 1))
        },
        .random("uniform", with: "from to") { a in
            let (low, high) = (try a.number("from", or: 0), try a.number("to", or: 1))
            return .uniform(
                try a.x.shape, low: low, high: high, try a.x.dtype, using: Random(seed: 1))
        },
        .random("normal.in_place", with: "mean std") { a in
            .normal(
                try a.x.shape, mean: try a.number("mean", or: 0),
                deviation: try a.number("std", or: 1), try a.x.dtype, using: Random(seed: 1))
        },
        .random("randint", with: "high size dtype") { a in
            // randint(high, size) or randint(low, high, size)
            let isShort = a["high"]?.elements != nil
            let low = isShort ? 0 : try a.int("input", or: 0)
            let high = try a.int(isShort ? "input" : "high", or: 1)
            return .integers(
                Shape(try a.ints(isShort ? "high" : "size") ?? []), low: low, high: high,
                try a.dtype() ?? .int64, using: Random(seed: 1))
        },
        .random("randint_like", with: "low high dtype") { a in
            let bounds = [try a.int("low"), try a.int("high")].compactMap { $0 }
            return .integers(
                try a.x.shape, low: bounds.count > 1 ? bounds[0] : 0,
                high: try a.require(bounds.last, "high"), try a.dtype() ?? a.x.dtype,
                using: Random(seed: 1))
        },
    ]
}
