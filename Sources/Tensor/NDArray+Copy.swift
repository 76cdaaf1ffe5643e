extension NDArray {
    /// This array, copied into row-major order if it is not in it already.
    public func contiguous() -> NDArray {
        isContiguous ? self : copy()
    }

    /// The elements in fresh storage of their own.
    public func copy() -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.copy.run(self, into: out)
        return out
    }

    /// The elements converted to another dtype.
    ///
    /// Floats become integers by truncation toward zero, saturating, NaN as 0; anything but zero
    /// is true; float64 and float32 round to the nearest half, ties to even.
    public func cast(to dtype: DType) -> NDArray {
        if dtype == self.dtype { return self }
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.copy.run(self, into: out)
        return out
    }

    /// The elements on another device; the array itself if it is there already.
    public func on(_ device: Device) -> NDArray { on(device.backend) }

    package func on(_ target: any Backend) -> NDArray {
        if target === backend { return self }
        if Recorder.mayBeOpen { Recorder.current?.noteMove(self) }
        let source = contiguous()
        let out = NDArray(uninitialized: shape, dtype, on: target)
        guard count > 0 else { return out }
        if backend === CPUBackend.shared {
            target.copyIn(from: source.pointer, to: out.pointer, byteCount: byteCount)
        } else {
            let host = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
            backend.copyOut(from: source.pointer, to: host.pointer, byteCount: byteCount)
            if target === CPUBackend.shared { return host }
            target.copyIn(from: host.pointer, to: out.pointer, byteCount: byteCount)
        }
        withExtendedLifetime(source.storage) {}
        return out
    }

    /// The elements on another device, sent ahead: as `on`, but what the device computes already
    /// doesn't hold them up.
    package func sent(to target: any Backend) -> NDArray {
        guard backend === CPUBackend.shared, target !== backend, count > 0, !Recorder.mayBeOpen
        else { return on(target) }
        let source = contiguous()
        guard let memory = target.send(source.pointer, byteCount: byteCount) else {
            return source.on(target)
        }
        let storage = Storage(adopting: memory, byteCount: byteCount, backend: target)
        return NDArray(
            storage: storage, dtype: dtype, shape: shape, strides: shape.contiguousStrides,
            offset: 0)
    }

    /// Writes `source`, converted, broadcast and brought to this device, over these elements. Views
    /// of them change too.
    package func assign(_ source: NDArray) {
        if repeatsElements {
            fail(
                "assign",
                "of these \(count) elements of shape \(shape), some are the same in memory",
                hint: "write to a copy()")
        }
        guard Shape.broadcast(source.shape, shape) == shape else {
            fail(
                "assign", "values of shape \(source.shape) don't fit \(shape)",
                hint: "sizes must match or be 1, aligned at the last axis")
        }
        let expanded = source.on(backend).expand(to: shape)
        // A source that shares this storage might be read after it was overwritten.
        let safe = source.storage === storage ? expanded.copy() : expanded
        Kernel.copy.run(safe, into: self)
    }

    /// Whether an element may be found under several indices, as after `expand` and `unfold`: unless
    /// each step along an axis leads beyond all that those with smaller steps reach.
    private var repeatsElements: Bool {
        if isContiguous { return false }
        var reach = 0
        let axes = (0..<rank).filter { shape[$0] > 1 }
        for axis in axes.sorted(by: { abs(strides[$0]) < abs(strides[$1]) }) {
            if abs(strides[axis]) <= reach { return count > 0 }
            reach += abs(strides[axis]) * (shape[axis] - 1)
        }
        return false
    }

    /// Writes numbers of the host over these, which are float64 and contiguous.
    package func write(_ values: [Double]) {
        guard dtype == .float64, isContiguous, count == values.count else {
            fail("write", "\(values.count) numbers don't fit \(dtype) \(shape)")
        }
        values.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            backend.copyIn(from: base, to: pointer, byteCount: bytes.count)
        }
        storage.version &+= 1
    }
}
