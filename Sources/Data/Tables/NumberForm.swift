/// What stands before the decimals of a number.
public enum DecimalMark: String, Sendable, CaseIterable {
    /// As in 1234.5, perhaps with commas between thousands.
    case point
    /// As in 1234,5, perhaps with points between thousands.
    case comma

    var other: DecimalMark { self == .point ? .comma : .point }
}

/// How the numbers of a column are written, where that is not as programs write them.
package struct NumberForm: Sendable, Equatable {
    /// What stands before or after each; empty for nothing, a colon for times.
    package let mark: String
    /// What stands before decimals; the other may stand between thousands.
    package let decimal: DecimalMark
    /// One of the cells.
    package let sample: String

    /// Whether numbers are hundredths.
    var isOfPercents: Bool { mark == "%" || mark == "‰" }

    /// The number that a cell says; nil where it is written otherwise. A currency or unit may
    /// be left out, a percent sign may not: 0.1 may be meant as 10%.
    func value(_ text: String) -> Double? {
        if mark == ClockTime.mark { return ClockTime.hours(text, like: sample) }
        guard let number = MarkedNumber(text, unit: mark),
            number.mark == mark || number.mark.isEmpty,
            !isOfPercents || number.mark == mark
        else { return nil }
        return number.value(decimal)
    }

    /// How a cell is read, for people; empty where it is written as programs do.
    package var note: String {
        guard DecimalNumber.double(sample) == nil, let value = value(sample) else { return "" }
        let unit = mark == ClockTime.mark ? " hours" : ""
        return "'\(sample)' is read as \(TableColumn.text(value))\(unit)"
    }

    /// What to say after a cell that isn't written so: how the others are.
    func hint(_ text: String) -> String {
        " like '\(sample)'"
            + (isOfOtherDecimals(text) ? ", where decimals stand after a \(decimal.rawValue)" : "")
    }

    /// Whether a text would be a number if its decimals stood after the other mark.
    func isOfOtherDecimals(_ text: String) -> Bool {
        value(text) == nil && MarkedNumber(text, unit: mark)?.value(decimal.other) != nil
    }
}

/// What the cells of a column say of how its numbers are written.
struct NumberEvidence {
    private var marks: [String: Int] = [:]
    private var texts: [String] = []
    /// How many cells have decimals after a point, and after a comma.
    private var points = 0
    private var commas = 0
    /// Cells that may be meant either way, such as `1,234`.
    private(set) var unclear: String?
    private let unit: String?

    /// - Parameter columns: read as text.
    init(_ columns: [TableColumn]) {
        let unit = QuantityCell.unit(columns)
        self.unit = unit
        for word in columns.flatMap(\.words) {
            guard let number = MarkedNumber(word.text, unit: unit) else { continue }
            let (point, comma) = (number.value(.point), number.value(.comma))
            if point == nil && comma == nil { continue }
            marks[number.mark, default: 0] += word.count
            texts.append(word.text)
            if comma == nil { points += word.count }
            if point == nil { commas += word.count }
            if point != nil, comma != nil, point != comma { unclear = unclear ?? word.text }
        }
    }

    /// What stands before decimals; nil where no cell says it, or all that could are unclear.
    var decimal: DecimalMark? {
        if points + commas == 0 { return nil }
        return points >= commas ? .point : .comma
    }

    private var mark: String {
        marks.filter { !$0.key.isEmpty }.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }

    /// The form of the numbers with such decimals; nil where none is written in another way than
    /// programs do.
    func form(_ decimal: DecimalMark) -> NumberForm? {
        func form(_ sample: String) -> NumberForm {
            NumberForm(mark: mark, decimal: decimal, sample: sample)
        }
        let fitting = texts.filter { form($0).value($0) != nil }
        let sample = fitting.first { DecimalNumber.double($0) != form($0).value($0) }
        if sample == nil, decimal == .point { return nil }
        return form(sample ?? fitting.first ?? "1,5")
    }

    /// Why the numbers can't be read in a table that this separates; nil where they can.
    func problem(_ name: String, _ decimal: DecimalMark?, separator: Character?) -> String? {
        let words = "or that they are words: --types \(name)=category"
        if decimal == nil, let unclear, let number = MarkedNumber(unclear, unit: unit),
            let point = number.plain(.point), let comma = number.plain(.comma)
        {
            return "column '\(name)' holds numbers such as '\(unclear)', which may be \(point) or "
                + "\(comma); say what stands before decimals, --decimal point or --decimal comma, "
                + words
        }
        guard decimal == .comma, separator == ",", mark.isEmpty,
            let sample = texts.first(where: { MarkedNumber($0, unit: unit)?.value(.point) == nil })
        else { return nil }
        return "column '\(name)' holds numbers such as '\(sample)', whose decimals would stand "
            + "after a comma, in a table that commas separate; say that they do, --decimal comma, "
            + words
    }
}
