/// Numbers as tables hold them: decimal, finite, not in C's hexadecimal form.
enum DecimalNumber {
    /// The number that a text says; nil where it says none.
    static func double(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite, isDecimal(text) else { return nil }
        return value
    }

    /// The same to the digits of float32, within which the number must lie: neither infinity nor,
    /// where it isn't 0, nothing.
    static func float(_ text: String) -> Float? {
        guard let value = Float(text), value.isFinite, isDecimal(text) else { return nil }
        return value == 0 && double(text) != 0 ? nil : value
    }

    private static func isDecimal(_ text: String) -> Bool {
        !text.utf8.contains { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }
    }
}
