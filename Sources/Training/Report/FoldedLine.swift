extension String {
    private static let widest = 80
    private static let indent = String(repeating: " ", count: 8)

    /// A line of facts, cut between two of them where it is wider than 80 columns; what follows
    /// stands under the first fact. Facts lie three spaces or a comma apart.
    var folded: [String] {
        guard count > String.widest else { return [self] }
        var lines: [String] = []
        var line = ""
        for fact in facts {
            let isFull = line.count + fact.trimmedEnd.count > String.widest
            if isFull, line.count > String.indent.count {
                lines.append(line.trimmedEnd)
                line = String.indent
            }
            line += fact
        }
        return lines + [line.trimmedEnd]
    }

    /// The parts of a line, each with what separates it from the next.
    private var facts: [String] {
        var parts: [String] = []
        var rest = self[...]
        while !rest.isEmpty {
            // The word that the line begins with isn't one of them.
            let from = parts.isEmpty ? rest.index(rest.startIndex, offsetBy: 8) : rest.startIndex
            let ends = ["   ", ", "].compactMap { rest[from...].firstRange(of: $0)?.upperBound }
            let end = ends.min() ?? rest.endIndex
            parts.append(String(rest[..<end]))
            rest = rest[end...]
        }
        return parts
    }

    /// Without the spaces, and a comma before them, at its end.
    private var trimmedEnd: String {
        let text = String(reversed().drop { $0 == " " }.reversed())
        return text.hasSuffix(",") ? String(text.dropLast()) : text
    }
}
