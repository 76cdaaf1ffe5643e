import FTSupport

/// What to do about cells that can't be used.
package struct CellRemedy: Sendable {
    let one, many: String

    /// - Parameters:
    ///   - one: about one cell: `correct it or leave its row out`.
    ///   - many: the same about several.
    package init(_ one: String, many: String) { (self.one, self.many) = (one, many) }

    /// Of cells of a table that is predicted.
    package static let ofInputs = CellRemedy(
        "correct it, the model was trained on tables without such cells",
        many: "correct them, the model was trained on tables without such cells")
    /// Of labels that predictions are compared with.
    package static let ofLabels = CellRemedy(
        "correct it, or predict without comparing with labels",
        many: "correct them, or predict without comparing with labels")
    /// Of cells of a table that a model is measured on.
    package static let ofMeasured = CellRemedy(
        "correct it, or leave its row out with --skip-bad",
        many: "correct them, or leave their rows out with --skip-bad")
    /// Of cells of a table to learn from.
    package static let ofSource = CellRemedy(
        "correct it or leave its row out", many: "correct them or leave their rows out")
    /// Where the rows are left out anyway.
    package static let leftOut = CellRemedy("", many: "")
}

/// Cells that can't be used, all of them up to a limit, of each column some.
struct TableProblems {
    private static let limit = 20
    private static let mostColumns = 10

    private struct Line {
        let number: Int
        let place: String
        let problem: String
        /// Whether it says what to do about it.
        let hasRemedy: Bool
    }

    private var columns: [String] = []
    private var lines: [String: [Line]] = [:]
    private(set) var count = 0

    /// - Parameter hasRemedy: whether the problem says what to do about it.
    mutating func add(
        _ column: String, _ place: @autoclosure () -> String,
        _ problem: @autoclosure () -> String, hasRemedy: Bool = false
    ) {
        count += 1
        if lines[column] == nil { columns.append(column) }
        guard lines[column, default: []].count < TableProblems.limit else { return }
        let line = Line(number: count, place: place(), problem: problem(), hasRemedy: hasRemedy)
        lines[column, default: []].append(line)
    }

    /// Adds a row that can't be read.
    mutating func add(_ fault: DataError) { add("", fault.file, fault.problem, hasRemedy: true) }

    /// Those that are told: of each column as many as of the others, as long as it has any.
    private var shown: [Line] {
        let told = columns.prefix(TableProblems.mostColumns).compactMap { lines[$0] }
        var shown: [Line] = []
        for turn in 0..<TableProblems.limit {
            for lines in told where turn < lines.count && shown.count < TableProblems.limit {
                shown.append(lines[turn])
            }
        }
        return shown.sorted { $0.number < $1.number }
    }

    /// What they are together; nil where there are none.
    func error(_ path: String, remedy: CellRemedy) -> DataError? {
        let shown = shown
        guard let first = shown.first else { return nil }
        if count == 1 {
            return DataError(
                first.place,
                first.problem
                    + (first.hasRemedy || remedy.one.isEmpty ? "" : "; \(remedy.one)"))
        }
        let table = TextTable.aligned(shown.map { [$0.place, $0.problem] }, indent: 2)
        let hidden = columns.count - TableProblems.mostColumns
        let others = hidden > 0 ? ", in \(Format.count(hidden, "column")) of them alone" : ""
        let rest = count - shown.count
        return DataError(
            path,
            "\(Format.grouped(count)) cells can't be used"
                + (remedy.many.isEmpty ? "" : "; \(remedy.many)"),
            lines: table + (rest > 0 ? ["  and \(Format.grouped(rest)) more\(others)"] : []))
    }

    /// Throws where there is any.
    func check(_ path: String, remedy: CellRemedy) throws {
        if let error = error(path, remedy: remedy) { throw error }
    }
}
