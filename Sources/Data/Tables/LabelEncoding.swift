import FTSupport
import Tensor

/// How the cells of the column to be predicted become targets.
package struct LabelEncoding: Sendable, Equatable {
    /// What targets are.
    package enum Kind: String, Sendable {
        /// Numbers of `classes`, int64.
        case classes
        /// Whole numbers as they are written, int64.
        case integers
        /// Quantities, float32.
        case numbers
        /// One of two classes, 0 or 1 for its place, float32: one of several labels.
        case answers

        /// Whether targets stand for words.
        package var isOfWords: Bool { self == .classes || self == .answers }
    }

    /// The column.
    package let name: String
    /// What targets are.
    package let kind: Kind
    /// How quantities are written; nil where that is as programs write them.
    package var form: NumberForm?
    /// The words that targets are the numbers of, in alphabetical order; numbers by their size.
    package var classes: [String] = []
    /// What is subtracted from a quantity, and what it is then divided by.
    package var mean = 0.0
    package var deviation = 1.0
    /// The extremes of the training rows.
    package var low = 0.0
    package var high = 0.0

    init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Fits numbers on the training rows of the first table, and names on all rows of all tables,
    /// so that each class has a number.
    static func fit(
        _ name: String, _ kind: Kind, _ set: TableSet, rows: [Int], standardizes: Bool
    ) -> LabelEncoding {
        var encoding = LabelEncoding(name, kind)
        let columns = set.tables.compactMap { $0.column(name) }
        if kind.isOfWords {
            let words = zip(columns, set.rows).flatMap { column, rows in
                rows.compactMap { column.text($0) }
            }
            encoding.classes = Words.sorted(Set(words))
            // Yes is 1, whatever the alphabet says.
            if kind == .answers, encoding.classes.first.flatMap(BooleanWord.value) == 1 {
                encoding.classes.reverse()
            }
            return encoding
        }
        encoding.form = columns[0].form
        let values = rows.compactMap { columns[0].number($0) }
        encoding.low = values.min() ?? 0
        encoding.high = values.max() ?? 0
        if kind == .numbers, standardizes, !values.isEmpty {
            (encoding.mean, encoding.deviation) = ColumnEncoding.moments(values)
        }
        return encoding
    }

    /// The rows that hold no label, and what they hold.
    func problems(_ table: Table, rows: [Int]) -> [(row: Int, problem: String)] {
        guard let column = table.column(name) else { return [] }
        let known = Set(ColumnEncoding.places(classes).keys)
        var words: KnownWords?
        func hint(_ text: String) -> String {
            let made = words ?? KnownWords(classes)
            words = made
            return self.hint(text, made)
        }
        return rows.compactMap { row in
            guard let text = column.text(row) else {
                return (row, "the label '\(name)' is missing")
            }
            let number = column.number(row)
            let wanted: String
            switch kind {
            case .classes where !known.contains(text), .answers where !known.contains(text):
                wanted = "none of the \(classes.count) classes" + hint(text)
            case .integers where number.flatMap { Int64(exactly: $0) } == nil:
                wanted = "not a whole number" + column.hint(row, .number)
            case .numbers where number == nil: wanted = "not a number" + column.hint(row, .number)
            case .numbers where number.map { !Float($0).isFinite || !target($0).isFinite } ?? false:
                wanted = TableEncoding.tooLarge
            default: return nil
            }
            return (row, "the label '\(name)' holds \(table.quoted(row, name)), \(wanted)")
        }
    }

    /// What to say after a word that is no class: the one that is meant, or all of few.
    private func hint(_ text: String, _ known: KnownWords) -> String {
        if let meant = known.meant(by: text) {
            return " (did you mean '\(meant.escapedForDisplay(limit: 40))'?)"
        }
        guard classes.count < 4 else { return "" }
        let names = classes.map { "'\($0.escapedForDisplay(limit: 30))'" }
        return " \(names.joined(separator: ", "))"
    }

    /// The targets of rows [rows], which all hold a label.
    func targets(_ column: TableColumn, rows: [Int]) -> NDArray {
        switch kind {
        case .classes:
            let numbers = ColumnEncoding.places(classes)
            return NDArray(rows.map { Int64(column.text($0).flatMap { numbers[$0] } ?? -1) })
        case .integers:
            return NDArray(rows.map { Int64(exactly: column.number($0) ?? 0) ?? 0 })
        case .numbers, .answers: return NDArray(floats(column, rows: rows))
        }
    }

    /// The targets of rows as quantities, or 0 and 1.
    func floats(_ column: TableColumn, rows: [Int]) -> [Float] {
        guard kind == .answers else { return rows.map { target(column.number($0) ?? 0) } }
        let last = CellText.trimmed(classes.last ?? "")
        return rows.map { column.text($0) == last ? 1 : 0 }
    }

    /// Whether cells must be kept as they are written, so that they are the words of the classes.
    var needsText: Bool {
        kind == .classes
            || kind == .answers
                && classes.contains { DecimalNumber.double($0).map(TableColumn.text) != $0 }
    }

    /// Whether a quantity that isn't 0 becomes what 0 becomes, because float32 holds none so small.
    func vanishes(_ number: Double) -> Bool {
        kind == .numbers && number.vanishes(target)
    }

    private func target(_ number: Double) -> Float { Float((number - mean) / deviation) }

    /// A target as people write it.
    package func text(_ target: Double) -> String {
        if kind.isOfWords, let place = Int(exactly: target), classes.indices.contains(place) {
            return classes[place]
        }
        return kind == .numbers ? "\(value(target))" : TableColumn.text(target)
    }

    /// A prediction in the units of the table.
    package func value(_ prediction: Double) -> Double { prediction * deviation + mean }
}
