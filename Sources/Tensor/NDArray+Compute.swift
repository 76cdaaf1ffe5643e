internal import CKernels

// How ops compute: each method allocates its result and runs one kernel.
extension NDArray {
    /// An elementwise function of one operand, in the array's own dtype.
    package func map(_ function: UnaryFunction, _ p0: Double = 0, _ p1: Double = 0) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.unary(function, p0, p1).run(self, into: out)
        return out
    }

    /// Whether each element passes a predicate.
    package func test(_ function: TestFunction) -> NDArray {
        let out = NDArray(uninitialized: shape, .bool, on: backend)
        Kernel.test(function).run(self, into: out)
        return out
    }

    /// An elementwise function of two operands of one dtype, broadcast against each other.
    package func zip(_ function: BinaryFunction, _ other: NDArray, _ p0: Double = 0) -> NDArray {
        let out = NDArray(
            uninitialized: broadcastShape(with: other, function.method), dtype, on: backend)
        Kernel.binary(function, p0).run(self, other, into: out)
        return out
    }

    /// As `zip`, writing over this array when it has the result's shape and nobody else holds its
    /// storage.
    package consuming func zipReusing(
        _ function: BinaryFunction, _ other: NDArray, _ p0: Double = 0
    ) -> NDArray {
        guard isReusable(for: broadcastShape(with: other, function.method), dtype) else {
            return zip(function, other, p0)
        }
        Kernel.binary(function, p0).run(self, other, into: self)
        return self
    }

    /// As `zip`, writing over `other` where that is possible.
    package func zip(
        _ function: BinaryFunction, reusing other: consuming NDArray, _ p0: Double = 0
    ) -> NDArray {
        guard other.isReusable(for: broadcastShape(with: other, function.method), dtype) else {
            return zip(function, other, p0)
        }
        Kernel.binary(function, p0).run(self, other, into: other)
        return other
    }

    /// An elementwise function of each element and a number, which adopts the array's dtype and is
    /// the first operand if `isFirst`.
    package func zip(
        _ function: BinaryFunction, _ number: Scalar, isFirst: Bool = false
    ) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.binaryScalar(function, number, isFirst: isFirst).run(self, into: out)
        return out
    }

    /// As `zip` with a number, writing over this array when nobody else holds its storage.
    package consuming func zipReusing(
        _ function: BinaryFunction, _ number: Scalar, isFirst: Bool = false
    ) -> NDArray {
        guard isReusable(for: shape, dtype) else {
            return zip(function, number, isFirst: isFirst)
        }
        Kernel.binaryScalar(function, number, isFirst: isFirst).run(self, into: self)
        return self
    }

    /// A comparison of two operands of one dtype, broadcast; the result is bool.
    package func compare(_ function: CompareFunction, _ other: NDArray) -> NDArray {
        let out = NDArray(
            uninitialized: broadcastShape(with: other, function.sign), .bool, on: backend)
        Kernel.compare(function).run(self, other, into: out)
        return out
    }

    /// A comparison of each element with a number, which adopts the array's dtype.
    package func compare(_ function: CompareFunction, _ number: Scalar) -> NDArray {
        let out = NDArray(uninitialized: shape, .bool, on: backend)
        Kernel.compareScalar(function, number).run(self, into: out)
        return out
    }

    /// Elements of `a` where this bool array is true, else of `b`; all three broadcast.
    package func select(_ a: NDArray, _ b: NDArray) -> NDArray {
        guard let pair = Shape.broadcast(a.shape, b.shape),
            let all = Shape.broadcast(shape, pair)
        else { fail("where", "shapes \(shape), \(a.shape) and \(b.shape) don't broadcast") }
        let out = NDArray(uninitialized: all, a.dtype, on: backend)
        Kernel.select.run(self, a, b, into: out)
        return out
    }

    /// A reduction over `axes`, which stay with size 1 if `keepDims`, of the elements or of what
    /// `map` makes of them and of `other`, which is broadcast.
    ///
    /// Negative axes count from the end; nil means every axis. Floats may give another float dtype.
    package func reduce(
        _ op: Reduction, map: Kernel.Map? = nil, with other: NDArray? = nil, axes: [Int]?,
        keepDims: Bool = false, as dtype: DType? = nil
    ) -> NDArray {
        var marks = AxisSet()
        if axes == nil { marks = AxisSet(all: rank) }
        for axis in axes ?? [] {
            let axis = shape.axis(axis, op.name)
            if marks.contains(axis) {
                fail(op.name, "axis \(axis) is named twice in \(axes ?? [])")
            }
            marks.insert(axis)
        }
        return reduce(op, map: map, with: other, marks, keepDims: keepDims, as: dtype)
    }

    package func reduce(
        _ op: Reduction, map: Kernel.Map? = nil, with other: NDArray? = nil, _ axes: AxisSet,
        keepDims: Bool = false, as dtype: DType? = nil
    ) -> NDArray {
        var kept = shape
        for axis in 0..<rank where axes.contains(axis) { kept[axis] = 1 }
        let out = NDArray(
            uninitialized: kept, dtype ?? op.resultType(of: self.dtype), on: backend)
        if count > 0 {
            Kernel.reduce(op, map: map, axes).run(self, other ?? self, into: out)
        } else if out.count > 0 {
            Kernel.fill(Scalar(op.ofNothing(shape))).run(into: out)
        }
        if keepDims { return out }
        var dropped = Shape()
        for axis in 0..<rank where !axes.contains(axis) { dropped.append(shape[axis]) }
        return out.reshape(dropped)
    }

    /// The index of the first extreme along the last axis, which disappears; NaN counts as extreme.
    package func argExtreme(maximum: Bool) -> NDArray {
        if rank == 0 { fail(maximum ? "argmax" : "argmin", "a scalar has no axis to choose along") }
        let out = NDArray(uninitialized: shape.removing(at: rank - 1), .int64, on: backend)
        Kernel.argExtreme(maximum: maximum).run(contiguous(), into: out)
        return out
    }

    /// Running sums, products or extremes along the last axis, in the dtype of the reduction.
    package func scan(_ op: Reduction) -> NDArray {
        let out = NDArray(uninitialized: shape, op.resultType(of: dtype), on: backend)
        Kernel.scan(op).run(contiguous(), into: out)
        return out
    }

    /// For each element the product of the others along the last axis; float32 or float64.
    package func productOfOthers() -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.productOfOthers.run(contiguous(), into: out)
        return out
    }

    /// Each element kept with probability 1 − rate and scaled by 1 / (1 − rate), else 0.
    package func dropout(rate: Double, _ key: RandomKey) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.draw(.dropout(rate: rate), key).run(contiguous(), into: out)
        return out
    }

    private func broadcastShape(
        with other: NDArray, _ operation: @autoclosure () -> String
    ) -> Shape {
        guard dtype == other.dtype else {
            fail(
                operation(), "operands have dtypes \(dtype) and \(other.dtype)",
                hint: "cast one of them")
        }
        guard let result = Shape.broadcast(shape, other.shape) else {
            fail(
                operation(), "shapes \(shape) and \(other.shape) don't broadcast",
                hint: "sizes must match or be 1, aligned at the last axis")
        }
        return result
    }

    private mutating func isReusable(for shape: Shape, _ dtype: DType) -> Bool {
        self.shape == shape && self.dtype == dtype && isContiguous && storage.isOwned
            && isKnownUniquelyReferenced(&storage)
    }
}
