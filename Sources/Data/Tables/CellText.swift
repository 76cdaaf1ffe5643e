/// Cells in the characters that programs write.
enum CellText {
    private static let signs: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{2212}": "-", "\u{FF0D}": "-", "\u{FE63}": "-", "\u{2010}": "-", "\u{2011}": "-",
        "\u{2012}": "-", "\u{2013}": "-", "\u{FF0B}": "+", "\u{FF0E}": ".", "\u{FF0C}": ",",
        "\u{FF05}": "%", "\u{066A}": "%", "\u{066B}": ".", "\u{066C}": ",", "\u{FF1A}": ":",
        "\u{FF0F}": "/",
    ]

    /// What nobody sees: marks that say in which direction text runs, spaces of no width, what joins
    /// signs or parts them, soft hyphens, marks of the order of bytes.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x034F, 0x061C, 0x180B...0x180E, 0x200B...0x200F, 0x202A...0x202E,
            0x2060...0x2064, 0x2066...0x206F, 0xFE00...0xFE0F, 0xFEFF, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    /// A text without the spaces at its ends, which a cell in quotes and a string of JSON keep and
    /// other cells don't have.
    static func trimmed(_ text: String) -> String {
        func isEnd(_ byte: UInt8?) -> Bool { byte.map { $0 > 32 && $0 < 128 } ?? true }
        if isEnd(text.utf8.first), isEnd(text.utf8.last) { return text }
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Whether a text holds spaces and what nobody sees alone.
    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            isInvisible($0) || $0.properties.generalCategory == .spaceSeparator
        }
    }

    /// A text with digits of other scripts, full-width signs, hyphens, the minus sign, the dash that
    /// is set for it and spaces of every width as ASCII has them, and without what nobody sees.
    static func plain(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 128 }) { return text }
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .decimalNumber,
                let digit = scalar.properties.numericValue.flatMap({ Int(exactly: $0) })
            {
                plain.append(Unicode.Scalar(UInt8(48 + digit)))
            } else if scalar.properties.generalCategory == .spaceSeparator {
                plain.append(" ")
            } else if !isInvisible(scalar) {
                plain.append(signs[scalar] ?? scalar)
            }
        }
        return String(plain)
    }
}
