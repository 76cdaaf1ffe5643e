/// What the cells of a column say of how its numbers are written.
struct NumberEvidence {
    private var marks: [String: Int] = [:]
    private var texts: [String] = []
    /// How many cells are numbers, how many of them stand in parentheses, and how many have
    /// decimals after a point, and after a comma.
    private var count = 0
    private var enclosed = 0
    private var points = 0
    private var commas = 0
    /// Cells that may be meant either way, such as `1,234`.
    private(set) var unclear: String?
    /// A whole number with the sign last, `5-`; whether others with the sign last are no whole ones,
    /// and whether those in parentheses are.
    private var trailing: String?
    private var hasDecimalTrailing = false
    private var areEnclosedWhole = true
    private let unit: String?
    /// Whether the column is said to be of numbers.
    private let isSaid: Bool

    /// - Parameter columns: read as text.
    init(_ columns: [TableColumn], isSaid: Bool) {
        let unit = QuantityCell.unit(columns, isSaid: isSaid)
        self.unit = unit
        self.isSaid = isSaid
        for word in columns.flatMap(\.words) {
            guard let number = MarkedNumber(word.text, unit: unit) else { continue }
            let (point, comma) = (number.value(.point), number.value(.comma))
            if point == nil && comma == nil { continue }
            count += word.count
            marks[number.mark, default: 0] += word.count
            texts.append(word.text)
            if comma == nil { points += word.count }
            if point == nil { commas += word.count }
            if point != nil, comma != nil, point != comma { unclear = unclear ?? word.text }
            if number.isTrailing, number.isWhole, number.mark.isEmpty {
                trailing = trailing ?? word.text
            }
            hasDecimalTrailing = hasDecimalTrailing || number.isTrailing && !number.isWhole
            if number.isEnclosed {
                enclosed += word.count
                areEnclosedWhole = areEnclosedWhole && number.isWhole && number.mark.isEmpty
            }
        }
    }

    /// What stands before decimals; nil where no cell says it, or all that could are unclear.
    var decimal: DecimalMark? {
        if points + commas == 0 { return nil }
        return points >= commas ? .point : .comma
    }

    /// What stands beside most of the numbers, or beside any where they are said to be such; empty
    /// for nothing: a sign beside few of them may say that these are others.
    private var mark: String {
        let signed = marks.filter { !$0.key.isEmpty }
        guard isSaid || signed.values.reduce(0, +) * 2 > count else { return "" }
        return signed.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }

    /// The form of the numbers with such decimals; nil where none is written in another way than
    /// programs do.
    func form(_ decimal: DecimalMark) -> NumberForm? {
        let mark = mark
        func form(_ sample: String) -> NumberForm {
            NumberForm(mark: mark, decimal: decimal, sample: sample)
        }
        let fitting = texts.filter { form($0).value($0) != nil }
        let sample = fitting.first { DecimalNumber.double($0) != form($0).value($0) }
        if sample == nil, decimal == .point { return nil }
        return form(sample ?? fitting.first ?? "1,5")
    }

    /// Why the numbers can't be read in a table that this separates; nil where they can.
    func problem(
        _ name: String, _ decimal: DecimalMark?, given: DecimalMark?, separator: Character?
    ) -> String? {
        let words = "or that they are words: \(ColumnOption.types(name, .category))"
        let numbers = "say that they are numbers, \(ColumnOption.types(name, .number)), \(words)"
        if !isSaid, let cell = trailing, !hasDecimalTrailing {
            return "column '\(name)' holds '\(cell)', which may be \(negative(cell)) or a mark; "
                + numbers
        }
        if !isSaid, enclosed == count, areEnclosedWhole, let cell = texts.first {
            return "column '\(name)' holds '\(cell)', which may be \(negative(cell)) or a number "
                + "in a list; \(numbers)"
        }
        if given != nil { return nil }
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

    /// Why plain numbers can't be read where some other columns have decimal commas and some points;
    /// nil where they can.
    func problem(ofMixed name: String) -> String? {
        guard decimal == nil, let unclear, let number = MarkedNumber(unclear, unit: unit),
            let point = number.plain(.point), let comma = number.plain(.comma)
        else { return nil }
        return "column '\(name)' holds numbers such as '\(unclear)', which may be \(point) or "
            + "\(comma), for other columns have decimal commas, and others points; say that they are "
            + "\(point), \(ColumnOption.types(name, .number)), or write them without what stands "
            + "between thousands"
    }

    private func negative(_ text: String) -> String {
        MarkedNumber(text, unit: unit)?.plain(.point) ?? text
    }
}
