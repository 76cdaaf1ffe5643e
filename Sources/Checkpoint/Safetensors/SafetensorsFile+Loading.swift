public import Tensor

extension SafetensorsFile {
    /// The tensor of a name.
    ///
    /// On the CPU the array reads the mapped file and keeps it mapped; it can't be written. Data
    /// that is not aligned to its element size is copied. `I16` and `U16` become int32, `U32` and
    /// `U64` int64; a `U64` value beyond int64 is an error, as are types without a dtype here. Throws
    /// a `CheckpointError`.
    public func array(_ name: String, on device: Device = .cpu) throws -> NDArray {
        guard let entry = entry(name) else {
            throw CheckpointError(.incompatible, path, tensor: name, "is not in the file")
        }
        return try load(entry, on: device)
    }

    /// The tensor of an entry of this file.
    public func array(_ entry: TensorEntry, on device: Device = .cpu) throws -> NDArray {
        try load(entry, on: device)
    }

    func load(_ entry: TensorEntry, on device: Device) throws(CheckpointError) -> NDArray {
        guard entry.shape.count <= Shape.maximumRank else {
            throw problem(
                entry, "has \(entry.shape.count) dimensions, more than the 8 supported")
        }
        guard let dtype = entry.type.loaded else {
            throw problem(entry, "is \(entry.type.name), which can be listed but not computed with")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: data[entry.byteRange])
        defer { withExtendedLifetime(mapping) {} }
        let shape = Shape(entry.shape)
        let host: NDArray
        switch entry.type {
        case .int16: host = widened(bytes, Int16.self, shape) { Int32($0) }
        case .uint16: host = widened(bytes, UInt16.self, shape) { Int32($0) }
        case .uint32: host = widened(bytes, UInt32.self, shape) { Int64($0) }
        case .uint64:
            try checkSigned(bytes, entry)
            host = widened(bytes, UInt64.self, shape) { Int64(bitPattern: $0) }
        case .bool:
            try checkBooleans(bytes, entry)
            host = viewed(bytes, shape, dtype)
        default: host = viewed(bytes, shape, dtype)
        }
        return host.on(device)
    }

    private func viewed(_ bytes: UnsafeRawBufferPointer, _ shape: Shape, _ dtype: DType) -> NDArray
    {
        guard let base = bytes.baseAddress, bytes.count > 0 else {
            return NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
        }
        guard UInt(bitPattern: base) % UInt(dtype.size) == 0 else {
            let copy = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
            copy.pointer.copyMemory(from: base, byteCount: bytes.count)
            return copy
        }
        let storage = Storage(
            wrapping: UnsafeMutableRawPointer(mutating: base), byteCount: bytes.count,
            backend: CPUBackend.shared, owner: mapping)
        return NDArray(
            storage: storage, dtype: dtype, shape: shape, strides: shape.contiguousStrides,
            offset: 0)
    }

    private func widened<Narrow: BitwiseCopyable, Wide: TensorElement>(
        _ bytes: UnsafeRawBufferPointer, _ type: Narrow.Type, _ shape: Shape,
        _ convert: (Narrow) -> Wide
    ) -> NDArray {
        let out = NDArray(uninitialized: shape, Wide.dtype, on: CPUBackend.shared)
        let target = out.pointer.assumingMemoryBound(to: Wide.self)
        for position in 0..<out.count {
            let offset = position * MemoryLayout<Narrow>.stride
            target[position] = convert(bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        return out
    }

    private func checkSigned(
        _ bytes: UnsafeRawBufferPointer, _ entry: TensorEntry
    ) throws(CheckpointError) {
        // The sign bit of a little-endian 64-bit number is in its last byte.
        for last in stride(from: 7, to: bytes.count, by: 8) where bytes[last] >= 0x80 {
            let value = bytes.loadUnaligned(fromByteOffset: last - 7, as: UInt64.self)
            throw problem(entry, "holds the uint64 value \(value), which int64 can't hold")
        }
    }

    private func checkBooleans(
        _ bytes: UnsafeRawBufferPointer, _ entry: TensorEntry
    ) throws(CheckpointError) {
        if let byte = bytes.first(where: { $0 > 1 }) {
            throw CheckpointError(
                .damaged, path, tensor: entry.name, "is bool but holds the byte \(byte)")
        }
    }

    private func problem(_ entry: TensorEntry, _ text: String) -> CheckpointError {
        CheckpointError(.unsupported, path, tensor: entry.name, text)
    }
}
