import FTSupport

/// A safetensors file, memory-mapped: opening it reads the header and nothing else.
///
/// ```swift
/// let file = try SafetensorsFile("model.safetensors")
/// for entry in file.entries { print(entry.name, entry.shape) }
/// let weight = try file.array("fc1.weight")
/// ```
public struct SafetensorsFile: Sendable {
    /// The path as given.
    public let path: String
    /// The tensors in the order of the header.
    public let entries: [TensorEntry]
    /// The `__metadata__` strings.
    public let metadata: [String: String]
    /// The size of the whole file in bytes.
    public let byteCount: Int
    /// Where the data section starts.
    public let dataStart: Int

    let mapping: MappedFile
    private let index: [String: Int]

    /// Opens a file and checks its header completely.
    ///
    /// Another program may delete or replace the file while arrays of it are in use, but must not
    /// shorten it in place. Throws a `CheckpointError`.
    public init(_ path: String) throws { try self.init(opening: path) }

    init(opening path: String) throws(CheckpointError) {
        let mapping = try MappedFile.checkpoint(path)
        let header = try SafetensorsHeader(mapping.bytes, path: path)
        self.path = path
        self.mapping = mapping
        entries = header.entries
        metadata = header.metadata
        dataStart = header.dataStart
        byteCount = mapping.bytes.count
        var index: [String: Int] = [:]
        for (position, entry) in header.entries.enumerated() { index[entry.name] = position }
        self.index = index
    }

    /// The entry of a name, nil where there is none.
    public func entry(_ name: String) -> TensorEntry? { index[name].map { entries[$0] } }

    /// The bytes of the data section.
    var data: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapping.bytes[dataStart...])
    }

    /// The bytes of one tensor. The pointer is good while `body` runs.
    public func withBytes<Result>(
        of entry: TensorEntry, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        defer { withExtendedLifetime(mapping) {} }
        return try body(UnsafeRawBufferPointer(rebasing: data[entry.byteRange]))
    }
}
