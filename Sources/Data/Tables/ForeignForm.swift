import FTSupport

/// Numbers and dates as they are written in some countries and read nowhere here.
enum ForeignForm {
    /// What a text would be if it were written as it is read here: `1.5` for `1,5`, `2024-12-31`
    /// for `31.12.2024`; nil for what is no such number or date, or may be one of two.
    static func rewritten(_ text: String) -> String? { number(text) ?? date(text) }

    /// A number with a comma in it, without.
    static func number(_ text: String) -> String? {
        guard text.utf8.count <= 40, text.contains(","), text.utf8.contains(where: isDigit)
        else { return nil }
        let commas = text.count { $0 == "," }
        let points = text.count { $0 == "." }
        let isDecimal =
            points == 0
            ? commas == 1
            : (text.lastIndex(of: ",") ?? text.startIndex)
                > (text.lastIndex(of: ".") ?? text.startIndex)
        let (mark, grouping): (Character, Character) = isDecimal ? (",", ".") : (".", ",")
        guard text.count(where: { $0 == mark }) <= 1, isGrouped(text, by: grouping, upTo: mark)
        else { return nil }
        let plain = String(text.compactMap { $0 == grouping ? nil : $0 == mark ? "." : $0 })
        return Double(plain) == nil ? nil : plain
    }

    /// Whether what stands before a mark is cut into groups of three digits, if at all.
    private static func isGrouped(
        _ text: String, by grouping: Character, upTo mark: Character
    ) -> Bool {
        let whole = text.prefix { $0 != mark }.drop { $0 == "-" || $0 == "+" }
        let groups = whole.split(separator: grouping, omittingEmptySubsequences: false)
        return groups.count == 1
            || (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
    }

    /// The day of a date with the year last; nil where day and month may be either way round.
    static func date(_ text: String) -> String? {
        guard isDate(text), let mark = text.first(where: { ".-/".contains($0) }) else { return nil }
        let day = text.prefix { !" ,".contains($0) }
        let parts = day.split(separator: mark).compactMap { Int($0) }
        let isDayFirst = mark == "." || parts[0] > 12
        guard isDayFirst || parts[1] > 12 else { return nil }
        return date(text, isDayFirst ? .dayFirst : .monthFirst)
    }

    /// A date with the year last as ISO 8601 writes it; nil for other texts.
    static func date(_ text: String, _ order: DateOrder) -> String? {
        guard isDate(text) else { return nil }
        let text = CellText.plain(text)
        let day = text.prefix { !" ,".contains($0) }
        let parts = day.split { ".-/".contains($0) }.compactMap { Int($0) }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (month, inMonth) = order == .dayFirst ? (parts[1], parts[0]) : (parts[0], parts[1])
        return "\(parts[2])-\(padded(month))-\(padded(inMonth))" + text.dropFirst(day.count)
    }

    /// Whether a text is a date with the year last.
    ///
    /// - Parameter yearDigits: of the year; those of two aren't read.
    static func isDate(_ text: String, yearDigits: Int = 4) -> Bool {
        let text = CellText.plain(text)
        let day = text.prefix { !" ,".contains($0) }
        guard text.utf8.count <= 40, let mark = day.first(where: { ".-/".contains($0) }) else {
            return false
        }
        let parts = day.split(separator: mark, omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) }
            && (1...2).contains(parts[0].count) && (1...2).contains(parts[1].count)
            && parts[2].count == yearDigits
            && parts.prefix(2).allSatisfy { (1...31).contains(Int($0) ?? 0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// The same of a number that no float holds; nil for other cells.
    static func hint(ofBeyond text: String) -> String? {
        guard text.utf8.contains(where: isDigit), let number = MarkedNumber(text),
            DecimalMark.allCases.contains(where: { mark in
                number.plain(mark).flatMap { Double($0) }?.isInfinite ?? false
            })
        else { return nil }
        return " (beyond what a float holds, 1.8e308; leave it out)"
    }

    /// What to say after a cell that can't be used: how it would be read; empty where nothing is
    /// known of it. 1,234 may be meant either way, and 4% as 4 or 0.04.
    static func hint(_ text: String) -> String {
        if let beyond = hint(ofBeyond: text) { return beyond }
        let marked = MarkedNumber(text)
        let forms = Set(marked.map { DecimalMark.allCases.compactMap($0.plain) } ?? [])
        if let marked, !marked.mark.isEmpty {
            guard forms.count == 1, let plain = forms.first else {
                return " (write it without signs)"
            }
            guard let whole = NumberForm.wholes[marked.mark], let value = Double(plain) else {
                return " (write \(plain))"
            }
            let share = Format.short(value / whole, digits: 6)
            return " (write \(plain), or \(share) if the others are shares)"
        }
        let isUnclear = !text.contains(".") && text.drop { $0 != "," }.dropFirst().count == 3
        if number(text) != nil, isUnclear { return " (write it without a comma)" }
        let day = date(text) ?? text
        if CalendarDate.isShaped(day), CalendarDate.days(day) == nil {
            return " (there is no such day or time)"
        }
        if let plain = rewritten(text) ?? (forms.count == 1 ? forms.first : nil) {
            return " (write \(plain))"
        }
        if let hint = DisguisedNumber.hint(text) { return hint }
        if ClockTime.isTime(text) { return " (write it as a number, in the unit of the others)" }
        let isSigned = CellText.plain(text).prefix { "+-".contains($0) }.count > 1
        if isSigned, QuantityCell(text) != nil { return " (write it with one sign)" }
        return QuantityCell(text)?.isOne ?? false
            ? " (write the number alone, in the unit of the others)" : ""
    }
}

extension ForeignForm {
    /// What a column that would be taken for words holds, and what would help, where most of its
    /// words are dates or quantities that aren't read; nil where they aren't.
    static func problem(of name: String, _ columns: [TableColumn], isLabel: Bool) -> String? {
        let words = columns.flatMap(\.words)
        let count = words.reduce(0) { $0 + $1.count }
        func sample(_ isDate: (String) -> Bool) -> String? {
            let found = words.filter { isDate($0.text) }
            return found.reduce(0) { $0 + $1.count } * 2 > count ? found.first?.text : nil
        }
        let leaving = isLabel ? "" : ", leave them out, \(ColumnOption.types(name, .skip))"
        let remedy =
            "\(leaving), or say that they are words: \(ColumnOption.types(name, .category))"
            + (isLabel ? ", or name another column with --label" : "")
        // 3.11.24 is rather a version, unless such as 31.11.24 stand beside it.
        let havePoints = areShortDates(words.map(\.text))
        if let sample = sample({
            (havePoints || !$0.contains(".")) && isDate($0, yearDigits: 2)
        }) {
            return
                "column '\(name)' holds dates such as '\(sample)', which are read with a year of "
                + "four digits alone; write them so\(remedy)"
        }
        if let sample = sample({ CalendarDate.isShaped($0) && isOfOurTime($0) }) {
            return "column '\(name)' holds dates such as '\(sample)', and there is no such day or "
                + "time; write them as 2024-01-31\(remedy)"
        }
        if let sample = sample(MonthName.isLike) {
            return
                "column '\(name)' holds dates such as '\(sample)', which are read as 2024-01-31, "
                + "31 Jan 2024 or January 31, 2024 alone; write them so\(remedy)"
        }
        if let (sample, month) = MonthOfYear.sample(words.map(\.text)) {
            return "column '\(name)' holds months such as '\(sample)', which are read as \(month) "
                + "alone; write them so\(remedy)"
        }
        if CodeColumn(columns) != nil || MixedGroups(columns) != nil { return nil }
        return DisguisedNumber.problem(of: name, columns, isLabel: isLabel)
            ?? QuantityCell.problem(of: name, columns, isLabel: isLabel)
    }

    /// What else to say of a column of words, after a remedy.
    static func ofWords(_ name: String, isLabel: Bool) -> String {
        func option(_ kind: ColumnKind) -> String { ColumnOption.types(name, kind) }
        return ", or say that they are words, \(option(.category)), "
            + (isLabel
                ? "or name another column with --label"
                : "tell rows apart, \(option(.id)), or are to be left out, \(option(.skip))")
    }

    /// Others of that shape are rather numbers of parts.
    private static func isOfOurTime(_ text: String) -> Bool {
        text.hasPrefix("19") || text.hasPrefix("20")
    }

    /// Whether all texts may be days, months and the last two digits of years, and some nothing else.
    private static func areShortDates(_ texts: [String]) -> Bool {
        let days = texts.map { text in
            isDate(text, yearDigits: 2) ? text.split(separator: ".").compactMap { Int($0) } : []
        }
        return days.allSatisfy { $0.count > 1 && $0[1] < 13 } && days.contains { $0[0] > 12 }
    }

    /// Why a column can't be predicted, most of whose words are dates; nil for others.
    static func problem(ofLabel name: String, _ columns: [TableColumn]) -> String? {
        if CodeColumn.areSeasons(columns) { return nil }
        let words = columns.flatMap(\.words)
        let cells = columns.reduce(0) { $0 + $1.numberCount + $1.wordCount }
        let dates = words.filter {
            CalendarDate.days($0.text) != nil || CalendarDate.isShaped($0.text) || isDate($0.text)
        }
        guard let sample = dates.first?.text, dates.reduce(0, { $0 + $1.count }) * 2 > cells else {
            return nil
        }
        return "the label '\(name)' holds dates such as '\(sample)', and dates can't be predicted; "
            + "write numbers, such as days since some day, say that they are words, "
            + "\(ColumnOption.types(name, .category)), or name another column with --label"
    }
}
