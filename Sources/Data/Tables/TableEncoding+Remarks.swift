import FTSupport

extension TableEncoding {
    /// For each column with words that the training rows hadn't: how many cells hold one, and the
    /// first of them.
    ///
    /// - Parameter rows: those that are looked at; nil for all.
    package func unknownWords(
        _ table: Table, rows: [Int]? = nil
    ) -> [(column: String, count: Int, words: [String])] {
        columns.filter { $0.kind == .category }.compactMap { encoding in
            guard let column = table.column(encoding.name) else { return nil }
            let known = ColumnEncoding.places(encoding.categories)
            let isNew = column.words.map { known[$0.text] == nil }
            guard isNew.contains(true) else { return nil }
            var (count, found) = (0, Set<Int>())
            for row in rows ?? Array(0..<table.count) {
                guard let word = column.word(row), isNew[word] else { continue }
                count += 1
                found.insert(word)
            }
            let words = found.sorted().map { column.words[$0].text }
            return count > 0 ? (encoding.name, count, words) : nil
        }
    }

    /// Which words are new, and which known ones they may be: `'Red', which may be 'red', 'blue'`.
    ///
    /// - Parameter words: of a column, such as `unknownWords` finds.
    package func described(_ words: [String], of column: String) -> String {
        let known = KnownWords(columns.first { $0.name == column }?.categories ?? [])
        let shown = words.prefix(3).map { word in
            guard let meant = known.meant(by: word) else {
                return "'\(word.escapedForDisplay(limit: 30))'"
            }
            return "\(LookAlikes.shown(word, beside: meant)), which may be "
                + "'\(meant.escapedForDisplay(limit: 30))'"
        }
        return shown.joined(separator: ", ") + (words.count > 3 ? ", …" : "")
    }

    /// For each column with numbers that aren't 0 and become 0 as float32: how many cells hold one.
    ///
    /// - Parameter rows: those that are looked at; nil for all.
    package func vanishing(_ table: Table, rows: [Int]? = nil) -> [(column: String, count: Int)] {
        let rows = rows ?? Array(0..<table.count)

        func count(_ name: String, _ vanishes: (Double) -> Bool) -> (column: String, count: Int)? {
            guard let column = table.column(name) else { return nil }
            let count = rows.count { column.number($0).map(vanishes) ?? false }
            return count > 0 ? (name, count) : nil
        }
        return columns.compactMap { count($0.name, $0.vanishes) }
            + [label.flatMap { count($0.name, $0.vanishes) }].compactMap(\.self)
    }
}
