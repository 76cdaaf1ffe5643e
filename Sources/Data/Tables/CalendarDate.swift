import FTSupport

/// Dates as ISO 8601 writes them: `2026-01-31`, `2026/01/31`, `2026-01`, with `T12:30`, seconds and
/// a zone; with the name of the month; or with the year last.
enum CalendarDate {
    /// Days since 1970-01-01 in UTC, with their fraction; nil where the text is no date.
    ///
    /// - Parameter order: of dates with the year last, which are none without.
    static func days(_ text: String, _ order: DateOrder? = nil) -> Double? {
        var text = CellText.plain(text)
        if let order { text = ForeignForm.date(text, order) ?? text }
        text = MonthName.rewritten(text) ?? text
        let parts = text.split(maxSplits: 1) { $0 == "T" || $0 == " " }
        guard let day = parts.first.flatMap(dayNumber) else { return nil }
        guard parts.count > 1 else { return Double(day) }
        return secondsOfDay(parts[1]).map { Double(day) + $0 / 86400 }
    }

    private static func dayNumber(_ text: Substring) -> Int? {
        let mark: Character = text.contains("/") ? "/" : "-"
        let fields = text.split(separator: mark, omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), fields[0].utf8.count == 4,
            let year = number(fields[0], 1...9999), let month = number(fields[1], 1...12)
        else { return nil }
        if fields.count == 2 {
            return fields[1].utf8.count == 2 ? dayNumber(year, month, 1) : nil
        }
        guard let day = number(fields[2], 1...31), day <= length(of: month, year) else {
            return nil
        }
        return dayNumber(year, month, day)
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// In the Gregorian calendar, years counted from March so that a leap day comes last.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let months = (month + 9) % 12
        let inYear = (153 * months + 2) / 5 + day - 1
        let leapDays = shifted / 4 - shifted / 100 + shifted / 400
        return shifted * 365 + leapDays + inYear - 719_468
    }

    private static func secondsOfDay(_ text: Substring) -> Double? {
        let end = text.lastIndex { $0 == "Z" || $0 == "+" || $0 == "-" } ?? text.endIndex
        guard let offset = zone(text[end...]) else { return nil }
        let fields = text[..<end].split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), let hour = number(fields[0], 0...24),
            let minute = number(fields[1], 0...59)
        else { return nil }
        let seconds = fields.count == 3 ? Double(fields[2]) : 0
        guard let seconds, seconds >= 0, seconds < 61 else { return nil }
        return Double(hour * 3600 + minute * 60 - offset) + seconds
    }

    /// Seconds ahead of UTC.
    private static func zone(_ text: Substring) -> Int? {
        if text.isEmpty || text == "Z" { return 0 }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, let hours = number(digits.prefix(2), 0...14),
            let minutes = number(digits.suffix(2), 0...59)
        else { return nil }
        return (text.first == "-" ? -60 : 60) * (hours * 60 + minutes)
    }

    private static func number(_ text: some StringProtocol, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text),
            range.contains(value)
        else { return nil }
        return value
    }
}

/// Words that say yes or no.
enum BooleanWord {
    private static let values: [String: Double] = [
        "true": 1, "false": 0, "yes": 1, "no": 0, "t": 1, "f": 0, "y": 1, "n": 0, "on": 1, "off": 0,
    ]

    /// 1 for yes, 0 for no; nil for other words.
    static func value(_ text: String) -> Double? {
        text.utf8.count <= 5 ? values[text.lowercased()] : nil
    }
}
