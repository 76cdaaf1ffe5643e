import FTSupport

/// What a column is taken for, by the cells that it has in all tables.
struct ColumnGuess {
    let kind: ColumnKind
    /// Whether numbers in it are names, so that their text must be kept.
    let needsText: Bool

    /// Texts that are this many and mostly all different tell rows apart.
    private static let manyTexts = 50
    /// So many do where hardly two are alike.
    private static let someTexts = 20

    /// Whether so many different texts in so many cells tell rows apart.
    private static func tellApart(_ different: Int, of cells: Int) -> Bool {
        different > manyTexts && different * 2 > cells
            || different > someTexts && different * 10 > cells * 9
    }

    /// - Parameter order: of its dates with the year last.
    init(_ name: String, _ columns: [TableColumn], _ order: DateOrder? = nil) {
        let numbers = columns.reduce(0) { $0 + $1.numberCount }
        let words = Set(columns.flatMap { $0.words.map(\.text) })
        let cells = columns.reduce(0) { $0 + $1.wordCount }
        var needsText = false
        switch (numbers, cells) {
        case _ where columns.contains { $0.paddedCount > 0 }:
            // 007 is a name: as a number it would be 7.
            let different = words.count + ColumnGuess.differentNumbers(columns)
            kind = ColumnGuess.tellApart(different, of: numbers + cells) ? .id : .category
            needsText = true
        case (0, 0): kind = .skip
        case (_, 0): kind = ColumnGuess.isCounter(name, columns) ? .id : .number
        case (0, _) where words.allSatisfy({ BooleanWord.value($0) != nil }): kind = .boolean
        case _ where CodeColumn.areSeasons(columns):
            kind = ColumnGuess.tellApart(words.count, of: cells) ? .id : .category
        case _ where ColumnGuess.areDates(columns, order, of: numbers + cells): kind = .date
        case _ where CodeColumn.areCodes(columns):
            let different = words.count + ColumnGuess.differentNumbers(columns)
            kind = ColumnGuess.tellApart(different, of: numbers + cells) ? .id : .category
            needsText = true
        case _ where MixedGroups(columns) != nil:
            kind = .category
            needsText = numbers > 0
        case _ where cells <= numbers || columns.contains { $0.form != nil }: kind = .number
        default:
            kind = ColumnGuess.tellApart(words.count, of: cells) ? .id : .category
            needsText = numbers > 0
        }
        self.needsText = needsText
    }

    /// Whether half of the cells are dates, or more; then others are to be corrected.
    private static func areDates(
        _ columns: [TableColumn], _ order: DateOrder?, of count: Int
    ) -> Bool {
        var (dates, alike) = (0, 0)
        for word in columns.flatMap(\.words) {
            let isDate =
                CalendarDate.days(word.text, order) != nil
                || order != nil && ForeignForm.isDate(word.text)
            if isDate { dates += word.count }
            // 30 February is a mistake among days, whatever it is among words.
            if isDate || CalendarDate.isShaped(word.text, order) { alike += word.count }
        }
        return dates > 0 && alike * 2 >= count
    }

    private static func differentNumbers(_ columns: [TableColumn]) -> Int {
        columns.reduce(into: Set<Double>()) { found, column in
            found.formUnion((0..<column.count).lazy.compactMap { column.number($0) })
        }.count
    }

    /// Names of columns that number rows where these count on by one.
    private static let counters: Set<String> = [
        "nr", "nr.", "no", "no.", "#", "num", "number", "idx", "row_number", "rownum", "row_num",
        "row_no", "row number", "lfd nr", "lfd. nr.", "seq", "serial", "s.no", "s.no.", "sno",
        "unnamed: 0", "index",
    ]

    /// Whether a column counts the rows of each table, from 0 or 1.
    static func counts(_ columns: [TableColumn]) -> Bool {
        columns.allSatisfy { column in
            guard column.count > 9, let first = column.number(0), first == 0 || first == 1 else {
                return false
            }
            return (0..<column.count).allSatisfy { column.number($0) == first + Double($0) }
        }
    }

    /// Whether all numbers of a column may be days such as 20260131, of 1900 to 2099.
    static func mayBeDays(_ columns: [TableColumn]) -> Bool {
        columns.allSatisfy { column in
            column.numberCount > 0
                && (0..<column.count).allSatisfy { row in
                    guard let number = column.number(row) else { return true }
                    guard let whole = Int(exactly: number), (1900..<2100).contains(whole / 10000)
                    else { return false }
                    let (month, day) = (whole / 100 % 100, whole % 100)
                    return CalendarDate.days("\(whole / 10000)-\(month)-\(day)") != nil
                }
        }
    }

    /// Whether all numbers of a column are whole, different and of ten digits or more, as those of
    /// accounts are.
    static func mayBeAccounts(_ columns: [TableColumn]) -> Bool {
        columns.allSatisfy { column in
            let numbers = (0..<column.count).compactMap { column.number($0) }
            return numbers.count > 9
                && numbers.allSatisfy { $0 >= 1e9 && $0 == $0.rounded() }
                && Set(numbers).count == numbers.count
        }
    }

    /// What all numbers of a column may count since 1970, from 2001 to 2037: seconds or parts of
    /// such; nil where they don't look so.
    static func unitSince1970(_ columns: [TableColumn]) -> String? {
        let range = 1e9..<2.145e9
        let units = [(1.0, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds")]
        return units.first { unit, _ in
            columns.allSatisfy { column in
                column.numberCount > 1
                    && (0..<column.count).allSatisfy { row in
                        column.number(row).map { range.contains($0 / unit) } ?? true
                    }
            }
        }?.1
    }

    /// Whether a column is called like one that numbers rows, and does.
    static func isCounter(_ name: String, _ columns: [TableColumn]) -> Bool {
        let name = name.lowercased()
        if counters.contains(name), counts(columns) { return true }
        guard ["", "id", "index", "row"].contains(name) || name.hasSuffix("_id") else {
            return false
        }
        return columns.allSatisfy { column in
            let numbers = (0..<column.count).compactMap { column.number($0) }
            return numbers.allSatisfy { $0 == $0.rounded() } && Set(numbers).count == numbers.count
        }
    }

    /// What a label is taken for.
    static func label(
        _ columns: [TableColumn], _ given: ColumnKind?, _ options: TableOptions
    ) -> LabelEncoding.Kind {
        if given == .category || given == .boolean || options.labelsAreWords { return .classes }
        if given == .number { return .numbers }
        let numbers = columns.reduce(0) { $0 + $1.numberCount }
        let words = columns.reduce(0) { $0 + $1.wordCount }
        if words > numbers, !columns.contains(where: { $0.form != nil }) { return .classes }
        let values = columns.flatMap { column in
            (0..<column.count).compactMap { column.number($0) }
        }
        guard values.allSatisfy({ Int64(exactly: $0) != nil }) else { return .numbers }
        return options.standardizes && Set(values).count > mostClasses ? .numbers : .integers
    }

    /// Whole numbers of more different values than this are taken for quantities.
    package static let mostClasses = 20
}
