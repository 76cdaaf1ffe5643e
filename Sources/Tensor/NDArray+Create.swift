extension NDArray {
    /// Elements of `values` in row-major order.
    public init<Element: TensorElement>(
        _ values: [Element], _ shape: Shape? = nil, on backend: any Backend = CPUBackend.shared
    ) {
        let shape = shape ?? [values.count]
        guard shape.elementCount == values.count else {
            fail("array", "\(values.count) values can't fill shape \(shape)")
        }
        self.init(uninitialized: shape, Element.dtype, on: backend)
        values.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, bytes.count > 0 else { return }
            backend.copyIn(from: base, to: storage.pointer, byteCount: bytes.count)
        }
    }

    /// `value` everywhere, converted to `dtype`.
    public static func full(
        _ shape: Shape, _ value: Double, _ dtype: DType = .float32,
        on backend: any Backend = CPUBackend.shared
    ) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        if out.count > 0 { backend.fill(out, with: value) }
        return out
    }

    /// The integers from `start` up to but excluding `end` in steps of `step`.
    public static func range(
        _ start: Int, _ end: Int, step: Int = 1, _ dtype: DType = .int64,
        on backend: any Backend = CPUBackend.shared
    ) -> NDArray {
        if step == 0 { fail("range", "the step is 0") }
        let values = stride(from: start, to: end, by: step).map { Int64($0) }
        return NDArray(values, on: backend).cast(to: dtype)
    }

    /// The elements in row-major order, converted to `Element`.
    public func values<Element: TensorElement>(as type: Element.Type = Element.self) -> [Element] {
        cast(to: Element.dtype).withUnsafeBytes { bytes in
            Array(bytes.bindMemory(to: Element.self))
        }
    }

    /// The one element of an array of size 1.
    public var scalar: Double {
        guard count == 1 else {
            fail("scalar", "an array of shape \(shape) has \(count) elements, not one")
        }
        return values(as: Double.self)[0]
    }
}
