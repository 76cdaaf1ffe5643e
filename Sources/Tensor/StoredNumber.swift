/// The number formats of files that we have no dtype for are widened to the next that holds them.
package enum StoredNumber: Sendable, Equatable {
    /// One that we have.
    case same(DType)
    /// Integers of two, four and eight bytes.
    case int16, uint16, uint32, uint64

    /// Bytes of an element in the file.
    package var size: Int {
        switch self {
        case .same(let dtype): dtype.size
        case .int16, .uint16: 2
        case .uint32: 4
        case .uint64: 8
        }
    }

    /// The dtype of what is read.
    package var dtype: DType {
        switch self {
        case .same(let dtype): dtype
        case .int16, .uint16: .int32
        case .uint32, .uint64: .int64
        }
    }

    /// A number that int64 can't hold.
    package struct Overflow: Error {
        /// The number.
        package let value: UInt64
    }

    /// An array of the elements at `bytes`, in this machine's order; throws at the first beyond int64.
    package func array(
        _ bytes: UnsafeRawBufferPointer, _ shape: Shape
    ) throws(Overflow) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
        switch self {
        case .same:
            out.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: bytes[..<$0.count])) }
        case .int16: try widen(bytes, into: out) { (value: Int16) in Int32(value) }
        case .uint16: try widen(bytes, into: out) { (value: UInt16) in Int32(value) }
        case .uint32: try widen(bytes, into: out) { (value: UInt32) in Int64(value) }
        case .uint64: try widen(bytes, into: out) { (value: UInt64) in Int64(exactly: value) }
        }
        return out
    }

    private func widen<Narrow: FixedWidthInteger, Wide: TensorElement>(
        _ bytes: UnsafeRawBufferPointer, into out: NDArray, _ convert: (Narrow) -> Wide?
    ) throws(Overflow) {
        let beyond = out.withUnsafeMutableBytes { target -> UInt64? in
            let values = target.bindMemory(to: Wide.self)
            for index in values.indices {
                let offset = index * MemoryLayout<Narrow>.size
                let narrow = bytes.loadUnaligned(fromByteOffset: offset, as: Narrow.self)
                guard let wide = convert(narrow) else { return UInt64(truncatingIfNeeded: narrow) }
                values[index] = wide
            }
            return nil
        }
        if let beyond { throw Overflow(value: beyond) }
    }
}
