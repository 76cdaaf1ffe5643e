import FTSupport

/// Tables of the same columns, read and understood together; the first is the one to train on.
package struct TableSet: Sendable {
    package let tables: [Table]
    package let options: TableOptions
    /// The columns besides the label, in the order of the first table.
    package let kinds: [(name: String, kind: ColumnKind)]
    /// The columns to predict; empty without.
    package let labels: [(name: String, kind: LabelEncoding.Kind)]
    /// The column to predict, where it is the only one.
    package var label: (name: String, kind: LabelEncoding.Kind)? {
        labels.count == 1 ? labels[0] : nil
    }
    /// Which number is the day in columns of dates with the year last.
    let orders: [String: DateOrder]
    /// The rows of each table that are used.
    package let rows: [[Int]]

    /// More words than this are no category that a model can learn from.
    package static let mostCategories = 1000

    /// Reads tables.
    ///
    /// Throws where they differ in their columns, and for all cells together that can't be used.
    package init(_ paths: [String], _ options: TableOptions) throws {
        let named = options.types.filter { $0.value == .category || $0.value == .id }.map(\.key)
        var texts = Set(named)
        var tables = try TableSet.read(paths, options, texts)
        let labels = try TableSet.labelNames(tables[0], options)
        for label in labels
        where options.labelsAreWords || TableSet.isOfText(label, tables, options) {
            texts.insert(label)
        }
        let names = try TableSet.columns(tables[0], labels, options)
        try TableSet.checkTypes(ofLabels: labels, tables[0], options)
        let numbers = names + (options.labelsAreWords ? [] : labels)
        var refused = RefusedColumns()
        let forms = try TableSet.forms(numbers, tables, options, &refused) { [texts] in
            try TableSet.read(paths, options, texts.union($0))
        }
        if !forms.isEmpty { tables = try TableSet.read(paths, options, texts, forms) }
        var kinds: [(name: String, kind: ColumnKind)] = []
        let orders = TableSet.orders(names, tables, options, &refused)
        for name in names + labels where options.types[name] == nil {
            TableSet.addMixed(name, tables, isLabel: labels.contains(name), options, &refused)
        }
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
        self.labels = LabelGroup.kinds(labels, tables, options, &refused)
        let inputs = kinds.filter { $0.kind != .id && $0.kind != .skip }.map(\.name)
        let needed =
            (options.missing == nil ? [] : labels)
            + (options.missing == .drop ? inputs : [])
        rows = TableSet.rows(tables, needed)
        try check(refused)
    }

    /// Whether labels are written as no numbers are, such as 007, or are names of which some are
    /// numbers.
    private static func isOfText(
        _ label: String, _ tables: [Table], _ options: TableOptions
    ) -> Bool {
        guard options.types[label] == nil else { return false }
        let columns = tables.compactMap { $0.column(label) }
        return columns.contains { $0.paddedCount > 0 } || CodeColumn.areCodes(columns)
            || MixedGroups(columns) != nil
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

    /// The rows that are used: those that lack none of some columns.
    private static func rows(_ tables: [Table], _ names: [String]) -> [[Int]] {
        tables.map { table in
            let columns = names.compactMap { table.column($0) }
            return (0..<table.count).filter { row in
                !columns.contains { $0.isMissing(row) }
            }
        }
    }

    private static func columns(
        _ table: Table, _ labels: [String], _ options: TableOptions
    ) throws -> [String] {
        for name in options.types.keys.sorted() + (options.columns ?? []) {
            try checkName(name, table)
        }
        let names = table.names.filter { name in
            !labels.contains(name) && (options.columns?.contains(name) ?? true)
        }
        guard !names.isEmpty else {
            let what = labels.count > 1 ? "all columns are labels" : "the only column is the label"
            throw DataError(table.path, "\(what); add columns of inputs")
        }
        return names
    }
}

extension TableSet {
    /// The class of each row of the first table, as numbers that mean nothing else.
    ///
    /// - Parameter names: the columns that say it, each of which tells classes apart.
    package func groups(of names: [String], rows: [Int]) -> [Int] {
        let columns = names.compactMap { tables[0].column($0) }
        let texts = rows.map { row in columns.map { $0.text(row) ?? "" } }
        let groups = Set(texts).sorted { $0.lexicographicallyPrecedes($1) }
        let numbers = Dictionary(uniqueKeysWithValues: zip(groups, groups.indices))
        return texts.map { numbers[$0] ?? 0 }
    }

    /// How many rows of the first table hold each word of a column.
    package func counts(of name: String) -> [String: Int] {
        let column = tables[0].column(name)
        let texts = rows[0].compactMap { column?.text($0) }
        return Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// How many rows of all tables lack a label.
    package var unlabeledCount: Int {
        tables.reduce(0) { sum, table in
            let columns = labels.compactMap { table.column($0.name) }
            return sum + (0..<table.count).count { row in columns.contains { $0.isMissing(row) } }
        }
    }

    /// Whether a column is called like one that numbers rows, and does.
    package func numbersRows(_ name: String) -> Bool {
        ColumnGuess.isCounter(name, tables.compactMap { $0.column(name) })
    }

    /// Whether a column counts the rows.
    package func counts(rowsBy name: String) -> Bool {
        ColumnGuess.counts(tables.compactMap { $0.column(name) })
    }

    /// Whether all numbers of a column may be days such as 20260131.
    package func mayBeDays(_ name: String) -> Bool {
        ColumnGuess.mayBeDays(tables.compactMap { $0.column(name) })
    }

    /// Whether numbers of a column look like those of accounts: all different, of many digits.
    package func mayBeAccounts(_ name: String) -> Bool {
        ColumnGuess.mayBeAccounts(tables.compactMap { $0.column(name) })
    }

    /// What numbers of a column may count since 1970, such as seconds; nil where they don't.
    package func unitSince1970(_ name: String) -> String? {
        ColumnGuess.unitSince1970(tables.compactMap { $0.column(name) })
    }

    /// What to know of a column that holds digits and is taken for words, or of numbers that may be
    /// words; nil where nothing is odd.
    package func note(of name: String, _ form: NumberForm?) -> String? {
        guard options.types[name] == nil else { return nil }
        return CodeNote.text(name, tables.compactMap { $0.column(name) }, form)
    }

    /// Whether most cells of a column are numbers.
    package func holdsNumbers(_ name: String) -> Bool {
        let columns = tables.compactMap { $0.column(name) }
        return columns.reduce(0) { $0 + $1.numberCount - $1.wordCount } > 0
    }

    /// How many words of each column had spaces at their ends, in all tables.
    package var trimmed: [(column: String, count: Int)] {
        tables[0].names.compactMap { name in
            let count = tables.reduce(0) { $0 + ($1.column(name)?.trimmedCount ?? 0) }
            return count > 0 ? (name, count) : nil
        }
    }

    /// The different words of a column in the order in which they first stand in the tables.
    package func words(of name: String) -> [String] {
        var known: Set<String> = []
        return tables.flatMap { $0.column(name)?.words.map(\.text) ?? [] }
            .filter { known.insert($0).inserted }
    }

    /// How many cells of a column hold nothing, in all tables.
    package func missingCount(of name: String) -> Int {
        tables.reduce(0) { $0 + ($1.column(name)?.missingCount ?? 0) }
    }
}
