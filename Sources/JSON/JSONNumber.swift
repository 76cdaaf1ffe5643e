/// A JSON number as it was written, so that nothing is lost before somebody asks for a type.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The digits as they stood in the text.
    public let text: String

    /// The text, unchanged.
    public var description: String { text }

    /// A number from text that already follows the JSON grammar.
    init(verified text: String) {
        self.text = text
    }

    /// The shortest text for an integer.
    public init(_ value: Int) {
        text = String(value)
    }

    /// The shortest text that reads back as the same double; nil for NaN and infinities.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// Whether it is written without a fraction and without an exponent, whatever its size.
    public var isWrittenAsInteger: Bool {
        !text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }

    /// The exact integer, nil when the value is fractional or does not fit in 64 bits.
    ///
    /// `10`, `10.0` and `1e1` are all ten, as in JSON Schema. Forms with a fraction or exponent
    /// count only up to 2⁵³, where every integer is exact.
    public var int: Int? {
        if isWrittenAsInteger { return Int(text) }
        let value = double
        guard abs(value) <= 9_007_199_254_740_992 else { return nil }
        return Int(exactly: value)
    }

    /// What is wrong with an integer that no 64 bits with a sign hold: `, which is more than …`; nil
    /// where they do, or it is none.
    package static func beyond(_ text: String) -> String? {
        let digits = text.drop { $0 == "-" }
        guard Int(text) == nil, !digits.isEmpty,
            digits.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return text.hasPrefix("-")
            ? ", which is less than \(Int.min)" : ", which is more than \(Int.max)"
    }

    /// The nearest double, infinite when the number is larger than any double.
    public var double: Double {
        Double(text) ?? .nan
    }
}
