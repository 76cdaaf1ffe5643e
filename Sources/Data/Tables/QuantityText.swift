/// Quantities that nothing here reads, and that would be taken for words.
enum QuantityText {
    /// So many different words are a category, whatever they look like.
    private static let fewWords = 10

    /// What stands beside the number of a text that looks like a quantity, such as `stone` in
    /// `5.2 stone`, and a colon for a time of day; nil where it looks like a name: `12A`, `1st`,
    /// `192.168.1.1`, `555-1234`.
    static func unit(_ text: String) -> String? {
        guard text.utf8.count <= 40 else { return nil }
        let plain = CellText.plain(text)
        if isTime(plain) { return ":" }
        let before = plain.prefix { "~<>≈≤≥±+-( ".contains($0) }
        let digits = plain[before.endIndex...].prefix { isDigit($0) || ".,'’ ".contains($0) }
        guard let last = digits.lastIndex(where: isDigit), digits.first.map(isDigit) == true,
            digits.count(where: { $0 == "." }) < 2
        else { return nil }
        let rest = plain[digits.index(after: last)...]
        let after = rest.drop { $0 == " " }
        let number = digits[...last]
        let standsApart = rest.first == " " || number.contains { ".,".contains($0) }
        guard !rest.contains(where: isDigit), after.count <= 12,
            !["st", "nd", "rd", "th"].contains(after.lowercased()),
            standsApart || after.count > 1 || !before.isEmpty
        else { return nil }
        let isNumber = before.isEmpty && after.isEmpty && !number.contains { ".,'’ ".contains($0) }
        return isNumber ? nil : before + "…" + after
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    /// `13:45`, `1:05:30 pm`.
    private static func isTime(_ text: String) -> Bool {
        let fields = text.prefix { isDigit($0) || $0 == ":" }
            .split(separator: ":", omittingEmptySubsequences: false)
        let end = text.drop { isDigit($0) || $0 == ":" }.drop { $0 == " " }.lowercased()
        return (2...3).contains(fields.count) && ["", "am", "pm", "a.m.", "p.m."].contains(end)
            && fields[0].count < 3 && !fields[0].isEmpty
            && fields.dropFirst().allSatisfy { $0.count == 2 }
    }

    /// What a column that would be taken for words holds, and what would help, where most of its
    /// cells look like quantities of few units; nil where they don't.
    ///
    /// - Parameter remedy: what says that they are words.
    static func problem(of name: String, _ columns: [TableColumn], remedy: String) -> String? {
        let words = columns.flatMap(\.words)
        let found = words.compactMap { word in unit(word.text).map { (word, $0) } }
        let (cells, all) = (found.map(\.0.count).reduce(0, +), words.map(\.count).reduce(0, +))
        let units = Set(found.map(\.1))
        guard found.count > fewWords, cells * 2 > all, units.count <= max(3, found.count / 10),
            let sample = found.first?.0.text
        else { return nil }
        let isOfTimes = units.contains(":")
        let what =
            isOfTimes
            ? "times of day such as '\(sample)', which are read behind a date alone; write them as "
                + "numbers, such as hours"
            : "what look like quantities, such as '\(sample)'; write them as numbers, beside which "
                + "a currency, a percent sign or a unit as kg may stand"
        return "column '\(name)' holds \(what), leave them out, --types \(name)=skip, or say that "
            + "they are words: \(remedy)"
    }
}
