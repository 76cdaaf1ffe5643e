import FakeTensor

// Tensors from several, and several from one.
extension Entry {
    static let joining: [Entry] = [
        .op("cat", with: "dim") { .concat(try $0.tensors(), axis: try $0.int("dim", or: 0)) },
        .op("stack", with: "dim") { .stack(try $0.tensors(), axis: try $0.int("dim", or: 0)) },
        .ops(
            "split", "unsafe_split", "split_with_sizes", "split_with_sizes_copy", with: "sizes dim"
        ) { a in
            let axis = try a.int("dim", or: 0)
            if case .int(let size)? = a["sizes"] { return try a.x.split(size: size, axis: axis) }
            return try a.x.split(sizes: a.require(a.ints("sizes"), "sizes"), axis: axis)
        },
        .ops("chunk", "unsafe_chunk", with: "chunks dim") { a in
            try a.x.chunk(a.require(a.int("chunks"), "chunks"), axis: a.axis(or: 0))
        },
        .ops("unbind", "unbind_copy", with: "dim") { a in
            let axis = try a.axis(or: 0)
            return try a.x.split(size: 1, axis: axis).map { $0.squeeze(axis) }
        },
        .op("tile", with: "*dims") { try $0.x.tile($0.ints("dims") ?? []) },
        .op("repeat", with: "*repeats") { try $0.x.tile($0.ints("repeats") ?? []) },
        .op("repeat_interleave", with: "repeats dim") { a in
            let x = try a.has("dim") ? a.x : a.x.reshape([-1])
            let axis = try a.has("dim") ? a.axis() : 0
            guard case .int(let times)? = a["repeats"] else {
                return x.repeated(try a.tensor("repeats"), axis: axis)
            }
            return x.repeated(times, axis: axis)
        },
    ]
}
