/// Which comes first in dates whose year is last.
public enum DateOrder: String, Sendable, CaseIterable {
    /// As in 31.12.2024 and 31/12/2024.
    case dayFirst = "day-first"
    /// As in 12/31/2024.
    case monthFirst = "month-first"

    /// A date with its year first; nil where the text is none with its year last, or has no such day.
    func rewritten(_ text: String) -> String? {
        guard ForeignForm.isDate(text), let mark = text.first(where: { ".-/".contains($0) }) else {
            return nil
        }
        let day = text.prefix { $0 != " " }
        let parts = day.split(separator: mark)
        let (month, inMonth) = self == .dayFirst ? (parts[1], parts[0]) : (parts[0], parts[1])
        func padded(_ digits: Substring) -> String { digits.count < 2 ? "0\(digits)" : "\(digits)" }
        return "\(parts[2])-\(padded(month))-\(padded(inMonth))" + text.dropFirst(day.count)
    }
}

/// What the cells of a column say of which comes first in its dates.
struct DateEvidence {
    /// Those that have their year last.
    private let dates: [String]
    /// Cells that are dates in either order, or in that which is given.
    let count: Int
    private let orders: [DateOrder]

    /// - Parameter given: the order, where somebody said it.
    init(_ columns: [TableColumn], given: DateOrder?) {
        let words = columns.flatMap(\.words)
        let dates = words.map(\.text).filter { ForeignForm.isDate(CellText.plain($0)) }
        let choices = given.map { [$0] } ?? DateOrder.allCases
        count = words.reduce(0) { sum, word in
            let isDate = choices.contains { CalendarDate.days(word.text, $0) != nil }
            return sum + (isDate ? word.count : 0)
        }
        let fits = choices.map { order in
            dates.count { CalendarDate.days($0, order) != nil }
        }
        orders = zip(choices, fits).filter { $1 == fits.max() && $1 > 0 }.map { $0.0 }
        self.dates = dates
    }

    /// The order that fits most of them; points stand behind days, where both fit. Nil without such
    /// dates, or where nothing says it.
    var order: DateOrder? {
        if orders.count == 1 { return orders[0] }
        return !dates.isEmpty && dates.allSatisfy { $0.contains(".") } ? .dayFirst : nil
    }

    /// Why the dates can't be read; nil where they can.
    func problem(_ name: String) -> String? {
        guard order == nil, let sample = dates.first, orders.count > 1 else { return nil }
        let read = orders.compactMap { $0.rewritten(CellText.plain(sample)) }
        return "column '\(name)' holds dates such as '\(sample)', which may be \(read[0]) or "
            + "\(read[1]); say what comes first, --dates day-first or --dates month-first, or that "
            + "they are words: --types \(name)=category"
    }
}
