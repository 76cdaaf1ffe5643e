import FTSupport

/// What is known of the checksum of a file.
public enum ChecksumStatus: String, Sendable {
    /// The file has none.
    case absent
    /// The file has one, and nobody compared it yet.
    case unchecked
    /// The file is what was written.
    case ok
    /// At least one byte of the file is not what was written.
    case bad
}

/// The checksum that our files carry: xxHash of the data section and then of the header with 16
/// zeros for the digits. Its metadata entry stands first, so its digits have a fixed place.
enum Checksum {
    static let key = "faketensor.checksum"
    /// The file offset of the digits.
    static let offset = 8 + prefix.utf8.count
    private static let scheme = "xxh64:"
    private static let prefix = "{\"__metadata__\":{\"\(key)\":\"\(scheme)"

    static func text(_ value: UInt64) -> String {
        scheme + String(decoding: digits(value), as: UTF8.self)
    }

    static func digits(_ value: UInt64) -> [UInt8] {
        Array(XXHash64.digits(of: value).utf8)
    }
}

extension SafetensorsFile {
    /// The checksum that the file carries, `xxh64:` and its digits; nil without.
    public var checksum: String? { metadata[Checksum.key] }

    /// Whether the file carries a checksum; costs nothing.
    public var hasChecksum: Bool { metadata[Checksum.key] != nil }

    /// Reads the whole file and compares its checksum.
    ///
    /// A file that another tool wrote again with our metadata counts as damaged: `bad`.
    public func checksumStatus() -> ChecksumStatus {
        guard let expected = metadata[Checksum.key] else { return .absent }
        var header = Array(mapping.bytes[..<dataStart])
        let digits = Checksum.offset..<Checksum.offset + 16
        guard digits.upperBound <= header.count else { return .bad }
        header.replaceSubrange(digits, with: Checksum.digits(0))
        var hash = XXHash64()
        hash.update(data)
        header.withUnsafeBytes { hash.update($0) }
        withExtendedLifetime(mapping) {}
        return Checksum.text(hash.value()) == expected ? .ok : .bad
    }
}
