/// One tensor of a safetensors file as its header describes it.
public struct TensorEntry: Sendable, Hashable {
    /// The name, unique in its file; may hold any characters in files from elsewhere.
    public let name: String
    /// The element type.
    public let type: SafetensorsType
    /// The sizes of the dimensions; empty for a scalar. Any rank.
    public let shape: [Int]
    /// Where its bytes lie, counted from the start of the data section.
    public let byteRange: Range<Int>

    /// The number of elements.
    public var elementCount: Int { shape.reduce(1, *) }
    /// The number of bytes.
    public var byteCount: Int { byteRange.count }
}
