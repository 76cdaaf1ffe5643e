/// A table of text with aligned columns and no lines, for terminals and files alike.
public struct TextTable: Sendable {
    /// A column: its heading, and the side its cells stand at.
    public struct Column: Sendable {
        let title: String
        let isLeft: Bool

        /// A column of text.
        public static func text(_ title: String) -> Column { Column(title: title, isLeft: true) }
        /// A column of numbers.
        public static func number(_ title: String) -> Column { Column(title: title, isLeft: false) }
    }

    /// The columns from left to right.
    public let columns: [Column]
    /// The cells row by row; a row may end early.
    public private(set) var rows: [[String]] = []

    /// An empty table.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row, at most one cell a column.
    public mutating func append(_ cells: [String]) {
        rows.append(Array(cells.prefix(columns.count)))
    }

    /// The lines, heading first, without spaces at their ends. Columns without any cell are left out.
    public var lines: [String] {
        var widths = columns.map { _ in 0 }
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], cell.unicodeScalars.count)
            }
        }
        let shown = columns.indices.filter { widths[$0] > 0 }
        for index in shown {
            widths[index] = max(widths[index], columns[index].title.unicodeScalars.count)
        }
        return ([columns.map(\.title)] + rows).map { row in
            var line = ""
            for index in shown {
                if index != shown.first { line += "  " }
                let cell = index < row.count ? row[index] : ""
                line += cell.padded(to: widths[index], left: columns[index].isLeft)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
