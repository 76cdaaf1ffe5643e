import FTSupport

/// Words of a column that look the same, or nearly, and are different ones.
package enum LookAlikes {
    /// Letters of other alphabets that look as those of ASCII do.
    private static let twins: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs = [
            ("аеорсухіјѕһ", "aeopcyxijsh"), ("АВЕКМНОРСТХІЈЅ", "ABEKMHOPCTXIJS"),
            ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo"), ("’‘ʼ′´`", "''''''"), ("“”″", "\"\"\""),
        ]
        return Dictionary(
            uniqueKeysWithValues: pairs.flatMap { zip($0.0.unicodeScalars, $0.1.unicodeScalars) })
    }()

    /// What a word looks like: without what nobody sees, one space for any.
    static func look(_ text: String) -> String {
        let plain = CellText.plain(text)
        var look = String.UnicodeScalarView()
        for scalar in plain.unicodeScalars {
            if scalar == " ", look.last.map({ $0 == " " }) ?? true { continue }
            look.append(twins[scalar] ?? scalar)
        }
        if look.last == " " { look.removeLast() }
        return String(look)
    }

    /// The same where neither case nor spaces, hyphens, underscores and points count.
    static func sketch(_ text: String) -> String {
        look(text).lowercased().filter { !" -_.".contains($0) }
    }

    /// Two of the words that look the same but for case, spaces and signs, as a sentence; nil where
    /// no two do.
    ///
    /// - Parameters:
    ///   - name: the column.
    ///   - words: its different words, in their order, in which the two are told.
    package static func remark(on name: String, _ words: [String]) -> String? {
        // Nobody reads more, and a column of texts would take long.
        guard words.count <= 10_000 else { return nil }
        let pairs = pairs(words)
        guard let first = pairs.first else { return nil }
        let more = pairs.count > 1 ? ", as \(pairs.count - 1) more do" : ""
        let others =
            look(first.0) == look(first.1)
            ? "look the same and are different words" : "may be one word and are taken for two"
        let words = "\(shown(first.0, beside: first.1)) and \(shown(first.1, beside: first.0))"
        return "'\(name.escapedForDisplay(limit: 30))': \(words) \(others)\(more); write one of "
            + "them alone if they are one"
    }

    private static func pairs(_ words: [String]) -> [(String, String)] {
        let numbers = words.filter { $0.utf8.contains { (48...57).contains($0) } }
        // Codes such as 1.2 and 12, A-1 and A1, may well be different.
        let coded = Set(numbers)
        let places = Dictionary(zip(words, words.indices)) { first, _ in first }
        let groups = Dictionary(grouping: words) { coded.contains($0) ? look($0) : sketch($0) }
        return groups.filter { $0.value.count > 1 && !$0.key.isEmpty }.values
            .sorted { places[$0[0]] ?? 0 < places[$1[0]] ?? 0 }.map { ($0[0], $0[1]) }
    }

    /// A word in quotes, with what tells it from the other where nobody sees that.
    static func shown(_ word: String, beside other: String) -> String {
        let quoted = "'\(word.escapedForDisplay(limit: 40))'"
        guard look(word) == look(other) else { return quoted }
        let odd = word.unicodeScalars.first { scalar in
            !scalar.isASCII && !other.unicodeScalars.contains(scalar)
                && !CellText.isInvisible(scalar)
        }
        return odd.map { "\(quoted) (with U+\(hexadecimal($0)))" } ?? quoted
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
