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

    private func width(_ column: Int) -> Int {
        guard rows.contains(where: { column < $0.count && !$0[column].isEmpty }) else { return 0 }
        let widths = rows.map { column < $0.count ? $0[column].onOneLine.unicodeScalars.count : 0 }
        return max(columns[column].title.onOneLine.unicodeScalars.count, widths.max() ?? 0)
    }

    /// Whether a column's cells may lose their middle: numbers may not.
    private func isOfText(_ column: Int) -> Bool {
        columns[column].isLeft
            || rows.contains { row in
                column < row.count && row[column].count > TextTable.leastWidth
                    && Double(row[column].filter { $0 != "," }) == nil
            }
    }

    /// No column of text is made narrower than this.
    private static let leastWidth = 24

    /// The same with the middle of long texts left out, where its lines would have more than 80
    /// columns: of the widest column of text first.
    ///
    /// - Parameters:
    ///   - least: no column is made narrower than this.
    ///   - folded: a column that is cut into lines, and how much it keeps at most.
    private func fitted(
        to least: Int, folding folded: Int? = nil, keeping room: Int = 0
    ) -> TextTable {
        var widths = columns.indices.map { $0 == folded ? min(room, width($0)) : width($0) }
        let gaps = 2 * max(0, widths.count { $0 > 0 } - 1)
        var excess = widths.reduce(gaps, +) - 80
        guard excess > 0 else { return self }
        let texts = columns.indices.filter { $0 != folded && isOfText($0) }
        while excess > 0, let widest = texts.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > least
        {
            widths[widest] -= 1
            excess -= 1
        }
        var table = TextTable(
            columns.enumerated().map { place, column in
                let title = column.title
                return Column(
                    title: texts.contains(place) ? title.shortened(to: widths[place]) : title,
                    isLeft: column.isLeft)
            })
        table.rows = rows.map { row in
            row.enumerated().map { column, cell in
                texts.contains(column) ? cell.shortened(to: widths[column]) : cell
            }
        }
        return table
    }

    /// The lines, heading first. Columns without any cell are left out, and the middle of long texts
    /// where the lines would have more than 80 columns.
    package var lines: [String] { fitted(to: TextTable.leastWidth).wholeLines }

    private var wholeLines: [String] {
        let shown = columns.indices.filter { column in
            rows.contains { column < $0.count && !$0[column].isEmpty }
        }
        let cells = ([columns.map(\.title)] + rows).map { row in
            shown.map { $0 < row.count ? row[$0] : "" }
        }
        return TextTable.aligned(cells) { columns[shown[$0]].isLeft }
    }

    /// The same with the text of one column cut between words, its rest in lines below, so that all
    /// columns fit in 80. It keeps 16, beside wide numbers 10.
    package func lines(folding column: Int) -> [String] {
        // Beside short texts it may become narrow, beside long ones it keeps more.
        let table = fitted(to: 30, folding: column, keeping: 36)
            .fitted(to: TextTable.leastWidth, folding: column, keeping: 16)
            .fitted(to: 16, folding: column, keeping: 10)
        let others = columns.indices.filter { $0 != column }
        let widths = others.map { table.width($0) }.map { $0 == 0 ? 0 : $0 + 2 }
        let room = max(10, 80 - widths.reduce(0, +))
        var folded = table
        folded.rows = table.rows.flatMap { row -> [[String]] in
            guard column < row.count else { return [row] }
            let words = row[column].onOneLine.split(separator: " ")
            let parts = words.map { String($0).shortened(to: room) }.joined(separator: " ")
                .wrapped(indent: 0, width: room)
            var first = row
            first[column] = parts[0]
            let before = Array(repeating: "", count: column)
            return [first] + parts.dropFirst().map { before + [$0] }
        }
        return folded.wholeLines
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
