import FTSupport

/// Text in HTML and SVG.
enum Markup {
    /// The text with everything that is markup, or steers whatever shows it, as an escape, in
    /// JSON's way: safe between tags and inside quotes.
    static func escaped(_ text: String) -> String {
        entities(
            text.harmlessLines.replacing("\n", with: "\\n").replacing("\t", with: "\\t"))
    }

    /// The same of several lines.
    static func escapedLines(_ text: String) -> String { entities(text.harmlessLines) }

    private static func entities(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // XML has no form for these two.
            case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A coordinate: at most two decimals, never in exponent form.
    static func coordinate(_ value: Double) -> String {
        var text = Format.fixed(value, 2)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text == "-0" ? "0" : text
    }
}
