/// Cells in the characters that programs write.
enum CellText {
    private static let signs: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{2212}": "-", "\u{FF0D}": "-", "\u{FE63}": "-", "\u{2010}": "-", "\u{2011}": "-",
        "\u{2012}": "-", "\u{2013}": "-", "\u{FF0B}": "+", "\u{FF0E}": ".", "\u{FF0C}": ",",
        "\u{FF05}": "%", "\u{066A}": "%", "\u{066B}": ".", "\u{066C}": ",", "\u{FF1A}": ":",
        "\u{FF0F}": "/",
    ]

    /// Marks that say in which direction text runs, which nobody sees.
    private static func isDirection(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// A text with digits of other scripts, full-width signs, hyphens, the minus sign, the dash that
    /// is set for it and spaces of every width as ASCII has them, and without invisible marks of the
    /// direction in which text runs.
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
            } else if !isDirection(scalar) {
                plain.append(signs[scalar] ?? scalar)
            }
        }
        return String(plain)
    }
}
