/// A table of text with aligned columns and no lines, for terminals and files alike.
package struct TextTable: Sendable {
    /// A column: its heading, and the side its cells stand at.
    package struct Column: Sendable {
        let title: String
        let isLeft: Bool

        /// A column of text.
        package static func text(_ title: String) -> Column { Column(title: title, isLeft: true) }
        /// A column of numbers.
        package static func number(_ title: String) -> Column {
            Column(title: title, isLeft: false)
        }
    }

    /// The columns from left to right.
    private let columns: [Column]
    /// The cells row by row; a row may end early.
    private var rows: [[String]] = []

    /// An empty table.
    package init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row, at most one cell a column.
    package mutating func append(_ cells: [String]) {
        rows.append(Array(cells.prefix(columns.count)))
    }

    /// The lines, heading first. Columns without any cell are left out.
    package var lines: [String] {
        let shown = columns.indices.filter { column in
            rows.contains { column < $0.count && !$0[column].isEmpty }
        }
        let cells = ([columns.map(\.title)] + rows).map { row in
            shown.map { $0 < row.count ? row[$0] : "" }
        }
        return TextTable.aligned(cells) { columns[shown[$0]].isLeft }
    }

    /// The same with the text of one column cut between words, its rest in lines below, so that all
    /// columns fit in 80; it keeps 16.
    package func lines(folding column: Int) -> [String] {
        let cells = [columns.map(\.title)] + rows
        let widths = columns.indices.filter { $0 != column }.map { place -> Int in
            guard rows.contains(where: { place < $0.count && !$0[place].isEmpty }) else { return 0 }
            return 2
                + (cells.map {
                    place < $0.count ? $0[place].onOneLine.unicodeScalars.count : 0
                }.max() ?? 0)
        }
        let room = max(16, 80 - widths.reduce(0, +))
        var folded = self
        folded.rows = rows.flatMap { row -> [[String]] in
            guard column < row.count else { return [row] }
            let parts = row[column].onOneLine.wrapped(indent: 0, width: room)
            var first = row
            first[column] = parts[0]
            let before = Array(repeating: "", count: column)
            return [first] + parts.dropFirst().map { before + [$0] }
        }
        return folded.lines
    }

    /// Rows as lines, each column as wide as its widest cell, without spaces at the ends of lines
    /// and with whatever could steer a terminal escaped;
    /// `isLeft` says at which side the cells of a column stand.
    package static func aligned(
        _ rows: [[String]], indent: Int = 0, gap: Int = 2, isLeft: (Int) -> Bool = { _ in true }
    ) -> [String] {
        let rows = rows.map { row in row.map(\.onOneLine) }
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.unicodeScalars.count)
            }
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                if column > 0 { line += String(repeating: " ", count: gap) }
                line += cell.padded(to: widths[column], left: isLeft(column))
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

extension String {
    /// The text filled with spaces to a width, counted in Unicode scalars.
    package func padded(to width: Int, left: Bool) -> String {
        let missing = width - unicodeScalars.count
        guard missing > 0 else { return self }
        let spaces = String(repeating: " ", count: missing)
        return left ? self + spaces : spaces + self
    }
}
