package import FTJSON
import FTSupport

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
    /// The columns to predict; empty without.
    package var labels: [LabelEncoding] = []
    /// The column to predict, where it is the only one.
    package var label: LabelEncoding? { labels.count == 1 ? labels[0] : nil }

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
                    $0, kind, set.orders[name], halves: kind == .date && set.haveHalves(name),
                    rows: rows,
                    missing: set.options.missing,
                    standardizes: set.options.standardizes)
            }
        }
        labels = set.labels.map { name, kind in
            LabelEncoding.fit(
                name, kind, set, rows: rows, standardizes: set.options.standardizes)
        }
        for label in labels where label.kind == .answers && label.classes.count != 2 {
            throw DataError(
                table.path,
                "the label '\(label.name)' holds one word alone in the rows that are used, so there "
                    + "is nothing to learn of it; leave it out of --label")
        }
        if case .value(let text)? = set.options.missing { try checkFills(text, set) }
        let forms = (columns.map(\.form) + labels.map(\.form)).compactMap(\.self)
        let marks = Set(forms.filter { !$0.isOfTimes }.map(\.decimal))
        // Columns of whole numbers have decimals as the others have them, once they have some.
        if marks == [.comma] { readDecimals(after: .comma) }
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
    /// Reads a table as those that the encoding was fitted on were read; what separates its fields is
    /// seen by the file. Rows that can't be read are kept as such.
    package func read(_ path: String) throws -> Table {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        return try Table(
            path, file.bytes, isOfLines: Table.isJSONLines(path), isFile: true, isNew: true,
            hasHeader: hasHeader, separator: separator(path, file.bytes), nulls: nulls,
            texts: texts, forms: forms)
    }

    /// Reads a table in memory likewise: JSON lines where it begins with a brace, else fields.
    ///
    /// - Parameter name: what messages call it.
    package func read(_ bytes: [UInt8], named name: String) throws -> Table {
        let first = bytes.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
        return try bytes.withUnsafeBytes { bytes in
            try Table(
                name, bytes, isOfLines: first == UInt8(ascii: "{"), isNew: true,
                hasHeader: hasHeader, separator: separator(name, bytes), nulls: nulls,
                texts: texts, forms: forms)
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
        let names = Set(columns.map(\.name) + labels.map(\.name))
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
        let known = columns.map(\.name) + labels.map(\.name)
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
        var table = Table(
            path, nulls: nulls, texts: texts, forms: forms, columns: needed, isNew: true)
        try table.add(node, line: line)
        return table
    }

    /// Columns whose numbers are names.
    private var texts: Set<String> {
        let names = columns.filter { $0.kind == .category || $0.kind == .id }.map(\.name)
        return Set(names + labels.filter(\.needsText).map(\.name))
    }

    private var forms: [String: NumberForm] {
        var forms: [String: NumberForm] = [:]
        for column in columns { forms[column.name] = column.form }
        for label in labels { forms[label.name] = label.form }
        return forms
    }

    /// What tells a row apart: the values of its id columns.
    package func ids(_ table: Table, row: Int) -> [String] {
        ids.map { table.column($0)?.text(row) ?? "" }
    }
}

extension Substring {
    fileprivate func trimmed(_ isMargin: (Character) -> Bool) -> String {
        let rest = drop(while: isMargin)
        let end = rest.lastIndex { !isMargin($0) }.map { rest.index(after: $0) } ?? rest.endIndex
        return String(rest[..<end])
    }
}
