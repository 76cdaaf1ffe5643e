public import Tensor

extension SafetensorsFile {
    /// The tensor of a name.
    ///
    /// On the CPU the array reads the mapped file and keeps it mapped; it can't be written. Data
    /// that is not aligned to its element size is copied. Throws a `CheckpointError`, for
    /// types without a dtype here too.
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
        if dtype == .bool { try checkBooleans(bytes, entry) }
        return viewed(bytes, shape, dtype).on(device)
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
