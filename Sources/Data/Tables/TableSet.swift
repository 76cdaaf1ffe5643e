import FTSupport

/// Tables of the same columns, read and understood together; the first is the one to train on.
package struct TableSet: Sendable {
    package let tables: [Table]
    package let options: TableOptions
    /// The columns besides the label, in the order of the first table.
    package let kinds: [(name: String, kind: ColumnKind)]
    /// The column to predict.
    package let label: (name: String, kind: LabelEncoding.Kind)?
    /// Which number is the day in columns of dates with the year last.
    let orders: [String: DateOrder]
    /// The rows of each table that are used.
    package let rows: [[Int]]

    /// More words than this are no category that a model can learn from.
    private static let mostCategories = 1000

    /// Reads tables.
    ///
    /// Throws where they differ in their columns, and for all cells together that can't be used.
    package init(_ paths: [String], _ options: TableOptions) throws {
        let named = options.types.filter { $0.value == .category || $0.value == .id }.map(\.key)
        var texts = Set(named)
        var tables = try TableSet.read(paths, options, texts)
        let label = try TableSet.labelName(tables[0], options)
        if let label, options.labelsAreWords || TableSet.isPadded(label, tables, options) {
            texts.insert(label)
        }
        let names = try TableSet.columns(tables[0], label, options)
        let numbers = names + (label.map { options.labelsAreWords ? [] : [$0] } ?? [])
        let forms = try TableSet.forms(numbers, tables, options) { [texts] in
            try TableSet.read(paths, options, texts.union($0))
        }
        if !forms.isEmpty { tables = try TableSet.read(paths, options, texts, forms) }
        var kinds: [(name: String, kind: ColumnKind)] = []
        let orders = try TableSet.orders(names, tables, options)
        for name in names {
            let guess = ColumnGuess(name, tables.compactMap { $0.column(name) }, orders[name])
            kinds.append((name, options.types[name] ?? guess.kind))
            if guess.needsText, options.types[name] == nil { texts.insert(name) }
        }
        if texts.count > named.count { tables = try TableSet.read(paths, options, texts, forms) }
        self.tables = tables
        self.options = options
        self.kinds = kinds
        self.orders = orders
        self.label = label.map { name in
            let columns = tables.compactMap { $0.column(name) }
            return (name, ColumnGuess.label(columns, options.types[name], options))
        }
        rows = TableSet.rows(
            tables,
            kinds.filter { $0.kind != .id && $0.kind != .skip }.map(\.name)
                + (label.map { [$0] } ?? []), drops: options.missing == .drop)
        try check()
    }

    /// Whether labels are written as no numbers are, such as 007.
    private static func isPadded(
        _ label: String, _ tables: [Table], _ options: TableOptions
    ) -> Bool {
        options.types[label] == nil
            && tables.contains { ($0.column(label)?.paddedCount ?? 0) > 0 }
    }

    private static func read(
        _ paths: [String], _ options: TableOptions, _ texts: Set<String>,
        _ forms: [String: NumberForm] = [:]
    ) throws -> [Table] {
        let tables = try paths.map { path in
            try Table(
                path, hasHeader: options.hasHeader, separator: options.separator,
                nulls: options.nulls, texts: texts, forms: forms)
        }
        for table in tables.dropFirst() where Set(table.names) != Set(tables[0].names) {
            let lacking = tables[0].names.first { !table.names.contains($0) }
            let extra = table.names.first { !tables[0].names.contains($0) }
            let what = lacking.map { "lacks the column '\($0)'" } ?? "has a column '\(extra ?? "")'"
            throw DataError(
                table.path, "\(what), unlike \(tables[0].path); give all tables the same columns")
        }
        return tables
    }

    /// The rows that are used: with `drops`, those that lack nothing.
    private static func rows(_ tables: [Table], _ names: [String], drops: Bool) -> [[Int]] {
        tables.map { table in
            let columns = names.compactMap { table.column($0) }
            return (0..<table.count).filter { row in
                !drops || !columns.contains { $0.isMissing(row) }
            }
        }
    }

    private static func labelName(_ table: Table, _ options: TableOptions) throws -> String? {
        let names = table.names
        switch options.label {
        case .none: return nil
        case .first: return names[0]
        case .last: return names[names.count - 1]
        case .index(let index):
            guard names.indices.contains(index) else {
                throw DataError(
                    table.path,
                    "there is no column \(index); the columns are 0 to \(names.count - 1)")
            }
            return names[index]
        case .name(let name):
            try checkName(name, table)
            return name
        }
    }

    private static func checkName(_ name: String, _ table: Table) throws {
        if table.names.contains(name) { return }
        let listed = "there are " + table.names.prefix(12).joined(separator: ", ")
        let near = Suggestion.nearest(to: name, among: table.names)
        let header = table.hasHeader ? "" : "; if the first row names them, say --header yes"
        throw DataError(
            table.path,
            "there is no column '\(name)'; \(near.map { "did you mean '\($0)'?" } ?? listed)\(header)"
        )
    }

    private static func columns(
        _ table: Table, _ label: String?, _ options: TableOptions
    ) throws -> [String] {
        for name in options.types.keys.sorted() + (options.columns ?? []) {
            try checkName(name, table)
        }
        let names = table.names.filter { name in
            name != label && (options.columns?.contains(name) ?? true)
        }
        guard !names.isEmpty else {
            throw DataError(table.path, "the only column is the label; add columns of inputs")
        }
        return names
    }
}

extension TableSet {
    /// The class of each row of the first table, as numbers that mean nothing else.
    package func groups(of name: String, rows: [Int]) -> [Int] {
        guard let column = tables[0].column(name) else { return rows.map { _ in 0 } }
        let texts = rows.map { column.text($0) ?? "" }
        let names = Set(texts).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        return texts.map { numbers[$0] ?? 0 }
    }

    /// How many rows of the first table hold each word of a column.
    package func counts(of name: String) -> [String: Int] {
        let column = tables[0].column(name)
        let texts = rows[0].compactMap { column?.text($0) }
        return Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// How many cells of a column hold nothing, in all tables.
    package func missingCount(of name: String) -> Int {
        tables.reduce(0) { $0 + ($1.column(name)?.missingCount ?? 0) }
    }
}

extension TableSet {
    /// Throws for all cells together that are not what their column is taken for, and for columns
    /// that nothing can be learned from.
    private func check() throws {
        guard kinds.contains(where: { $0.kind != .id && $0.kind != .skip }) else {
            throw DataError(
                tables[0].path,
                "no column can be learned from; say what they are, as in --types \(kinds[0].name)=number"
            )
        }
        try checkForms()
        var (odd, missing) = (TableProblems(), TableProblems())
        for (table, rows) in zip(tables, rows) {
            guard !rows.isEmpty else {
                throw DataError(
                    table.path, "no row is complete; don't drop, fill in with --missing")
            }
            for (name, kind) in kinds { try find(&odd, &missing, table, rows, name, kind) }
            if let label { findLabels(&odd, table, rows, label.name, label.kind) }
        }
        let path = tables[0].path
        let header =
            tables[0].hasHeader || tables[0].lines[0] != 1
            ? "" : "; if the first row names the columns, say --header yes"
        try odd.check(
            path,
            remedy: "correct them, or say what they mean: --null TEXT for nothing, --types "
                + "COLUMN=category or skip\(header)")
        try missing.check(
            path,
            remedy: "say what stands for a cell without a value: --missing median, mean, "
                + "most-frequent, a value, or drop to leave such rows out")
    }

    /// Throws where a column would be taken for words, because its numbers or dates are written in
    /// another way than they are read.
    private func checkForms() throws {
        if let label, !options.labelsAreWords, [nil, .date].contains(options.types[label.name]),
            let problem = ForeignForm.problem(
                ofLabel: label.name, tables.compactMap { $0.column(label.name) })
        {
            throw DataError(tables[0].path, problem)
        }
        let guessed = kinds.filter { $0.kind == .category || $0.kind == .id }.map(\.name)
        let labels = label.map { $0.kind == .classes && !options.labelsAreWords ? [$0.name] : [] }
        for name in guessed + (labels ?? []) where options.types[name] == nil {
            let columns = tables.compactMap { $0.column(name) }
            if let problem = ForeignForm.problem(of: name, columns) {
                throw DataError(tables[0].path, problem)
            }
        }
    }

    private func find(
        _ odd: inout TableProblems, _ missing: inout TableProblems, _ table: Table, _ rows: [Int],
        _ name: String, _ kind: ColumnKind
    ) throws {
        guard kind != .id, kind != .skip, let column = table.column(name) else { return }
        let isCategory = kind == .category
        if isCategory, column.words.count > TableSet.mostCategories {
            throw DataError(
                table.path,
                "column '\(name)' holds \(Format.grouped(column.words.count)) different words, too "
                    + "many to learn from one by one; leave it out: --types \(name)=skip")
        }
        let read = CellReader(column, kind, orders[name])
        for row in rows {
            if column.isMissing(row) {
                if options.missing == nil {
                    missing.add(table.place(row), "column '\(name)' holds nothing")
                }
            } else if !isCategory, read(row) == nil {
                odd.add(
                    table.place(row),
                    "column '\(name)' holds \(table.quoted(row, name)), not a "
                        + (kind == .boolean ? "yes or no" : kind.rawValue)
                        + column.hint(row) + remedy(column, row))
            }
        }
    }

    /// How to read a number whose decimals stand after another mark than those of its column.
    private func remedy(_ column: TableColumn, _ row: Int) -> String {
        guard let form = column.form, form.isOfOtherDecimals(column.text(row) ?? "") else {
            return ""
        }
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
                odd.add(table.place(row), "the label '\(name)' is missing (--missing drop)")
            } else if kind == .classes {
                guard isOfWords, column.number(row) != nil else { continue }
                odd.add(
                    table.place(row),
                    "the label \(table.quoted(row, name)) is a number, most are words (--words)")
            } else if column.number(row) == nil {
                odd.add(
                    table.place(row),
                    "the label \(table.quoted(row, name)) is a word, most are numbers"
                        + (column.form == nil ? "" : column.hint(row) + remedy(column, row))
                        + " (--words)")
            }
        }
    }
}
