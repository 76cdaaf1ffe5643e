import FTSupport

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

    /// How many of what a mark stands for are a whole.
    static let wholes: [String: Double] = ["%": 100, "‰": 1000]

    var isOfTimes: Bool { mark == ClockTime.mark }

    /// What multiplies a number, as in `1.2k`.
    private static let multipliers: Set<String> = [
        "k", "K", "M", "B", "G", "T", "bn", "Bn", "BN", "mn", "Mn", "mln", "mio", "Mio", "mrd",
        "Mrd", "tsd", "Tsd", "thousand", "million", "billion", "lakh", "crore",
    ]

    /// Whether a number without such a mark may be another than one with it: 4 may be meant as 4% or
    /// 400%, as 4k or 4, as four hours or minutes. An amount of money or a unit may be left out.
    static func isNeeded(_ mark: String) -> Bool {
        wholes[mark] != nil || mark == ClockTime.mark || multipliers.contains(mark)
    }

    var needsMark: Bool { NumberForm.isNeeded(mark) }

    /// The number that a cell says; nil where it is written otherwise.
    func value(_ text: String) -> Double? {
        if isOfTimes { return ClockTime.hours(text, like: sample) }
        if decimal == .point, !needsMark, let plain = DecimalNumber.double(text) { return plain }
        guard let number = MarkedNumber(text, unit: mark),
            number.mark == mark || number.mark.isEmpty,
            !needsMark || number.mark == mark
        else { return nil }
        return number.value(decimal)
    }

    /// How a cell is read, for people; empty where it is written as programs do.
    package var note: String {
        guard DecimalNumber.double(sample) == nil, let value = value(sample) else { return "" }
        return "'\(sample)' is read as \(TableColumn.text(value))\(isOfTimes ? " hours" : "")"
    }

    /// What to say after a cell that isn't written so: how the others are.
    func hint(_ text: String) -> String {
        if let beyond = ForeignForm.hint(ofBeyond: text) { return beyond }
        let others = " like '\(sample)'"
        if isOfTimes { return others + ClockTime.hint(text, like: sample) }
        if let whole = NumberForm.wholes[mark], let number = MarkedNumber(text),
            number.mark.isEmpty, let value = number.value(decimal)
        {
            let share = Format.short(value * whole, digits: 6)
            return others + " (write \(text)\(mark), or \(share)\(mark) if it is a share)"
        }
        if needsMark, MarkedNumber(text)?.value(decimal) != nil {
            return others + " (write how many \(mark) it is)"
        }
        return others
            + (isOfOtherDecimals(text) ? ", where decimals stand after a \(decimal.rawValue)" : "")
    }

    /// Whether a text would be a number if its decimals stood after the other mark, and is none now.
    func isOfOtherDecimals(_ text: String) -> Bool {
        guard !isOfTimes, let number = MarkedNumber(text, unit: mark) else { return false }
        return number.value(decimal) == nil && number.value(decimal.other) != nil
    }

    /// The form of columns whose numbers are written with another mark before decimals.
    static func changed(_ form: NumberForm?, to decimal: DecimalMark) -> NumberForm? {
        if let form, form.isOfTimes || form.decimal == decimal { return form }
        if decimal == .point, form?.mark.isEmpty ?? true { return nil }
        let sample = decimal == .comma ? "1,5" : "1.5"
        return NumberForm(mark: form?.mark ?? "", decimal: decimal, sample: sample)
    }
}
