extension Unicode.Scalar {
    /// Whether a terminal shows it without being steered by it: no control or format characters.
    var isPlain: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}

extension String {
    /// The string in double quotes for use in a message: escaped, and cut after 40 characters.
    public var jsonQuoted: String {
        var quoted = "\""
        for scalar in unicodeScalars.prefix(40) {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.isPlain: quoted.unicodeScalars.append(scalar)
            default: quoted += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        if unicodeScalars.dropFirst(40).first != nil { quoted += "…" }
        return quoted + "\""
    }
}
