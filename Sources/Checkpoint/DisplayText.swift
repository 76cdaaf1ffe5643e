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
}
