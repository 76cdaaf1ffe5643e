import FTSupport

extension TableSet {
    /// Throws for all columns together that can't be read, and all cells that are not what their
    /// column is taken for.
    func check(_ refused: RefusedColumns) throws {
        var refused = refused
        addForms(&refused)
        for (name, kind) in kinds where kind == .category { addMany(name, &refused) }
        guard !refused.isEmpty || kinds.contains(where: { $0.kind != .id && $0.kind != .skip })
        else {
            throw DataError(
                tables[0].path,
                "no column can be learned from; say what they are, as in "
                    + ColumnOption.types(kinds[0].name, .number))
        }
        var (odd, missing) = (TableProblems(), TableProblems())
        for (table, rows) in zip(tables, rows) {
            guard !rows.isEmpty else {
                if let label = labels.first(where: {
                    table.column($0.name)?.missingCount == table.count
                }) {
                    throw DataError(
                        table.path,
                        "the label '\(label.name)' is missing in all rows; name another column "
                            + "with --label")
                }
                throw DataError(
                    table.path, "no row is complete; don't drop, fill in with --missing")
            }
            for (name, kind) in kinds where !refused.contains(name) {
                find(&odd, &missing, table, rows, name, kind)
            }
            for label in labels where !refused.contains(label.name) {
                findLabels(&odd, table, rows, label.name, label.kind)
            }
        }
        let path = tables[0].path
        let header =
            tables[0].hasHeader || tables[0].lines[0] != 1
            ? "" : "; if the first row names the columns, say --header yes"
        let said =
            "say what \(odd.count == 1 ? "it means" : "they mean"): --null TEXT for nothing, --types "
            + "COLUMN=category or skip\(header)"
        let oddCells = odd.error(
            path,
            remedy: CellRemedy("correct it, or \(said)", many: "correct them, or \(said)"))
        let filling =
            "say what stands for a cell without a value: --missing median, mean, most-frequent, a "
            + "value, or drop to leave such rows out"
        let lacking = missing.error(path, remedy: CellRemedy(filling, many: filling))
        try DataError.check(
            path,
            [refused.error(path, order: tables[0].names), oddCells, lacking]
                + (odd.count == 0 ? strangeClasses(refused) : []))
    }

    /// Refuses columns that would be taken for words, because their numbers or dates are written in
    /// another way than they are read.
    private func addForms(_ refused: inout RefusedColumns) {
        for label in labels
        where !options.labelsAreWords && [nil, .date].contains(options.types[label.name]) {
            let columns = tables.compactMap { $0.column(label.name) }
            ForeignForm.problem(ofLabel: label.name, columns).map { refused.add(label.name, $0) }
        }
        let guessed = kinds.filter { $0.kind == .category || $0.kind == .id }.map(\.name)
        let named = labels.filter { $0.kind.isOfWords && !options.labelsAreWords }.map(\.name)
        for name in guessed + named where options.types[name] == nil {
            let columns = tables.compactMap { $0.column(name) }
            let isLabel = labels.contains { $0.name == name }
            if let problem = ForeignForm.problem(of: name, columns, isLabel: isLabel) {
                refused.add(name, problem)
            }
        }
    }

    /// Refuses a column of more words than a model can learn from.
    private func addMany(_ name: String, _ refused: inout RefusedColumns) {
        let most = tables.compactMap { $0.column(name)?.words.count }.max() ?? 0
        guard most > TableSet.mostCategories else { return }
        refused.add(
            name,
            "column '\(name)' holds \(Format.grouped(most)) different words, too many to learn from "
                + "one by one; leave it out: \(ColumnOption.types(name, .skip))")
    }

    private func find(
        _ odd: inout TableProblems, _ missing: inout TableProblems, _ table: Table, _ rows: [Int],
        _ name: String, _ kind: ColumnKind
    ) {
        guard kind != .id, kind != .skip, let column = table.column(name) else { return }
        let isCategory = kind == .category
        let read = CellReader(column, kind, orders[name], halves: haveHalves(name))
        for row in rows {
            if column.isMissing(row) {
                if options.missing == nil {
                    missing.add(name, table.place(row), "column '\(name)' holds nothing")
                }
            } else if !isCategory, read(row) == nil {
                odd.add(
                    name, table.place(row),
                    "column '\(name)' holds \(table.quoted(row, name)), not a "
                        + (kind == .boolean ? "yes or no" : kind.rawValue)
                        + column.hint(row, kind, orders[name]) + remedy(column, row))
            }
        }
    }

    /// Whether dates of a column have AM or PM.
    func haveHalves(_ name: String) -> Bool {
        tables.contains { table in
            table.column(name)?.words.contains { CalendarDate.hasHalf($0.text) } ?? false
        }
    }

    /// What option reads a number that is written otherwise than those of its column.
    private func remedy(_ column: TableColumn, _ row: Int) -> String {
        let text = column.text(row) ?? ""
        guard let form = column.form else {
            let unit = QuantityCell(text).flatMap { $0.isOne ? $0.unit : nil }
            guard let number = MarkedNumber(text, unit: unit) else { return "" }
            if number.mark.isEmpty {
                let isOfCommas = number.value(.point) == nil && number.value(.comma) != nil
                return isOfCommas ? " (--decimal comma reads it)" : ""
            }
            return !NumberForm.isNeeded(number.mark) && options.types[column.name] == nil
                ? " (\(ColumnOption.types(column.name, .number)) takes it for one of them)" : ""
        }
        guard form.isOfOtherDecimals(text) else { return "" }
        return options.decimal.map { ", as --decimal \($0.rawValue) says" }
            ?? " (--decimal \(form.decimal.other.rawValue) says otherwise)"
    }

    private func findLabels(
        _ odd: inout TableProblems, _ table: Table, _ rows: [Int], _ name: String,
        _ kind: LabelEncoding.Kind
    ) {
        guard let column = table.column(name) else { return }
        let isOfWords = kind == .classes && !column.keepsText && options.types[name] == nil
        for row in rows {
            if column.isMissing(row) {
                odd.add(
                    name, table.place(row),
                    "the label '\(name)' is missing (--missing median, say, leaves the row out)")
            } else if kind.isOfWords {
                guard isOfWords, column.number(row) != nil else { continue }
                odd.add(
                    name, table.place(row),
                    "the label \(table.quoted(row, name)) is a number, most are words (--words)")
            } else if column.number(row) == nil {
                odd.add(
                    name, table.place(row),
                    "the label \(table.quoted(row, name)) is a word, "
                        + (options.types[name] == .number
                            ? "--types says numbers" : "most are numbers")
                        + (column.form == nil
                            ? ForeignForm.hint(ofBeyond: column.text(row) ?? "") ?? ""
                            : column.hint(row, .number) + remedy(column, row))
                        + (options.types[name] == .number ? "" : " (--words)"))
            }
        }
    }
}
