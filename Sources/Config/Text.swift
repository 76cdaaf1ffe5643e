import FTSupport

/// Small pieces of wording that messages, help and documentation share.
enum Text {
    /// A double without a useless `.0`.
    static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
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

    /// Rows as lines with aligned columns, in at most 80 columns.
    static func table(_ rows: [[String]], indent: Int, gap: Int = 2) -> String {
        TextTable.wrapped(rows, indent: indent, gap: gap).joined(separator: "\n")
    }
}

/// Stops the program: a schema or a command was declared wrongly, or read by a wrong name.
func misdeclared(_ what: String, _ problem: String) -> Never {
    fatalError("\(what): \(problem)")
}
