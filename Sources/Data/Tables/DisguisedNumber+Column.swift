extension DisguisedNumber {
    /// What to say after a cell among numbers; nil for other cells.
    static func hint(_ text: String) -> String? {
        read(text).map { found in found.plain.map { " (write \($0))" } ?? " (write one number)" }
    }

    /// What a column that would be taken for words holds, and what would help, where most of its
    /// words are such numbers, or some are and the others quantities; nil where they aren't.
    static func problem(of name: String, _ columns: [TableColumn], isLabel: Bool) -> String? {
        let words = QuantityCell.sample(columns)
        let found = words.compactMap { word in read(word.text).map { (word, $0) } }
        guard let (first, number) = found.first else { return nil }
        let count = found.reduce(0) { $0 + $1.0.count }
        let others = words.filter { read($0.text) == nil && QuantityCell($0.text) != nil }
            .reduce(0) { $0 + $1.count }
        let all = words.reduce(0) { $0 + $1.count }
        guard (count + others) * 2 > all, count * 4 > all else { return nil }
        let samples = found.prefix(3).map { "'\($0.0.text.prefix(20))'" }
        let remedy =
            number.plain.map { "write \($0) for '\(first.text.prefix(20))' and so on" }
            ?? number.remedy
        return "column '\(name)' holds \(samples.joined(separator: ", ")): \(number.what), which "
            + "aren't read; \(remedy)\(ForeignForm.ofWords(name, isLabel: isLabel))"
    }
}
