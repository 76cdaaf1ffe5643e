extension TableEncoding {
    /// For each column with words that the training rows hadn't: how many cells hold one.
    package func unknownWords(_ table: Table) -> [(column: String, count: Int)] {
        columns.filter { $0.kind == .category }.compactMap { encoding in
            guard let column = table.column(encoding.name) else { return nil }
            let known = Set(encoding.categories)
            let count = column.words.reduce(0) { $0 + (known.contains($1.text) ? 0 : $1.count) }
            return count > 0 ? (encoding.name, count) : nil
        }
    }

    /// For each column with numbers that aren't 0 and become 0 as float32: how many cells hold one.
    package func vanishing(_ table: Table) -> [(column: String, count: Int)] {
        func count(_ name: String, _ vanishes: (Double) -> Bool) -> (column: String, count: Int)? {
            guard let column = table.column(name) else { return nil }
            let count = (0..<table.count).count { column.number($0).map(vanishes) ?? false }
            return count > 0 ? (name, count) : nil
        }
        return columns.compactMap { count($0.name, $0.vanishes) }
            + [label.flatMap { count($0.name, $0.vanishes) }].compactMap(\.self)
    }
}
