/// Text from files and names of files, made harmless for terminals.
extension String {
    /// The text with everything that could steer a terminal escaped, cut to `limit` characters.
    package func escapedForDisplay(limit: Int = 100) -> String {
        let start = String(UnicodeScalarView(unicodeScalars.prefix(limit)))
        let shown = start.escaped(keeping: { _ in false }) {
            "\\u{\(String($0.value, radix: 16))}"
        }
        return unicodeScalars.dropFirst(limit).isEmpty ? shown : shown + "…"
    }

    /// The text on one line; where that has more than so many characters, its middle left out.
    package func shortened(to limit: Int) -> String {
        let shown = onOneLine
        let scalars = shown.unicodeScalars
        guard scalars.count > limit, limit > 2 else { return shown }
        let end = (limit - 1) / 2
        return String(UnicodeScalarView(scalars.prefix(limit - 1 - end))) + "…"
            + String(UnicodeScalarView(scalars.suffix(end)))
    }

    /// The text in double quotes, escaped and cut.
    package func quotedForDisplay(limit: Int = 60) -> String {
        "\"\(escapedForDisplay(limit: limit))\""
    }

    /// The whole text on one line, everything that could steer a terminal escaped.
    package var onOneLine: String { escapedForDisplay(limit: .max) }

    /// Lines with everything else that could steer a terminal escaped, in JSON's way, so that JSON
    /// stays what it says.
    package var harmlessLines: String {
        escaped(keeping: { $0 == "\n" || $0 == "\t" }) { scalar in
            String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }

    /// Text with what could steer a terminal escaped, but for ends of lines, those of two
    /// characters too, tabs, and what joins letters or keeps them apart.
    package var harmlessText: String {
        let lines = replacing("\r\n", with: "\n")
        return lines.escaped(keeping: { ["\n", "\t", "\u{200C}", "\u{200D}"].contains($0) }) {
            "\\u{\(String($0.value, radix: 16))}"
        }
    }

    /// The text as one word of a command that a person may paste into a shell.
    package var shellWord: String {
        let isPlain =
            !isEmpty
            && unicodeScalars.allSatisfy { scalar in
                !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "_-./=,:+@%".unicodeScalars.contains(scalar)
            }
        let parts = split(separator: "'", omittingEmptySubsequences: false)
        return isPlain ? self : "'\(parts.joined(separator: "'\\''"))'"
    }

    /// The path of a file as one word of a command: none that is taken for an option or a setting.
    package var shellPath: String {
        let isTaken = hasPrefix("-") || contains("=") && !contains("/")
        return (isTaken ? "./\(self)" : self).shellWord
    }

    private func escaped(
        keeping: (Unicode.Scalar) -> Bool, _ escape: (Unicode.Scalar) -> String
    ) -> String {
        // Almost all text is harmless.
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        var shown = ""
        for scalar in unicodeScalars {
            if scalar.steers, !keeping(scalar) {
                shown += escape(scalar)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}

extension Unicode.Scalar {
    /// Whether it is no sign but an order to whatever shows it.
    fileprivate var steers: Bool {
        if isASCII { return value < 0x20 || value == 0x7F }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}
