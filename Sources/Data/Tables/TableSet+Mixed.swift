import FTSupport

extension TableSet {
    /// Refuses a column that holds words alone in one table and numbers alone in another: neither
    /// is a mistake for the other.
    static func addMixed(
        _ name: String, _ tables: [Table], isLabel: Bool, _ options: TableOptions,
        _ refused: inout RefusedColumns
    ) {
        if isLabel, options.labelsAreWords { return }
        let found = tables.compactMap { table in table.column(name).map { (table.path, $0) } }
        guard let words = found.first(where: { $0.1.numberCount == 0 && areWords($0.1) }),
            let numbers = found.first(where: { $0.1.numberCount > 0 && $0.1.wordCount == 0 }),
            let word = words.1.words.first?.text,
            let number = (0..<numbers.1.count).lazy.compactMap({ numbers.1.number($0) }).first
        else { return }
        let remedy = isLabel ? "--words" : ColumnOption.types(name, .category)
        refused.add(
            name,
            "\(isLabel ? "the label" : "column") '\(name)' holds words such as "
                + "'\(word.escapedForDisplay(limit: 20))' in \(words.0), and numbers such as "
                + "\(TableColumn.text(number)) in \(numbers.0); write the same in both, or say that "
                + "all are words: \(remedy)")
    }

    /// Whether a column holds words, none of which is a number that is written in another way.
    private static func areWords(_ column: TableColumn) -> Bool {
        !column.words.isEmpty && !column.keepsText
            && !column.words.contains { word in
                MarkedNumber(word.text) != nil || QuantityCell(word.text) != nil
                    || ClockTime.isTime(word.text)
            }
    }
}
