extension String {
    /// The text as lines of at most 80 columns, cut between words; what follows the first line is
    /// indented. A word that is longer, such as a path, stays whole.
    package func wrapped(indent: Int, width: Int = 80) -> [String] {
        split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            String(line).wrappedLine(indent: indent, width: width)
        }
    }

    private func wrappedLine(indent: Int, width: Int) -> [String] {
        guard unicodeScalars.count > width else { return [self] }
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        // What stands before the place of the other lines' first word is a label.
        let label = indent
        var (line, length) = ("", -1)
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            let size = word.unicodeScalars.count
            let isFull = length > label && length + 1 + size > width
            if isFull, !word.isEmpty {
                lines.append(line.withoutSpacesAtEnd)
                (line, length) = (margin + word, indent + size)
            } else {
                line += length < 0 ? String(word) : " " + word
                length += size + 1
            }
        }
        return lines + [line.withoutSpacesAtEnd]
    }

    private var withoutSpacesAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension TextTable {
    /// Rows as lines of at most 80 columns: all columns but the last are aligned, and the text of
    /// the last is cut between words, each line below the first. Where the others leave it little
    /// room, it stands below them.
    package static func wrapped(_ rows: [[String]], indent: Int, gap: Int = 2) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let heads = rows.map { $0.count == columns ? Array($0.dropLast()) : $0 }
        let aligned = TextTable.aligned(heads, indent: indent, gap: gap)
        let widest = aligned.map(\.unicodeScalars.count).max() ?? 0
        let start = widest + gap
        let fullest =
            rows.filter { $0.count == columns }
            .map { start + ($0.last?.onOneLine.unicodeScalars.count ?? 0) }.max() ?? 0
        let isBeside = start <= mostBeside || fullest <= 80
        return zip(rows, zip(heads, aligned)).flatMap { row, head -> [String] in
            let fits = head.1.unicodeScalars.count <= 80
            let plain = head.0.map(\.onOneLine).filter { !$0.isEmpty }
                .joined(separator: String(repeating: " ", count: gap))
            let margin = String(repeating: " ", count: indent)
            let first = fits ? [head.1] : (margin + plain).wrapped(indent: indent + 4)
            guard row.count == columns, let text = row.last?.onOneLine, !text.isEmpty else {
                return first
            }
            guard isBeside else {
                let below = indent + 4
                let line = String(repeating: " ", count: below) + text
                return first + line.wrapped(indent: below)
            }
            return (head.1.padded(to: start, left: true) + text).wrapped(indent: start)
        }
    }

    /// Where the last column may begin.
    private static let mostBeside = 44
}
