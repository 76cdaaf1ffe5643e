import FTSupport

/// Dates as ISO 8601 writes them: `2026-01-31`, `2026/01/31`, `2026-01`, with `T12:30`, seconds and
/// a zone, or `1:15 PM`; with the name of the month; or with the year last.
enum CalendarDate {
    /// Days since 1970-01-01 in UTC, with their fraction; nil where the text is no date.
    ///
    /// - Parameters:
    ///   - order: of dates with the year last, which are none without.
    ///   - halves: whether others have AM or PM, so that a time without, which may be of either,
    ///     is none.
    static func days(_ text: String, _ order: DateOrder? = nil, halves: Bool = false) -> Double? {
        let (date, time) = parts(text, order)
        guard let day = dayNumber(date) else { return nil }
        if time.isEmpty { return Double(day) }
        guard let seconds = secondsOfDay(time), !(halves && mayBeLater(time)) else { return nil }
        return Double(day) + seconds / 86400
    }

    /// Which part of its day has passed, from 0 to less than 1.
    static func timeOfDay(_ days: Double) -> Double { days - days.rounded(.down) }

    /// The day as ISO 8601 writes it, and the time.
    private static func parts(_ text: String, _ order: DateOrder?) -> (Substring, time: Substring) {
        var text = CellText.plain(text)
        if let order { text = ForeignForm.date(text, order) ?? text }
        text = MonthName.rewritten(text) ?? text
        let date = text.prefix { !"T ,".contains($0) }
        return (date, text[date.endIndex...].drop { "T ,".contains($0) })
    }

    /// Whether a text is written as a date, though there may be no such day or time.
    static func isShaped(_ text: String, _ order: DateOrder? = nil) -> Bool {
        let (date, time) = parts(text, order)
        let fields = date.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "/" }
        return fields.count == 3 && fields[0].utf8.count == 4
            && fields.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
            && fields.dropFirst().allSatisfy { $0.utf8.count < 3 }
            && (time.isEmpty || time.first?.isNumber ?? false)
    }

    /// Whether a date has a time with AM or PM.
    static func hasHalf(_ text: String) -> Bool {
        guard text.utf8.count <= 40, text.utf8.contains(where: { (48...57).contains($0) }) else {
            return false
        }
        return ClockTime.halved(CellText.plain(text)).isPM != nil
    }

    private static func mayBeLater(_ time: Substring) -> Bool {
        let hour = Int(time.prefix { $0.isASCII && $0.isNumber })
        return ClockTime.halved(time).isPM == nil && (1...12).contains(hour ?? 0)
    }

    /// A number of days as it would be written: `2026-01-31`, with the time to the minute if it has
    /// any.
    static func text(_ days: Double) -> String {
        let minutes = (days * 1440).rounded(.down)
        guard abs(minutes) < 1e12 else { return "\(days)" }
        let day = Int((minutes / 1440).rounded(.down))
        let minute = Int(minutes) - day * 1440
        // The inverse of `dayNumber`: from the years of 400, 100, 4 and 1 years since March of 0.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let inEra = shifted - era * 146_097
        let year = (inEra - inEra / 1460 + inEra / 36524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        let shiftedMonth = (5 * inYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let date = [
            Format.digits(year + era * 400 + (month > 2 ? 0 : 1), 4), Format.digits(month, 2),
            Format.digits(inYear - (153 * shiftedMonth + 2) / 5 + 1, 2),
        ].joined(separator: "-")
        if minute == 0 { return date }
        return "\(date) \(Format.digits(minute / 60, 2)):\(Format.digits(minute % 60, 2))"
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
        let (halved, isPM) = ClockTime.halved(text)
        if let isPM {
            let isHour = halved.utf8.allSatisfy { (48...57).contains($0) }
            guard let time = clock(isHour ? halved + ":00" : halved[...]),
                let hour = ClockTime.hour(time.hour, isPM: isPM)
            else { return nil }
            return Double(hour * 3600 + time.minute * 60) + time.seconds
        }
        let end = text.lastIndex { $0 == "Z" || $0 == "+" || $0 == "-" } ?? text.endIndex
        guard let offset = zone(text[end...]) else { return nil }
        return clock(text[..<end]).map { hour, minute, seconds in
            Double(hour * 3600 + minute * 60 - offset) + seconds
        }
    }

    private static func clock(
        _ text: Substring
    ) -> (hour: Int, minute: Int, seconds: Double)? {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), let hour = number(fields[0], 0...24),
            let minute = number(fields[1], 0...59)
        else { return nil }
        let seconds = fields.count == 3 ? Double(fields[2]) : 0
        guard let seconds, seconds >= 0, seconds < 61 else { return nil }
        // 24:00 is the end of a day.
        return hour == 24 && (minute > 0 || seconds > 0) ? nil : (hour, minute, seconds)
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
