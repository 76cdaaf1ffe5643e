internal import CKernels

// How ops compute: each call allocates its result and has the backend fill it. Kernel names are
// those of elementwise.h.
extension NDArray {
    /// An elementwise kernel of one operand, in the array's own dtype.
    public func map(_ kernel: UInt32, _ p0: Double = 0, _ p1: Double = 0) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        if count > 0 { backend.unary(kernel, self, into: out, p0, p1) }
        return out
    }

    /// Whether each element passes a predicate (`FT_TEST_…`).
    public func test(_ kernel: UInt32) -> NDArray {
        let out = NDArray(uninitialized: shape, .bool, on: backend)
        if count > 0 { backend.unary(kernel, self, into: out, 0, 0) }
        return out
    }

    /// An elementwise kernel of two operands of one dtype, broadcast against each other.
    public func zip(_ kernel: UInt32, _ other: NDArray, _ p0: Double = 0) -> NDArray {
        let out = NDArray(uninitialized: broadcastShape(with: other, kernel), dtype, on: backend)
        if out.count > 0 { backend.binary(kernel, self, other, into: out, p0) }
        return out
    }

    /// As `zip`, writing over this array when it has the result's shape and nobody else holds its
    /// storage.
    public consuming func zipReusing(
        _ kernel: UInt32, _ other: NDArray, _ p0: Double = 0
    ) -> NDArray {
        guard isReusable(for: broadcastShape(with: other, kernel), dtype) else {
            return zip(kernel, other, p0)
        }
        if count > 0 { backend.binary(kernel, self, other, into: self, p0) }
        return self
    }

    /// As `zip`, writing over `other` where that is possible.
    public func zip(_ kernel: UInt32, reusing other: consuming NDArray, _ p0: Double = 0)
        -> NDArray
    {
        guard other.isReusable(for: broadcastShape(with: other, kernel), dtype) else {
            return zip(kernel, other, p0)
        }
        if count > 0 { backend.binary(kernel, self, other, into: other, p0) }
        return other
    }

    /// A comparison of two operands of one dtype, broadcast; the result is bool.
    public func compare(_ kernel: UInt32, _ other: NDArray) -> NDArray {
        let out = NDArray(uninitialized: broadcastShape(with: other, kernel), .bool, on: backend)
        if out.count > 0 { backend.compare(kernel, self, other, into: out) }
        return out
    }

    /// Elements of `a` where this bool array is true, else of `b`; all three broadcast.
    public func select(_ a: NDArray, _ b: NDArray) -> NDArray {
        guard let pair = Shape.broadcast(a.shape, b.shape),
            let all = Shape.broadcast(shape, pair)
        else { fail("where", "shapes \(shape), \(a.shape) and \(b.shape) don't broadcast") }
        let out = NDArray(uninitialized: all, a.dtype, on: backend)
        if out.count > 0 { backend.select(self, a, b, into: out) }
        return out
    }

    /// Sum, product, extreme, any or all over `axes`, which stay with size 1 if `keepDims`.
    /// Negative axes count from the end; nil means every axis.
    public func reduce(_ op: Reduction, axes: [Int]?, keepDims: Bool = false) -> NDArray {
        var marks = Shape(repeating: axes == nil ? 1 : 0, count: rank)
        for axis in axes ?? [] {
            let axis = shape.axis(axis, op.name)
            if marks[axis] == 1 { fail(op.name, "axis \(axis) is named twice") }
            marks[axis] = 1
        }
        var kept = shape
        for axis in 0..<rank where marks[axis] == 1 { kept[axis] = 1 }
        let out = NDArray(uninitialized: kept, op.resultType(of: dtype), on: backend)
        if out.count > 0 {
            if count == 0 {
                backend.fill(out, with: op.emptyResult(shape))
            } else {
                backend.reduce(op, self, axes: marks, into: out)
            }
        }
        if keepDims { return out }
        var dropped = Shape()
        for axis in 0..<rank where marks[axis] == 0 { dropped.append(shape[axis]) }
        return out.reshape(dropped)
    }

    /// The index of the first extreme along the last axis, which disappears; NaN counts as extreme.
    public func argExtreme(maximum: Bool) -> NDArray {
        var kept = shape
        let last = rank - 1
        kept = kept.removing(at: last)
        let out = NDArray(uninitialized: kept, .int64, on: backend)
        if out.count > 0 { backend.argExtreme(maximum: maximum, contiguous(), into: out) }
        return out
    }

    /// Running sums (or products) along the last axis; integers become int64.
    public func scan(_ op: Reduction) -> NDArray {
        let out = NDArray(uninitialized: shape, op.resultType(of: dtype), on: backend)
        if out.count > 0 { backend.scan(op, contiguous(), into: out) }
        return out
    }

    private func broadcastShape(with other: NDArray, _ kernel: UInt32) -> Shape {
        guard dtype == other.dtype else {
            fail("elementwise kernel", "operands have dtypes \(dtype) and \(other.dtype)")
        }
        guard let result = Shape.broadcast(shape, other.shape) else {
            fail(
                "elementwise", "shapes \(shape) and \(other.shape) don't broadcast",
                hint: "sizes must match or be 1, aligned at the last axis")
        }
        return result
    }

    private mutating func isReusable(for shape: Shape, _ dtype: DType) -> Bool {
        self.shape == shape && self.dtype == dtype && isContiguous && storage.isOwned
            && isKnownUniquelyReferenced(&storage)
    }
}

/// What a reduction computes.
public enum Reduction: Sendable {
    case sum, product, maximum, minimum, any, all

    var kernel: Int32 {
        let kernel =
            switch self {
            case .sum: FT_SUM
            case .product: FT_PROD
            case .maximum: FT_MAX
            case .minimum: FT_MIN
            case .any: FT_ANY
            case .all: FT_ALL
            }
        return Int32(kernel.rawValue)
    }

    var name: String { String(describing: self) }

    func resultType(of dtype: DType) -> DType {
        switch self {
        case .sum, .product: dtype.isFloat ? dtype : .int64
        case .maximum, .minimum: dtype
        case .any, .all: .bool
        }
    }

    func emptyResult(_ shape: Shape) -> Double {
        switch self {
        case .sum, .any: 0
        case .product, .all: 1
        case .maximum, .minimum:
            fail(name, "an array of shape \(shape) has no elements to choose from")
        }
    }
}
