import Tensor

/// A message in the protobuf wire format, of which arrays are not copied until they are written.
///
/// Numbers of fields and their types: developers.google.com/protocol-buffers/docs/encoding.
struct ProtobufMessage {
    /// A stretch of a message.
    enum Part {
        case bytes([UInt8])
        /// The elements of an array, as they lie in memory.
        case elements(NDArray)
    }

    private(set) var parts: [Part] = []
    /// Bytes in all.
    private(set) var count = 0

    /// Adds an integer; negative ones take ten bytes, as protobuf has it.
    mutating func add(_ field: Int, _ value: Int) {
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// Adds a float32.
    mutating func add(_ field: Int, _ value: Float) {
        tag(field, 5)
        let bits = value.bitPattern
        append((0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })
    }

    /// Adds eight bytes, such as those of a double.
    mutating func add(_ field: Int, fixed64 bits: UInt64) {
        tag(field, 1)
        append((0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })
    }

    /// Adds a text.
    mutating func add(_ field: Int, _ text: String) { add(field, bytes: Array(text.utf8)) }

    /// Adds bytes.
    mutating func add(_ field: Int, bytes: [UInt8]) {
        tag(field, 2)
        varint(UInt64(bytes.count))
        append(bytes)
    }

    /// Adds a message.
    mutating func add(_ field: Int, _ message: ProtobufMessage) {
        tag(field, 2)
        varint(UInt64(message.count))
        for part in message.parts {
            switch part {
            case .bytes(let bytes): append(bytes)
            case .elements: parts.append(part)
            }
        }
        count += message.elementBytes
    }

    /// Adds the bytes of an array's elements.
    mutating func add(_ field: Int, elements array: NDArray) {
        tag(field, 2)
        let array = array.on(.cpu).contiguous()
        varint(UInt64(array.byteCount))
        parts.append(.elements(array))
        count += array.byteCount
    }

    private var elementBytes: Int {
        parts.reduce(0) { sum, part in
            if case .elements(let array) = part { sum + array.byteCount } else { sum }
        }
    }

    private mutating func tag(_ field: Int, _ wireType: Int) {
        varint(UInt64(field << 3 | wireType))
    }

    private mutating func varint(_ value: UInt64) {
        var (bytes, rest): ([UInt8], UInt64) = ([], value)
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        append(bytes + [UInt8(rest)])
    }

    private mutating func append(_ bytes: [UInt8]) {
        count += bytes.count
        if case .bytes(var last)? = parts.last {
            // The list must not share the bytes while they grow, or each step copies them.
            parts[parts.count - 1] = .bytes([])
            last += bytes
            parts[parts.count - 1] = .bytes(last)
        } else {
            parts.append(.bytes(bytes))
        }
    }
}
