/// Small pieces of wording that messages, help and documentation share.
enum Text {
    /// A double without a useless `.0`.
    static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }

    /// `1 problem`, `2 problems`.
    static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `a`, `a or b`, `a, b or c`.
    static func list(_ items: [String], _ conjunction: String) -> String {
        guard items.count > 1, let last = items.last else { return items.first ?? "" }
        return "\(items.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
    }

    /// `an` before a vowel, else `a`.
    static func article(_ noun: String) -> String {
        "\("aeiou".contains(noun.first ?? "x") ? "an" : "a") \(noun)"
    }

    /// Rows with all columns but the last padded to the width of the widest cell.
    static func table(_ rows: [[String]], indent: Int, gap: Int = 2) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.count + gap)
                }
            }
            return trimmingEnd(line)
        }.joined(separator: "\n")
    }

    private static func trimmingEnd(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}

/// Stops the program: a schema or a command was declared wrongly, or read by a wrong name.
func misdeclared(_ what: String, _ problem: String) -> Never {
    fatalError("\(what): \(problem)")
}
