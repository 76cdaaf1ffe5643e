import Glibc

extension String {
    /// The text with everything that could steer a terminal escaped, cut to `limit` characters.
    func escapedForDisplay(limit: Int = 100) -> String {
        var shown = ""
        for scalar in unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.dropFirst(limit).isEmpty ? shown : shown + "…"
    }

    /// The text in double quotes, escaped and cut.
    func quotedForDisplay(limit: Int = 60) -> String {
        "\"\(escapedForDisplay(limit: limit))\""
    }

    /// The text filled with spaces to a width, counted in Unicode scalars.
    func padded(to width: Int, left: Bool) -> String {
        let missing = width - unicodeScalars.count
        guard missing > 0 else { return self }
        let spaces = String(repeating: " ", count: missing)
        return left ? self + spaces : spaces + self
    }
}

/// Numbers as they stand in tables and sentences.
enum Display {
    /// 535818 as `535,818`.
    static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude).utf8)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return text
    }

    /// A number with a fixed count of decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        print("%.\(decimals)f", value)
    }

    /// A number with a few significant digits, in exponent form where that is shorter.
    static func short(_ value: Double, digits: Int = 4) -> String {
        print("%.\(digits)g", value)
    }

    /// Bytes in MiB with two decimals and no unit.
    static func mebibytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1_048_576, 2) }

    /// Bytes in the unit that suits them.
    static func size(_ bytes: Int) -> String {
        if bytes < 1024 { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
        if bytes < 1_048_576 { return fixed(Double(bytes) / 1024, 1) + " KiB" }
        if bytes < 1 << 30 { return mebibytes(bytes) + " MiB" }
        return fixed(Double(bytes) / Double(1 << 30), 2) + " GiB"
    }

    /// `1 tensor`, `2 tensors`.
    static func count(_ value: Int, _ noun: String) -> String {
        "\(grouped(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A shape as `512×784`; `scalar` for no dimensions.
    static func shape(_ shape: [Int]) -> String {
        if shape.isEmpty { return "scalar" }
        if shape.count > 12 {
            return shape.prefix(12).map(String.init).joined(separator: "×") + "×…"
        }
        return shape.map(String.init).joined(separator: "×")
    }

    private static func print(_ format: String, _ value: Double) -> String {
        if value.isNaN { return "nan" }
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        let bytes = buffer.prefix(min(max(Int(count), 0), buffer.count - 1))
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
