/// Dates with the English name of a month: `5 Jan 2024`, `January 5, 2024`, `Fri 5-Jan-2024 12:30`.
enum MonthName {
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]
    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    /// The place of a name, or of its first three letters or more.
    private static func place(_ text: Substring, in names: [String]) -> Int? {
        guard text.count > 2 else { return nil }
        let text = text.lowercased()
        return names.firstIndex { $0.hasPrefix(text) }
    }

    /// The words of a text up to a time of day.
    private static func words(_ text: String) -> [Substring] {
        guard text.utf8.count <= 40 else { return [] }
        let words = text.split { " ,-/.".contains($0) }
        return words.first.map { place($0, in: weekdays) != nil } == true
            ? Array(words.dropFirst()) : words
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// The date as ISO 8601 writes it; nil where the text is none.
    static func rewritten(_ text: String) -> String? {
        let words = words(text)
        guard words.count >= 3, words[2].count == 4, isDigits(words[2]) else { return nil }
        let isMonthFirst = isDigits(words[1].prefix(1))
        let (name, day) = isMonthFirst ? (words[0], words[1]) : (words[1], words[0])
        guard let month = place(name, in: months), let number = dayNumber(day) else { return nil }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = text[words[2].endIndex...].drop { $0 == " " || $0 == "," }
        return "\(words[2])-\(padded(month + 1))-\(padded(number))"
            + (time.isEmpty ? "" : " \(time)")
    }

    /// 5, 05, 5th.
    private static func dayNumber(_ text: Substring) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let end = text.dropFirst(digits.count)
        guard (1...2).contains(digits.count), ["", "st", "nd", "rd", "th"].contains(end) else {
            return nil
        }
        return Int(digits)
    }

    /// Whether a text may be a date with a month's name, in another language or form than is read.
    static func isLike(_ text: String) -> Bool {
        let words = words(text)
        let (numbers, names) = (words.filter(isDigits), words.filter { $0.allSatisfy(\.isLetter) })
        guard (2...3).contains(words.count), names.count == 1, numbers.count + 1 == words.count
        else { return false }
        if place(names[0], in: months) != nil { return true }
        return numbers.count == 2 && names[0].count > 2
            && numbers.contains { $0.count == 4 && ("1000"..."2999").contains($0) }
            && numbers.contains { $0.count < 3 && (1...31).contains(Int($0) ?? 0) }
    }
}
