/// Numbers as tables hold them: decimal, finite, not in C's hexadecimal form.
enum DecimalNumber {
    /// The number that a text says; nil where it says none. Of one too small the least there is, which
    /// isn't 0 either.
    static func double(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite, isDecimal(text) else { return nil }
        guard value == 0, hasDigits(text) else { return value }
        return value.sign == .minus ? -.leastNonzeroMagnitude : .leastNonzeroMagnitude
    }

    /// Whether a digit other than 0 stands before the exponent.
    private static func hasDigits(_ text: String) -> Bool {
        text.prefix { $0 != "e" && $0 != "E" }.contains { ("1"..."9").contains($0) }
    }

    /// The same to the digits of float32, beyond which the number must not lie; of one too small for
    /// it 0.
    static func float(_ text: String) -> Float? {
        guard let value = Float(text), value.isFinite, isDecimal(text) else { return nil }
        return value
    }

    /// Whether a text says a number that isn't 0 and becomes 0 as float32.
    static func vanishes(_ text: String) -> Bool {
        Float(text) == 0 && double(text).map { $0 != 0 } ?? false
    }

    private static func isDecimal(_ text: String) -> Bool {
        !text.utf8.contains { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }
    }
}
