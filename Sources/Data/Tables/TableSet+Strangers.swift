import FTSupport

/// Classes that one table holds and the one to train on doesn't.
struct StrangeClasses {
    /// Each word with the first row that holds it, and how many do.
    private var found: [(word: String, row: Int, count: Int)] = []
    private let label: String
    private let table: Table
    private let first: String
    /// The words of the table to train on.
    private let known: [String]
    private let knownWords: KnownWords

    /// Classes beyond so many may well be missing in the table to train on.
    private static let few = 20
    private static let mostLines = 10

    /// - Parameter known: the words of the table to train on, in order.
    init(
        _ label: String, _ table: Table, _ rows: [Int], known: [String], _ meant: KnownWords,
        of first: String
    ) {
        self.label = label
        self.table = table
        self.first = first
        self.known = known
        knownWords = meant
        guard let column = table.column(label) else { return }
        let known = Set(known)
        var places: [String: Int] = [:]
        for row in rows {
            guard let word = column.text(row), !known.contains(word) else { continue }
            if let place = places[word] {
                found[place].count += 1
            } else {
                places[word] = found.count
                found.append((word, row, 1))
            }
        }
    }

    /// Those that can't be: of few classes all, of many those that are written nearly as another.
    var error: DataError? {
        let isOfMany = known.count > StrangeClasses.few
        let wrong = found.filter { one in
            !isOfMany || knownWords.meant(by: one.word) != nil
        }
        guard let one = wrong.first else { return nil }
        let name = "the label '\(label.escapedForDisplay(limit: 30))'"
        let has = known.prefix(6).map { "'\($0.escapedForDisplay(limit: 30))'" }
            .joined(separator: ", ")
        let all = "\(first) has \(has)\(known.count > 6 ? ", …" : "")"
        guard wrong.count > 1 else {
            return DataError(
                table.place(one.row),
                "\(name) holds \(described(one)), and \(all); correct it, leave "
                    + (one.count == 1 ? "its row out" : "its rows out")
                    + ", or add such rows to \(first)")
        }
        let rest = wrong.count - StrangeClasses.mostLines
        return DataError(
            table.path,
            "\(Format.grouped(wrong.count)) words of \(name) aren't in \(first), for \(all); correct "
                + "them, leave their rows out, or add such rows to \(first)",
            lines: TextTable.aligned(
                wrong.prefix(StrangeClasses.mostLines).map {
                    [table.place($0.row), described($0)]
                }, indent: 2)
                + (rest > 0 ? ["  and \(Format.count(rest, "word")) more"] : []))
    }

    private func described(_ one: (word: String, row: Int, count: Int)) -> String {
        let meant = knownWords.meant(by: one.word)
        let word = meant.map { LookAlikes.shown(one.word, beside: $0) }
        return (word ?? "'\(one.word.escapedForDisplay(limit: 40))'")
            + (one.count > 1 ? " in \(Format.count(one.count, "row"))" : "")
            + (meant.map { " (did you mean '\($0.escapedForDisplay(limit: 40))'?)" } ?? "")
    }
}

extension TableSet {
    /// What is wrong with the classes of all tables but the first.
    ///
    /// - Parameter refused: columns of which something is told already.
    func strangeClasses(_ refused: RefusedColumns) -> [DataError] {
        labels.filter { $0.kind.isOfWords && !refused.contains($0.name) }.flatMap { label in
            guard let column = tables[0].column(label.name) else { return [DataError]() }
            let known = Words.sorted(Set(rows[0].compactMap { column.text($0) }))
            let meant = KnownWords(known)
            return zip(tables, rows).dropFirst().compactMap { table, rows in
                StrangeClasses(label.name, table, rows, known: known, meant, of: tables[0].path)
                    .error
            }
        }
    }
}
