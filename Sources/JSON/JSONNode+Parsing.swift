/// What a parser lets pass.
public struct JSONParsingOptions: Sendable {
    /// How many objects and arrays may stand inside each other; at most 512.
    public var maximumDepth: Int
    /// Whether an object may name a key twice; the caller then has to look for it.
    public var allowsDuplicateKeys: Bool

    /// Creates options; by default 128 levels and no duplicate keys.
    public init(maximumDepth: Int = 128, allowsDuplicateKeys: Bool = false) {
        self.maximumDepth = min(maximumDepth, 512)
        self.allowsDuplicateKeys = allowsDuplicateKeys
    }
}

extension JSONNode {
    /// Parses one JSON text by the letter of RFC 8259, in time proportional to its length.
    ///
    /// The bytes must be UTF-8 without a byte order mark. Keys that differ only in Unicode
    /// normalization are the same key. Nothing of the buffer is kept.
    public init(
        parsing bytes: UnsafeRawBufferPointer, options: JSONParsingOptions = JSONParsingOptions()
    ) throws(JSONError) {
        var parser = JSONParser(bytes.bindMemory(to: UInt8.self), options)
        self = try parser.document()
    }

    /// Parses a text that is one object and hands over its members one after the other, none of
    /// which is kept: as the first initializer does, for objects of very many members.
    public static func forEachMember(
        of bytes: UnsafeRawBufferPointer, options: JSONParsingOptions = JSONParsingOptions(),
        _ take: (Member) -> Void
    ) throws(JSONError) {
        var parser = JSONParser(bytes.bindMemory(to: UInt8.self), options)
        try parser.members(take)
    }

    /// Parses one JSON text from an array of bytes.
    public init(
        parsing bytes: [UInt8], options: JSONParsingOptions = JSONParsingOptions()
    ) throws(JSONError) {
        let result = bytes.withUnsafeBytes { buffer -> Result<JSONNode, JSONError> in
            Result { () throws(JSONError) in try JSONNode(parsing: buffer, options: options) }
        }
        self = try result.get()
    }

    /// Parses one JSON text from a string.
    public init(
        parsing text: String, options: JSONParsingOptions = JSONParsingOptions()
    ) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), options: options)
    }
}
