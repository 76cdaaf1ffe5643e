/// The words of a column.
enum Words {
    /// In their order: whole numbers and fractions by size where all are such, else by their letters.
    static func sorted(_ words: Set<String>) -> [String] {
        let numbers = words.compactMap { word in
            DecimalNumber.double(word).map { (value: $0, word: word) }
        }
        guard numbers.count == words.count else { return words.sorted() }
        return numbers.sorted { ($0.value, $0.word) < ($1.value, $1.word) }.map(\.word)
    }
}
