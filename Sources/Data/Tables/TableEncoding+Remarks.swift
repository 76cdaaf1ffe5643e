extension TableEncoding {
    /// For each column with words that the training rows hadn't: how many cells hold one.
    ///
    /// - Parameter rows: those that are looked at; nil for all.
    package func unknownWords(
        _ table: Table, rows: [Int]? = nil
    ) -> [(column: String, count: Int)] {
        columns.filter { $0.kind == .category }.compactMap { encoding in
            guard let column = table.column(encoding.name) else { return nil }
            let known = Set(encoding.categories)
            let isNew = column.words.map { !known.contains($0.text) }
            guard isNew.contains(true) else { return nil }
            let count = (rows ?? Array(0..<table.count)).count { row in
                column.word(row).map { isNew[$0] } ?? false
            }
            return count > 0 ? (encoding.name, count) : nil
        }
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
