package import FTJSON
import FTSupport
package import Tensor

/// How tables become arrays, fitted once on the training rows of one; kept with the data and with
/// every model that is trained on them.
package struct TableEncoding: Sendable, Equatable {
    /// Whether the tables name their columns.
    package var hasHeader: Bool
    /// What stands between fields; nil for JSON lines.
    package var separator: String?
    /// Further texts that mean that a cell holds nothing.
    package var nulls: [String]
    /// What stands for a cell that holds nothing; nil where they are refused.
    package var missing: String?
    /// The columns besides the label.
    package var columns: [ColumnEncoding]
    /// The column to predict.
    package var label: LabelEncoding?

    /// The name of the attribute that holds it, on the root of an HDF5 file.
    package static let key = "table"

    /// Fits on rows of the first table of a set.
    package init(fitting set: TableSet, rows: [Int]) throws {
        let table = set.tables[0]
        hasHeader = table.hasHeader
        separator = table.separator.map { "\($0)" }
        nulls = set.options.nulls
        missing = set.options.missing?.text
        columns = set.kinds.compactMap { name, kind in
            table.column(name).map {
                ColumnEncoding.fit(
                    $0, kind, set.orders[name], rows: rows, missing: set.options.missing,
                    standardizes: set.options.standardizes)
            }
        }
        label = set.label.map { name, kind in
            LabelEncoding.fit(
                name, kind, set, rows: rows, standardizes: set.options.standardizes)
        }
        if case .value(let text)? = set.options.missing { try checkFills(text, set) }
    }

    private func checkFills(_ text: String, _ set: TableSet) throws {
        for column in columns where column.fill == nil && !column.features.isEmpty {
            guard set.tables.contains(where: { ($0.column(column.name)?.missingCount ?? 0) > 0 })
            else { continue }
            throw DataError(
                set.tables[0].path,
                "--missing \(text) can't stand for what column '\(column.name)' lacks: it is no "
                    + "\(column.kind.rawValue); use median, mean, most-frequent or drop")
        }
    }

    /// The names of the inputs.
    package var features: [String] { columns.flatMap(\.features) }
    /// The columns that the inputs are made of.
    package var inputColumns: [String] {
        columns.filter { !$0.features.isEmpty }.map(\.name)
    }
    /// Columns that tell rows apart.
    package var ids: [String] { columns.filter { $0.kind == .id }.map(\.name) }
}

extension TableEncoding {
    /// Applies the encoding to rows of a table, which may lack the label: float32 [rows, features].
    /// Words that the training rows hadn't are none of the categories.
    ///
    /// Throws for all cells together that can't be used.
    ///
    /// - Parameter remedy: what to do about them.
    package func encode(
        _ table: Table, rows: [Int]? = nil,
        remedy: String = "correct it, the model was trained on tables without such cells"
    ) throws -> NDArray {
        let cells = try cells(table)
        let rows = rows ?? Array(0..<table.count)
        var values: [Float] = []
        values.reserveCapacity(rows.count * features.count)
        var problems = TableProblems()
        for row in rows {
            for cell in cells {
                let (value, isUsable) = cell.value(row, allowsMissing: missing != nil)
                let first = values.count
                cell.encoding.write(value, into: &values)
                if !isUsable {
                    problems.add(table.place(row), cell.problem(row))
                } else if !values[first...].allSatisfy(\.isFinite)
                    || value.map({ !Float($0).isFinite }) ?? false
                {
                    problems.add(table.place(row), cell.tooLarge(row))
                }
            }
        }
        try problems.check(table.path, remedy: remedy)
        return NDArray(values, [rows.count, features.count])
    }

    /// What a number is that no array of float32 can hold.
    static let tooLarge = "too large for 32-bit floats (up to 3.4e38)"
    /// What a number is that an array of float32 holds as 0.
    package static let tooSmall = "too small for 32-bit floats (from 1.4e-45)"

    private func cells(_ table: Table) throws -> [EncodedCells] {
        try columns.filter { !$0.features.isEmpty }.map { encoding in
            if let column = table.column(encoding.name) {
                return EncodedCells(encoding, column, table)
            }
            let near = Suggestion.nearest(to: encoding.name, among: table.names)
            let names = table.names.prefix(8).joined(separator: ", ")
            throw DataError(
                table.path,
                "lacks the column '\(encoding.name)', which the model needs; "
                    + (near.map { "is it '\($0)'? Rename it" } ?? "it has \(names)"))
        }
    }

    /// The targets of rows of a table [rows]; nil where it has no such column.
    ///
    /// Throws for all labels together that are missing or can't be one.
    ///
    /// - Parameter remedy: what to do about them.
    package func targets(
        _ table: Table, rows: [Int]? = nil,
        remedy: String = "correct it, or predict without comparing with labels"
    ) throws -> NDArray? {
        guard let label, let column = table.column(label.name) else { return nil }
        let rows = rows ?? Array(0..<table.count)
        var problems = TableProblems()
        for (row, problem) in label.problems(table, rows: rows) {
            problems.add(table.place(row), problem)
        }
        try problems.check(table.path, remedy: remedy)
        return label.targets(column, rows: rows)
    }

    /// Reads a table as those that the encoding was fitted on were read; what separates its fields is
    /// seen by the file.
    package func read(_ path: String) throws -> Table {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        return try Table(
            path, hasHeader: hasHeader, separator: separator(path, file.bytes),
            nulls: nulls, texts: texts, forms: forms)
    }

    /// Reads a table in memory likewise: JSON lines where it begins with a brace, else fields.
    ///
    /// - Parameter name: what messages call it.
    package func read(_ bytes: [UInt8], named name: String) throws -> Table {
        let first = bytes.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
        return try bytes.withUnsafeBytes { bytes in
            try Table(
                name, bytes, isOfLines: first == UInt8(ascii: "{"), hasHeader: hasHeader,
                separator: separator(name, bytes), nulls: nulls, texts: texts,
                forms: forms)
        }
    }

    /// What separates the fields of a table: what its first line has most of the columns' names
    /// between, else what a table that nothing is known of would be read by.
    private func separator(_ path: String, _ bytes: UnsafeRawBufferPointer) -> Character {
        let line = bytes.prefix(1 << 16).prefix { $0 != 10 && $0 != 13 }
        let seen = Table.separator(path, bytes)
        let usual = separator?.first ?? seen
        guard hasHeader else {
            // Semicolons and commas are seen; a separator that was given for the first table isn't.
            let isOdd = ![",", ";", "\t"].contains(usual)
            return isOdd && line.contains(usual.asciiValue ?? 0) ? usual : seen
        }
        let names = Set(columns.map(\.name) + (label.map { [$0.name] } ?? []))
        let text = String(decoding: Array(line), as: UTF8.self)
        func count(_ mark: Character) -> Int {
            text.split(separator: mark).count { field in
                names.contains(field.trimmed { $0 == " " || $0 == "\"" || $0 == "\u{FEFF}" })
            }
        }
        let marks = [usual, seen, ",", ";", "\t", "|", ":"]
        let most = marks.map(count).max() ?? 0
        return most == 0 ? seen : marks.first { count($0) == most } ?? seen
    }

    /// A table of one object that arrives by itself: a column that has no key is missing, as it is
    /// in a table.
    ///
    /// Throws where none of its keys is a column, or one is called nearly as a column that is
    /// missing.
    package func table(of node: JSONNode, line: Int, in path: String) throws -> Table {
        let needed = columns.filter { !$0.features.isEmpty }.map(\.name)
        let keys = node.members?.map(\.key) ?? needed
        let lacking = needed.filter { !keys.contains($0) }
        let known = columns.map(\.name) + [label?.name ?? ""]
        let strangers = keys.filter { !known.contains($0) }
        for name in lacking {
            guard let near = Suggestion.nearest(to: name, among: strangers) else { continue }
            throw DataError(
                "\(path):\(line)",
                "lacks '\(name)', which the model needs; is it '\(near)'? Rename it")
        }
        guard lacking.count < needed.count else {
            let names = needed.prefix(8).joined(separator: ", ")
            throw DataError(
                "\(path):\(line)",
                "has none of the keys that the model needs, which are \(names)"
                    + (needed.count > 8 ? ", …" : "") + "; give it those that are known")
        }
        var table = Table(path, nulls: nulls, texts: texts, forms: forms, columns: needed)
        try table.add(node, line: line)
        return table
    }

    /// Columns whose numbers are names.
    private var texts: Set<String> {
        let names = columns.filter { $0.kind == .category || $0.kind == .id }.map(\.name)
        return Set(names + (label?.kind == .classes ? [label?.name ?? ""] : []))
    }

    private var forms: [String: NumberForm] {
        var forms: [String: NumberForm] = [:]
        for column in columns { forms[column.name] = column.form }
        if let label { forms[label.name] = label.form }
        return forms
    }

    /// What tells a row apart: the values of its id columns.
    package func ids(_ table: Table, row: Int) -> [String] {
        ids.map { table.column($0)?.text(row) ?? "" }
    }
}

/// A column and how its cells become inputs.
private struct EncodedCells {
    let encoding: ColumnEncoding
    private let column: TableColumn
    private let table: Table
    private let read: CellReader

    init(_ encoding: ColumnEncoding, _ column: TableColumn, _ table: Table) {
        self.encoding = encoding
        self.column = column
        self.table = table
        read = CellReader(
            column, encoding.kind, encoding.order, categories: encoding.categories)
    }

    /// The value in a row, or what stands for it (nil is no category), and whether that can be
    /// used.
    func value(_ row: Int, allowsMissing: Bool) -> (Double?, isUsable: Bool) {
        if let value = read(row) { return (value, true) }
        let isCategory = encoding.kind == .category
        guard column.isMissing(row) else { return (nil, isCategory) }
        if let fill = encoding.fill { return (fill, true) }
        return (nil, allowsMissing && isCategory)
    }

    func problem(_ row: Int) -> String {
        let kind =
            column.isMissing(row) ? "" : ", not a \(encoding.kind.rawValue)\(column.hint(row))"
        return "column '\(encoding.name)' holds \(table.quoted(row, encoding.name))\(kind)"
    }

    func tooLarge(_ row: Int) -> String {
        "column '\(encoding.name)' holds \(table.quoted(row, encoding.name)), "
            + TableEncoding.tooLarge
    }
}

extension Substring {
    fileprivate func trimmed(_ isMargin: (Character) -> Bool) -> String {
        let rest = drop(while: isMargin)
        let end = rest.lastIndex { !isMargin($0) }.map { rest.index(after: $0) } ?? rest.endIndex
        return String(rest[..<end])
    }
}
