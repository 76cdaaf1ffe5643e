import FakeTensor

// Products of vectors and matrices.
extension Entry {
    static let products: [Entry] = [
        .binary("dot", "vdot") { $0.dot($1) },
        .binary("matmul", "mm", "bmm", "mv") { $0.matmul($1) },
        .binary("__rmatmul__") { $1.matmul($0) },
        .binary("outer") { $0.outer($1) },
        .op("nn.functional.linear", with: "weight bias") { a in
            try a.x.linear(a.tensor("weight"), a.optionalTensor("bias"))
        },
        .op("tensordot", with: "other dims") { a in
            guard case .int(let axes)? = a["dims"] else { throw Inexpressible("lists of axes") }
            return try a.x.tensordot(a.tensor("other"), axes: axes)
        },
        .op("addmm", "addmv", "baddbmm", with: sum) { try added($0) { $0.matmul($1) } },
        .op("addbmm", with: sum) { try added($0) { $0.matmul($1).sum(axis: 0) } },
        .op("addr", with: sum) { try added($0) { $0.outer($1) } },
    ]

    private static let sum = "first second beta alpha"

    /// beta · input + alpha · product, halves in float32 on the way.
    private static func added(
        _ a: Arguments, _ product: (Tensor, Tensor) -> Tensor
    ) throws -> Tensor {
        let parts = [try a.x, try a.tensor("first"), try a.tensor("second")]
        let dtype = parts[0].dtype
        let wide = dtype.isFloat && dtype.size == 2 ? parts.map { $0.cast(to: .float32) } : parts
        // A beta of 0 drops even NaN.
        let isDropped = try a.number("beta") == 0
        let start = isDropped ? Tensor.zeros(like: wide[0]) : try times(wide[0], a["beta"])
        return try (start + times(product(wide[1], wide[2]), a["alpha"])).cast(to: dtype)
    }

    private static func times(_ x: Tensor, _ factor: Value?) throws -> Tensor {
        switch factor {
        case .int(let factor)?: x * factor
        case .bool(let factor)?: x * (factor ? 1 : 0)
        case .float(let factor)?:
            if x.dtype.isFloat { x * factor } else { throw Inexpressible("a fraction of integers") }
        default: x
        }
    }
}
