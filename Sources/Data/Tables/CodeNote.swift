/// What is said of a column that holds digits, where a person may take it for something else.
enum CodeNote {
    /// More different whole numbers with a unit are no names, as of 3G and 4G.
    private static let mostNames = 20

    /// nil where nothing is odd.
    ///
    /// - Parameters:
    ///   - columns: as they were read in the end.
    ///   - form: how numbers are written.
    static func text(_ name: String, _ columns: [TableColumn], _ form: NumberForm?) -> String? {
        let asWords = ColumnOption.types(name, .category)
        if columns.allSatisfy({ $0.numberCount == 0 }) {
            if let groups = MixedGroups(columns) {
                return "'\(groups.number)' is a word as '\(groups.word)' is "
                    + "(\(ColumnOption.types(name, .number)) takes numbers alone)"
            }
            if let code = columns.compactMap(\.codeSample).first {
                return
                    "'\(code)' is a word, no number (\(ColumnOption.types(name, .number)) reads it)"
            }
            return CodeColumn(columns).map { codes in
                let otherwise =
                    codes.isOfPairs
                    ? "if it is two numbers, write a column for each"
                    : "\(ColumnOption.types(name, .skip)) leaves it out"
                return "'\(codes.sample)' is a word (\(otherwise))"
            }
        }
        if let form, !form.isOfTimes, form.mark.contains(where: \.isLetter) {
            let unit = "the unit is \(form.mark)"
            return areNames(columns) ? "\(unit) (\(asWords) makes them words)" : unit
        }
        guard form == nil, let code = columns.compactMap(\.codeSample).first,
            let value = DecimalNumber.double(code)
        else { return nil }
        return "'\(code)' is read as \(TableColumn.text(value)) (\(asWords) if it is a code)"
    }

    /// Whether numbers are whole, and few.
    private static func areNames(_ columns: [TableColumn]) -> Bool {
        var found: Set<Double> = []
        for column in columns {
            for row in 0..<column.count {
                guard let number = column.number(row) else { continue }
                found.insert(number)
                if number != number.rounded() || found.count > mostNames { return false }
            }
        }
        return true
    }
}
