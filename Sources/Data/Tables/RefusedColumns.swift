import FTSupport

/// Columns that can't be read as they are, each with why and what to do.
struct RefusedColumns {
    private static let limit = 10
    private var problems: [(name: String, problem: String)] = []
    private var skipped: Set<String> = []

    var isEmpty: Bool { problems.isEmpty }

    /// Notes a column of which the problem of another tells already.
    mutating func skip(_ name: String) { skipped.insert(name) }

    /// The first problem of a column is told.
    mutating func add(_ name: String, _ problem: String) {
        if !contains(name) { problems.append((name, problem)) }
    }

    func contains(_ name: String) -> Bool {
        skipped.contains(name) || problems.contains { $0.name == name }
    }

    /// All of them, in the order of a table's columns; nil where there are none.
    func error(_ path: String, order: [String]) -> DataError? {
        guard let first = problems.first else { return nil }
        if problems.count == 1 { return DataError(path, first.problem) }
        let sorted = order.compactMap { name in problems.first { $0.name == name }?.problem }
        let rest = sorted.count - RefusedColumns.limit
        return DataError(
            path, "\(Format.count(sorted.count, "column")) can't be read as they are",
            lines: sorted.prefix(RefusedColumns.limit).map { "  \($0)" }
                + (rest > 0 ? ["  and \(Format.count(rest, "column")) more"] : []))
    }
}

extension DataError {
    /// Throws what is wrong with a file, all of it at once.
    static func check(_ path: String, _ errors: [DataError?]) throws {
        let errors = errors.compactMap(\.self)
        guard errors.count != 1 else { throw errors[0] }
        guard !errors.isEmpty else { return }
        throw DataError(
            path, "can't be read as it is; mend all of this",
            lines: errors.flatMap { error in
                let place = error.file == path ? "" : "\(error.file): "
                return ["  \(place)\(error.problem)"] + error.lines.map { "  \($0)" }
            })
    }
}
