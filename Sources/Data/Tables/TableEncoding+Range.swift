import FTSupport

extension TableEncoding {
    /// For each column with numbers or days beyond those of the training rows: how many cells hold
    /// one, and between what the training rows' lie.
    package func beyond(
        _ table: Table
    ) -> [(column: String, count: Int, low: Double, high: Double)] {
        columns.compactMap { encoding in
            guard [.number, .date].contains(encoding.kind), encoding.low < encoding.high,
                let column = table.column(encoding.name)
            else { return nil }
            let read = CellReader(column, encoding.kind, encoding.order)
            let count = (0..<table.count).count { row in
                read(row).map { $0 < encoding.low || $0 > encoding.high } ?? false
            }
            return count > 0 ? (encoding.name, count, encoding.low, encoding.high) : nil
        }
    }

    /// The same in one sentence; nil where there is nothing beyond.
    package func noteOfBeyond(_ table: Table) -> String? {
        let found = beyond(table)
        guard !found.isEmpty else { return nil }
        let shown = found.prefix(3).map { name, count, low, high in
            let isDate = columns.contains { $0.name == name && $0.kind == .date }
            let range = isDate ? "" : ", trained on \(Format.short(low)) to \(Format.short(high))"
            return "'\(name.escapedForDisplay(limit: 30))' in \(Format.count(count, "row"))\(range)"
        }
        let rest = found.count > 3 ? "; and \(Format.count(found.count - 3, "column")) more" : ""
        return "values beyond those that the model was trained on: "
            + "\(shown.joined(separator: "; "))\(rest)"
    }
}
