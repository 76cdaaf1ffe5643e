/// Months with the year last, which aren't read: `12/2020`, `1/2015`, `01-2015`.
enum MonthOfYear {
    private static let years = 1900...2099

    /// The month as ISO 8601 writes it, `2020-12`; nil for other texts.
    static func rewritten(_ text: String) -> String? {
        guard text.utf8.count <= 24 else { return nil }
        let plain = CellText.plain(text).filter { $0 != " " }
        let parts = plain.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "-" }
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 4,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let month = Int(parts[0]), (1...12).contains(month), let year = Int(parts[1]),
            years.contains(year)
        else { return nil }
        return "\(year)-\(month < 10 ? "0" : "")\(month)"
    }

    /// One of the texts and how it is read, where all that hold a digit are such; nil else.
    static func sample(_ texts: [String]) -> (text: String, month: String)? {
        let numbered = texts.filter { $0.contains(where: \.isNumber) }
        guard let last = numbered.last, numbered.count * 2 > texts.count,
            numbered.allSatisfy({ rewritten($0) != nil })
        else { return nil }
        return rewritten(last).map { (last, $0) }
    }
}
