import FTSupport
package import Tensor

extension TableEncoding {
    /// What a number is that no array of float32 can hold.
    static let tooLarge = "too large for 32-bit floats (up to 3.4e38)"
    /// What a number is that fits as it is, but not scaled as the training rows were.
    static let tooFar =
        "so far from the training rows that, scaled as they are, it is too large for 32-bit floats"
    /// What a number is that an array of float32 holds as 0.
    package static let tooSmall = "too small for 32-bit floats (from 1.4e-45)"

    /// Applies the encoding to rows of a table, which may lack the label: float32 [rows, features].
    /// Words that the training rows hadn't are none of the categories.
    ///
    /// Throws for all cells together that can't be used.
    ///
    /// - Parameter remedy: what to do about them.
    package func encode(
        _ table: Table, rows: [Int]? = nil,
        remedy: CellRemedy = .ofInputs
    ) throws -> NDArray {
        let rows = rows ?? Array(0..<table.count)
        var (problems, others) = (TableProblems(), OtherDecimals())
        let values = try inputs(table, rows, &problems, &others)
        try others.check(table.path, of: problems.count)
        try problems.check(table.path, remedy: remedy)
        return NDArray(values, [rows.count, features.count])
    }

    /// Throws for all cells of inputs and labels together that can't be used to measure on.
    ///
    /// - Parameter problem: what else is wrong with inputs [rows, features], of which any may be it.
    package func check(_ table: Table, _ problem: (([NDArray]) throws -> String?)?) throws {
        var (problems, others) = (TableProblems(), OtherDecimals())
        let rows = Array(0..<table.count)
        _ = try inputs(table, rows, &problems, &others)
        if hasLabels(table) {
            find(labels.compactMap { table.column($0.name) }, table, rows, &problems, &others)
        }
        try others.check(table.path, of: problems.count)
        if let problem {
            for (row, text) in try stopped(usableRows(table), of: table, by: problem) {
                problems.add("", table.place(row), text)
            }
        }
        try problems.check(table.path, remedy: .ofMeasured)
    }

    /// Those of some rows that a problem is of.
    private func stopped(
        _ rows: [Int], of table: Table, by problem: ([NDArray]) throws -> String?
    ) throws -> [(row: Int, text: String)] {
        guard let first = rows.first,
            let text = try problem([try encode(table, rows: rows)])
        else { return [] }
        if rows.count == 1 { return [(first, text)] }
        let half = rows.count / 2
        return try stopped(Array(rows[..<half]), of: table, by: problem)
            + stopped(Array(rows[half...]), of: table, by: problem)
    }

    /// Whether a table has all labels.
    package func hasLabels(_ table: Table) -> Bool {
        !labels.isEmpty && labels.allSatisfy { table.column($0.name) != nil }
    }

    /// The inputs of rows, and what is wrong with them.
    private func inputs(
        _ table: Table, _ rows: [Int], _ problems: inout TableProblems,
        _ others: inout OtherDecimals
    ) throws -> [Float] {
        let isReadable = rows.contains { table.faults[$0] == nil }
        let cells = isReadable ? try cells(table) : []
        var values: [Float] = []
        values.reserveCapacity(rows.count * features.count)
        for row in rows {
            if let fault = table.faults[row] {
                problems.add(fault)
                continue
            }
            for cell in cells {
                guard let problem = cell.write(row, allowsMissing: missing != nil, into: &values)
                else { continue }
                let place = table.place(row)
                if let mark = cell.otherDecimal(row) {
                    others.add(cell.encoding.name, row, mark, "\(place): \(problem)")
                }
                problems.add(cell.encoding.name, place, problem)
            }
        }
        return values
    }

    /// The rows whose cells can all be used.
    ///
    /// - Parameter compares: whether their labels are used, too.
    package func usableRows(_ table: Table, compares: Bool = false) throws -> [Int] {
        guard table.faults.count < table.count else { return [] }
        let cells = try cells(table)
        let readable = (0..<table.count).filter { table.faults[$0] == nil }
        var unlabeled: Set<Int> = []
        for label in compares ? labels : [] where table.column(label.name) != nil {
            unlabeled.formUnion(label.problems(table, rows: readable).map(\.row))
        }
        var values: [Float] = []
        return readable.filter { row in
            !unlabeled.contains(row)
                && cells.allSatisfy { cell in
                    values.removeAll(keepingCapacity: true)
                    return cell.write(row, allowsMissing: missing != nil, into: &values) == nil
                }
        }
    }

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

    /// The targets of rows of a table [rows], or [rows, labels] where there are several; nil where it
    /// lacks such a column.
    ///
    /// Throws for all labels together that are missing or can't be one.
    ///
    /// - Parameter remedy: what to do about them.
    package func targets(
        _ table: Table, rows: [Int]? = nil,
        remedy: CellRemedy = .ofLabels
    ) throws -> NDArray? {
        let found = labels.compactMap { table.column($0.name) }
        guard !found.isEmpty, found.count == labels.count else { return nil }
        let rows = rows ?? Array(0..<table.count)
        var (problems, others) = (TableProblems(), OtherDecimals())
        for row in rows { table.faults[row].map { problems.add($0) } }
        find(found, table, rows, &problems, &others)
        try others.check(table.path, of: problems.count)
        try problems.check(table.path, remedy: remedy)
        if labels.count == 1 { return labels[0].targets(found[0], rows: rows) }
        let targets = zip(labels, found).map { $0.floats($1, rows: rows) }
        return NDArray(
            rows.indices.flatMap { row in targets.map { $0[row] } }, [rows.count, labels.count])
    }

    /// What is wrong with labels, the columns of which are `found`.
    private func find(
        _ found: [TableColumn], _ table: Table, _ rows: [Int], _ problems: inout TableProblems,
        _ others: inout OtherDecimals
    ) {
        let readable = rows.filter { table.faults[$0] == nil }
        for (label, column) in zip(labels, found) {
            for (row, problem) in label.problems(table, rows: readable) {
                if !label.kind.isOfWords, let mark = column.otherDecimal(row) {
                    others.add(label.name, row, mark, "\(table.place(row)): \(problem)")
                }
                problems.add(label.name, table.place(row), problem)
            }
        }
    }

    /// Has the decimals of all numbers stand after a mark, whatever those of the training table did.
    package mutating func readDecimals(after mark: DecimalMark) {
        for index in columns.indices where columns[index].kind == .number {
            columns[index].form = NumberForm.changed(columns[index].form, to: mark)
        }
        for index in labels.indices where !labels[index].kind.isOfWords {
            labels[index].form = NumberForm.changed(labels[index].form, to: mark)
        }
    }
}

/// Cells of a table whose decimals stand after another mark than those that a model was trained on.
private struct OtherDecimals {
    private var columns: [String] = []
    private var rows: Set<Int> = []
    private var count = 0
    private var first: (mark: DecimalMark, text: String)?

    mutating func add(
        _ column: String, _ row: Int, _ mark: DecimalMark, _ text: @autoclosure () -> String
    ) {
        count += 1
        rows.insert(row)
        if !columns.contains(column) { columns.append(column) }
        if first == nil { first = (mark, text()) }
    }

    /// Throws in one sentence where most problems are such, in several rows.
    ///
    /// - Parameter problems: how many cells can't be used in all.
    func check(_ path: String, of problems: Int) throws {
        guard let first, rows.count > 1, count * 2 > problems else { return }
        let names = columns.prefix(3).map { "'\($0.escapedForDisplay(limit: 30))'" }
        let more = columns.count > 3 ? " and \(columns.count - 3) more" : ""
        throw DataError(
            path,
            "\(Format.grouped(count)) cells of \(names.joined(separator: ", "))\(more) have decimals "
                + "after a \(first.mark.rawValue), the training table had them after a "
                + "\(first.mark.other.rawValue); say so, --decimal \(first.mark.rawValue), or write "
                + "them as there",
            lines: ["  the first: \(first.text)"])
    }
}

extension TableColumn {
    /// What stands before the decimals of a row's cell, where it is no number because that is
    /// another mark than in the rest of the column; nil for other cells.
    func otherDecimal(_ row: Int) -> DecimalMark? {
        guard number(row) == nil, let text = text(row) else { return nil }
        let form = form ?? NumberForm(mark: "", decimal: .point, sample: "1.5")
        return form.isOfOtherDecimals(text) ? form.decimal.other : nil
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
        read = encoding.reader(column)
    }

    /// Adds the inputs of a row's cell.
    ///
    /// - Returns: What is wrong with it; nil where it can be used.
    func write(_ row: Int, allowsMissing: Bool, into values: inout [Float]) -> String? {
        let (value, isUsable) = value(row, allowsMissing: allowsMissing)
        let first = values.count
        encoding.write(value, into: &values)
        if !isUsable { return problem(row) }
        guard value.map({ Float($0).isFinite }) ?? true else {
            return tooLarge(row, TableEncoding.tooLarge)
        }
        return values[first...].allSatisfy(\.isFinite) ? nil : tooLarge(row, TableEncoding.tooFar)
    }

    func otherDecimal(_ row: Int) -> DecimalMark? {
        encoding.kind == .number ? column.otherDecimal(row) : nil
    }

    /// The value in a row, or what stands for it (nil is no category), and whether that can be
    /// used.
    private func value(_ row: Int, allowsMissing: Bool) -> (Double?, isUsable: Bool) {
        if let value = read(row) { return (value, true) }
        let isCategory = encoding.kind == .category
        guard column.isMissing(row) else { return (nil, isCategory) }
        if let fill = encoding.fill { return (fill, true) }
        return (nil, allowsMissing && isCategory)
    }

    private func problem(_ row: Int) -> String {
        let kind = encoding.kind
        let wanted =
            column.isMissing(row)
            ? "" : ", not a \(kind.rawValue)\(column.hint(row, kind, encoding.order))"
        return "column '\(encoding.name)' holds \(table.quoted(row, encoding.name))\(wanted)"
    }

    private func tooLarge(_ row: Int, _ problem: String) -> String {
        "column '\(encoding.name)' holds \(table.quoted(row, encoding.name)), \(problem)"
    }
}
