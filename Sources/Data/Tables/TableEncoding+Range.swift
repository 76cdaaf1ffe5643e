import FTSupport

extension TableEncoding {
    /// For each column with numbers or days beyond those of the training rows: how many cells hold
    /// one, and between what the training rows' lie.
    ///
    /// - Parameter rows: those that are looked at.
    package func beyond(
        _ table: Table, rows: [Int]
    ) -> [(column: String, count: Int, range: String)] {
        columns.compactMap { encoding in
            guard [.number, .date].contains(encoding.kind), encoding.low < encoding.high,
                let column = table.column(encoding.name)
            else { return nil }
            let read = encoding.reader(column)
            let count = rows.count { row in
                read(row).map { $0 < encoding.low || $0 > encoding.high } ?? false
            }
            return count > 0 ? (encoding.name, count, encoding.range) : nil
        }
    }

    /// The same in one sentence; nil where there is nothing beyond.
    private func noteOfBeyond(_ table: Table, rows: [Int]) -> String? {
        let found = beyond(table, rows: rows)
        guard !found.isEmpty else { return nil }
        let shown = found.prefix(3).map { name, count, range in
            "'\(name.escapedForDisplay(limit: 30))' in \(Format.count(count, "row")), trained on "
                + range
        }
        let rest = found.count > 3 ? "; and \(Format.count(found.count - 3, "column")) more" : ""
        return "values beyond those that the model was trained on: "
            + "\(shown.joined(separator: "; "))\(rest)"
    }

    /// The columns that a row has no value of, in whose place stands what the training rows say.
    package func imputed(_ table: Table, row: Int) -> [String] {
        columns.filter { !$0.features.isEmpty && $0.fill != nil }.map(\.name).filter { name in
            table.column(name)?.isMissing(row) ?? true
        }
    }

    /// The same for all rows, in one sentence; nil where none is missing.
    private func noteOfImputed(_ table: Table, rows: [Int]) -> String? {
        let found = columns.filter { !$0.features.isEmpty && $0.fill != nil }.compactMap { column in
            let count = rows.count { table.column(column.name)?.isMissing($0) ?? true }
            return count > 0 ? (column.name, count) : nil
        }
        guard !found.isEmpty else { return nil }
        let shown = found.prefix(3).map { name, count in
            "'\(name.escapedForDisplay(limit: 30))' in \(Format.count(count, "row"))"
        }
        let rest = found.count > 3 ? ", and \(Format.count(found.count - 3, "column")) more" : ""
        return "values are missing, and what the training rows say stands for them: "
            + shown.joined(separator: ", ") + rest
    }

    /// What is lost, taken for something else or guessed in the rows of a table that can be used, a
    /// sentence each.
    ///
    /// - Parameter rows: those that can be used.
    package func notes(on table: Table, rows: [Int]) -> [String] {
        unknownWords(table, rows: rows).map { name, count, words in
            "column '\(name)' holds words that the training table hadn't, in "
                + "\(Format.count(count, "cell")) (\(described(words, of: name))); they count as none "
                + "of its words"
        }
            + vanishing(table, rows: rows).map { name, count in
                "column '\(name)': \(Format.count(count, "cell")) \(TableEncoding.tooSmall) become 0"
            }
            + [noteOfBeyond(table, rows: rows), noteOfImputed(table, rows: rows)].compactMap(\.self)
    }
}

extension ColumnEncoding {
    /// Between what its training rows lie, for people.
    package var range: String {
        func text(_ value: Double) -> String {
            kind == .date ? CalendarDate.text(value) : Format.cell(value)
        }
        return "\(text(low)) to \(text(high))"
    }
}
