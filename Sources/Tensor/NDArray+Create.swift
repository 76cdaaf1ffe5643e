extension NDArray {
    /// Elements of `values` in row-major order.
    public init<Element: TensorElement>(
        _ values: [Element], _ shape: Shape? = nil, on device: Device? = nil
    ) {
        self.init(values, shape, on: NDArray.backend(device))
    }

    package init<Element: TensorElement>(
        _ values: [Element], _ shape: Shape? = nil, on backend: any Backend
    ) {
        let shape = shape ?? [values.count]
        guard shape.elementCount == values.count else {
            fail("array", "\(values.count) values can't fill shape \(shape)")
        }
        self.init(uninitialized: shape, Element.dtype, on: backend)
        values.withUnsafeBytes { upload($0) }
    }

    /// Numbers in row-major order, each converted as `full` does.
    package init(_ numbers: [Scalar], _ shape: Shape, _ dtype: DType, on backend: any Backend) {
        self.init(uninitialized: shape, dtype, on: backend)
        withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { bytes in
            guard let base = bytes.baseAddress else { return }
            for (index, number) in numbers.enumerated() {
                number.store(as: dtype, at: base + index * dtype.size)
            }
            upload(UnsafeRawBufferPointer(bytes))
        }
    }

    private func upload(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        storage.backend.copyIn(from: base, to: storage.pointer, byteCount: bytes.count)
        if Recorder.mayBeOpen { Recorder.current?.noteUpload(bytes, into: self) }
    }

    /// `value` everywhere, converted to `dtype`: floats are rounded to nearest, integers saturate.
    public static func full(
        _ shape: Shape, _ value: some TensorScalar, _ dtype: DType = .float32,
        on device: Device? = nil
    ) -> NDArray {
        full(shape, value, dtype, on: backend(device))
    }

    package static func full(
        _ shape: Shape, _ value: some TensorScalar, _ dtype: DType, on backend: any Backend
    ) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.fill(value.asScalar).run(into: out)
        return out
    }

    /// The integers from `start` up to but excluding `end` in steps of `step`.
    public static func range(
        _ start: Int, _ end: Int, step: Int = 1, _ dtype: DType = .int64, on device: Device? = nil
    ) -> NDArray {
        range(start, end, step: step, dtype, on: backend(device))
    }

    package static func range(
        _ start: Int, _ end: Int, step: Int = 1, _ dtype: DType = .int64, on backend: any Backend,
        for operation: String = "range"
    ) -> NDArray {
        if step == 0 { fail(operation, "the step is 0") }
        var length: UInt = 0
        if step > 0 ? end > start : end < start {
            // What lies between two Ints fits a UInt.
            let distance = UInt(bitPattern: step > 0 ? end &- start : start &- end)
            length = (distance - 1) / step.magnitude + 1
        }
        guard let count = Int(exactly: length) else {
            fail(operation, "from \(start) to \(end) are more elements than an Int can count")
        }
        let out = NDArray(uninitialized: [count], dtype, on: backend)
        Kernel.range(start: start, step: step).run(into: out)
        return out
    }

    /// What computes on a device that was named, or on the scope's.
    package static func backend(_ device: Device?) -> any Backend {
        device?.backend ?? Device.currentBackend
    }

    /// The elements in row-major order, converted to `Element`.
    public func values<Element: TensorElement>(as type: Element.Type = Element.self) -> [Element] {
        withHostBytes(of: Element.dtype) { Array($0.bindMemory(to: Element.self)) }
    }

    /// The one element of an array of size 1.
    public var scalar: Double { scalar() }

    /// The one element of an array of size 1, converted to `Element`.
    public func scalar<Element: TensorElement>(as type: Element.Type = Element.self) -> Element {
        guard count == 1 else {
            fail("scalar", "an array of shape \(shape) has \(count) elements, not one")
        }
        return values(as: Element.self)[0]
    }
}
