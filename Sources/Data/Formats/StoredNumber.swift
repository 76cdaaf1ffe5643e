import Tensor

/// The number formats of files that we have no dtype for are widened to the next that holds them.
enum StoredNumber: Sendable, Equatable {
    case same(DType)
    case int16, uint16, uint32, uint64

    var size: Int {
        switch self {
        case .same(let dtype): dtype.size
        case .int16, .uint16: 2
        case .uint32: 4
        case .uint64: 8
        }
    }

    var dtype: DType {
        switch self {
        case .same(let dtype): dtype
        case .int16, .uint16: .int32
        case .uint32, .uint64: .int64
        }
    }

    /// An array of the elements at `bytes`, in this machine's order; nil where a number is beyond
    /// int64.
    func array(_ bytes: UnsafeRawBufferPointer, _ shape: Shape) -> NDArray? {
        switch self {
        case .same(let dtype):
            let out = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
            out.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: bytes[..<$0.count])) }
            return out
        case .int16: return widen(bytes, shape) { (value: Int16) in Int32(value) }
        case .uint16: return widen(bytes, shape) { (value: UInt16) in Int32(value) }
        case .uint32: return widen(bytes, shape) { (value: UInt32) in Int64(value) }
        case .uint64: return widen(bytes, shape) { (value: UInt64) in Int64(exactly: value) }
        }
    }

    private func widen<Narrow, Wide: TensorElement>(
        _ bytes: UnsafeRawBufferPointer, _ shape: Shape, _ convert: (Narrow) -> Wide?
    ) -> NDArray? {
        let out = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
        return out.withUnsafeMutableBytes { target in
            let values = target.bindMemory(to: Wide.self)
            for index in values.indices {
                let offset = index * MemoryLayout<Narrow>.size
                let narrow = bytes.loadUnaligned(fromByteOffset: offset, as: Narrow.self)
                guard let wide = convert(narrow) else { return nil }
                values[index] = wide
            }
            return out
        }
    }
}
