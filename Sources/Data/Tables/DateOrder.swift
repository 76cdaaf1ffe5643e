import FTSupport

/// Which of two numbers before a year is the day.
public enum DateOrder: String, Sendable, CaseIterable {
    /// As in 17/10/2008.
    case dayFirst = "day-first"
    /// As in 10/17/2008.
    case monthFirst = "month-first"

    /// For people: `day first`.
    package var words: String { self == .dayFirst ? "day first" : "month first" }
}

/// What the cells of a column say of the order in its dates.
struct DateEvidence {
    /// A cell whose first number can be no month, and one whose second can't.
    private var dayFirst: String?
    private var monthFirst: String?
    /// A cell that says nothing.
    private var unclear: String?
    private var hasPoints = true
    private var count = 0
    /// How many are dates of another form.
    private var others = 0
    private let cells: Int

    init(_ columns: [TableColumn]) {
        cells = columns.reduce(0) { $0 + $1.numberCount + $1.wordCount }
        for word in columns.flatMap(\.words) {
            guard ForeignForm.isDate(word.text) else {
                if CalendarDate.days(word.text) != nil { others += word.count }
                continue
            }
            count += word.count
            let parts = CellText.plain(word.text).split { !$0.isNumber }.compactMap { Int($0) }
            if parts[0] > 12 { dayFirst = dayFirst ?? word.text }
            if parts[1] > 12 { monthFirst = monthFirst ?? word.text }
            if parts[0] < 13, parts[1] < 13 { unclear = unclear ?? word.text }
            hasPoints = hasPoints && word.text.prefix { !" ,".contains($0) }.contains(".")
        }
    }

    /// Whether the column has such dates, and whether dates are half of its cells or more.
    var isAny: Bool { count > 0 }
    var isMost: Bool { isAny && (count + others) * 2 >= cells }

    /// The order that all cells fit; nil where they fit both or none. Points stand in dates with the
    /// day first alone.
    var order: DateOrder? {
        switch (dayFirst, monthFirst) {
        case (nil, nil): hasPoints ? .dayFirst : nil
        case (_, nil): .dayFirst
        case (nil, _): .monthFirst
        default: nil
        }
    }

    /// Why a column has no order.
    func problem(_ name: String) -> String {
        let remedy =
            "say which is right, --date day-first or --date month-first, or write them as 2024-01-31"
        if let dayFirst, let monthFirst {
            return "column '\(name)' holds '\(dayFirst)', with the day first, and '\(monthFirst)', "
                + "with the month first; write them as 2024-01-31, or leave them out: "
                + ColumnOption.types(name, .skip)
        }
        return "column '\(name)' holds dates such as '\(unclear ?? "")', any of which may have the "
            + "day or the month first; \(remedy)"
    }
}
