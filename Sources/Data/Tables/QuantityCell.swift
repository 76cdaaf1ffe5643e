/// A cell that holds a number and something around it: `58.2 kg`, `<5`, `12-15`, `120/80`, `65+`,
/// `5 ft 11 in`. Names with digits are none: `A-1023`, `12C`, `1st`, `3.11.2`, `555-1234`.
struct QuantityCell {
    /// What stands after the numbers; empty for nothing.
    let unit: String
    /// Whether it is one number and its unit.
    let isOne: Bool

    private enum Part {
        case number(Substring)
        case word(Substring, isAttached: Bool)
        case sign(Character)
    }

    private static let comparisons: Set<Character> = ["~", "<", ">", "≤", "≥", "≈", "±", "="]
    private static let betweens: Set<Character> = ["-", "–", "—", "/", "×", "*", ":"]

    /// nil where the text is something else, or no more than a number.
    init?(_ text: String) {
        guard text.utf8.count <= 40, let first = text.utf8.first, !isLetter(first),
            text.utf8.contains(where: { $0 > 127 || isDigit($0) }),
            !MonthName.isLike(text), !text.lowercased().hasPrefix("0x"),
            let parts = QuantityCell.parts(CellText.plain(text))
        else { return nil }
        var (numbers, words) = ([Substring](), [Substring]())
        var (hasComparison, hasBefore, between) = (false, false, Character?.none)
        var hasSign = false
        for part in parts {
            switch part {
            case .number(let number): numbers.append(number)
            case .word(let word, _) where numbers.isEmpty:
                guard !hasBefore, QuantityCell.isCurrency(word) else { return nil }
                hasBefore = true
            case .word(let word, let isAttached):
                let isCode = isAttached && QuantityCell.isCode(numbers[numbers.count - 1], word)
                guard !isCode, words.count < numbers.count else { return nil }
                words.append(word)
            case .sign(let sign) where QuantityCell.comparisons.contains(sign):
                hasComparison = true
            case .sign("+") where !numbers.isEmpty: hasComparison = true
            case .sign("+") where numbers.isEmpty, .sign("-") where numbers.isEmpty:
                // Two signs before a number say nothing.
                hasComparison = hasComparison || hasSign
                hasSign = true
            case .sign(let sign):
                guard between == nil, QuantityCell.betweens.contains(sign), numbers.count == 1
                else { return nil }
                between = sign
            }
        }
        if numbers.count == 2, let between, "-–—".contains(between) {
            guard QuantityCell.isRange(numbers[0], numbers[1]) else { return nil }
        }
        switch numbers.count {
        case 1:
            let isBeyond = Double(numbers[0])?.isInfinite ?? false
            guard between == nil, hasComparison || isBeyond || !words.isEmpty else { return nil }
        case 2: guard between != nil || !words.isEmpty else { return nil }
        default: return nil
        }
        // 6 AM is a time of day.
        if words.count == 1, ["am", "pm"].contains(words[0].lowercased()) { return nil }
        unit = words.joined(separator: " ")
        isOne = numbers.count == 1 && words.count == 1 && !hasComparison && !hasBefore
    }

    /// 12C is the name of a seat, 1st a place; 12K, 1.5M and 12kg are quantities.
    private static func isCode(_ number: Substring, _ word: Substring) -> Bool {
        if ["st", "nd", "rd", "th"].contains(word.lowercased()) { return true }
        return word.count == 1 && word.first?.isUppercase == true && !"KMBTG".contains(word)
            && !number.contains { ".,".contains($0) }
    }

    private static func isCurrency(_ word: Substring) -> Bool {
        word.unicodeScalars.allSatisfy { $0.properties.generalCategory == .currencySymbol }
    }

    /// Two numbers are the ends of a range where the second is larger, by no more than ranges are.
    private static func isRange(_ first: Substring, _ second: Substring) -> Bool {
        guard let low = Double(first), let high = Double(second) else { return false }
        let isTelephone = first.count == 3 && second.count == 4
        return low < high && !isTelephone && (high <= 100 || high <= low * 10)
    }

    /// nil where a number is written as those in names are, such as 007 or 1.2.3.
    private static func parts(_ text: String) -> [Part]? {
        var parts: [Part] = []
        var rest = Substring(text)
        var isAttached = false
        while let first = rest.first {
            if first == " " {
                rest = rest.dropFirst()
                isAttached = false
            } else if isDigit(first) {
                let number = takeNumber(&rest)
                let plain = number.filter(isDigit)
                guard plain.count == 1 || plain.first != "0" || number.dropFirst().first == ".",
                    number.count(where: { $0 == "." }) < 2
                else { return nil }
                parts.append(.number(number))
                isAttached = true
            } else if isOfUnit(first), !"²³".contains(first) {
                let word = takeWord(&rest)
                guard word.count <= 10 else { return nil }
                parts.append(.word(word, isAttached: isAttached))
                isAttached = false
            } else {
                rest = rest.dropFirst()
                parts.append(.sign(first))
                isAttached = false
            }
            if parts.count > 6 { return nil }
        }
        return parts
    }

    private static func takeNumber(_ rest: inout Substring) -> Substring {
        var end = rest.startIndex
        while end < rest.endIndex {
            let next = rest.index(after: end)
            let isDigitNext = next < rest.endIndex && isDigit(rest[next])
            guard isDigit(rest[end]) || ".,".contains(rest[end]) && isDigitNext else { break }
            end = next
        }
        end = exponentEnd(rest, from: end)
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    /// Where an exponent ends that begins there.
    private static func exponentEnd(_ text: Substring, from start: String.Index) -> String.Index {
        var after = text[start...]
        guard let mark = after.popFirst(), "eE".contains(mark) else { return start }
        if let sign = after.first, "+-".contains(sign) { after = after.dropFirst() }
        let digits = after.prefix(while: isDigit)
        return digits.isEmpty ? start : digits.endIndex
    }

    /// `kg`, `km/h`, `m2`, `°C`.
    private static func takeWord(_ rest: inout Substring) -> Substring {
        var end = rest.startIndex
        while end < rest.endIndex {
            let next = rest.index(after: end)
            let isLast = next == rest.endIndex || !isDigit(rest[next]) && !isOfUnit(rest[next])
            let isPower = "23".contains(rest[end]) && isLast
            let isPer = rest[end] == "/" && next < rest.endIndex && isOfUnit(rest[next])
            guard isOfUnit(rest[end]) || isPower || isPer else { break }
            end = next
        }
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    private static func isOfUnit(_ character: Character) -> Bool {
        character.isLetter || "%‰°²³'\"′″".contains(character) || character.isCurrencySymbol
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
private func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte)
}
private func isDigit(_ character: Character) -> Bool {
    character.isASCII && character.isWholeNumber
}

extension QuantityCell {
    /// More different cells than this are no category that came about by chance.
    private static let few = 10
    /// Names with digits have more different letters than quantities have units.
    private static let mostUnits = 5

    /// So many different words tell what a column is.
    private static let mostWords = 2000

    /// The words of a column, or of many as many as are enough, from everywhere.
    static func sample(_ columns: [TableColumn]) -> [TableColumn.Word] {
        let words = columns.flatMap(\.words)
        guard words.count > mostWords else { return words }
        return (0..<mostWords).map { words[$0 * words.count / mostWords] }
    }

    /// The unit that most cells of a column have; nil where they have none or several. Others are to
    /// be corrected.
    ///
    /// - Parameter isSaid: whether few may have it, because the column is said to be of numbers.
    static func unit(_ columns: [TableColumn], isSaid: Bool = false) -> String? {
        let words = sample(columns)
        let count = words.reduce(0) { $0 + $1.count }
        let all = columns.reduce(0) { $0 + $1.wordCount }
        let numbers = columns.reduce(0) { $0 + $1.numberCount }
        // As many numbers as belong to the words that were looked at.
        let cells = all == 0 ? 0 : count + numbers * count / all
        let found = words.map { (count: $0.count, cell: QuantityCell($0.text)) }
        let units = found.compactMap { one in
            one.cell.flatMap { $0.isOne && !$0.unit.isEmpty ? ($0.unit, one.count) : nil }
        }
        let counts = Dictionary(units, uniquingKeysWith: +)
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
            return nil
        }
        let ofUnits = counts.values.reduce(0, +)
        let isMost = isSaid || most.value * 2 > cells
        return isMost && most.value * 10 > ofUnits * 9 ? most.key : nil
    }

    private static func isNumber(_ text: String) -> Bool {
        MarkedNumber(text).map { $0.value(.point) != nil || $0.value(.comma) != nil } ?? false
    }

    /// Whether all texts are numbers with decimals and the sign last, some with a plus, or with two
    /// signs, or beyond all floats: few of them are no words, either.
    private static func areOddNumbers(_ texts: [String]) -> Bool {
        let areSigned =
            texts.contains { $0.hasSuffix("+") } && texts.contains { $0.hasSuffix("-") }
        return texts.allSatisfy { text in
            let isLast =
                areSigned && "+-".contains(text.last ?? " ")
                && DecimalNumber.double(String(text.dropLast()))
                    .map { $0 != $0.rounded() } ?? false
            let isTwice =
                text.prefix { "+-".contains($0) }.count == 2
                && DecimalNumber.double(String(text.dropFirst(2))) != nil
            return isLast || isTwice || ForeignForm.hint(ofBeyond: text) != nil
        }
    }

    /// Names of units that are of one sort beside each other, and of no category.
    private static let measures: Set<String> = [
        "g", "kg", "mg", "t", "lb", "lbs", "oz", "m", "cm", "mm", "km", "in", "inch", "ft", "yd",
        "mi", "l", "cl", "dl", "ml", "gal", "s", "sec", "ms", "min", "mins", "minutes", "h", "hr",
        "hrs", "hour", "hours", "d", "day", "days", "w", "wk", "week", "weeks", "mo", "month",
        "months", "y", "yr", "yrs", "year", "years", "°c", "°f", "k", "kb", "mb", "gb", "tb", "kw",
        "mw", "hz", "khz", "mhz", "ghz", "bps", "km/h", "kmh", "kph", "mph", "m/s", "ft/s",
    ]

    /// Whether a word is the name of a unit, in capital letters too.
    static func isMeasure(_ word: some StringProtocol) -> Bool {
        measures.contains(word.lowercased())
    }

    /// Whether all texts are numbers with a unit, and their decimals or units say that they are no
    /// groups of which there are few.
    private static func areMeasures(_ texts: [String]) -> Bool {
        let cells = texts.compactMap { QuantityCell($0) }
        let units = Set(cells.map(\.unit))
        guard cells.allSatisfy(\.isOne), units.count > 1 else { return false }
        return texts.contains { $0.contains(".") }
            || units.allSatisfy { measures.contains($0.lowercased()) }
    }

    /// What a column that would be taken for words holds, and what would help, where most of its
    /// words are quantities that aren't read; nil where they aren't.
    static func problem(of name: String, _ columns: [TableColumn], isLabel: Bool) -> String? {
        let words = sample(columns)
        let quantities = words.compactMap { word in
            QuantityCell(word.text).map { (word: word, unit: $0.unit) }
        }
        guard !quantities.isEmpty else { return nil }
        // Beside them numbers that few cells have in such a form: `1.25-` beside `4.75+`.
        let numbers = words.compactMap { word in
            QuantityCell(word.text) == nil && isNumber(word.text) ? (word: word, unit: "") : nil
        }
        let found = quantities + numbers
        let cells = found.reduce(0) { $0 + $1.word.count }
        let different = Set(found.map(\.word.text)).count
        let units = Set(found.map(\.unit)).count
        let areOdd = areOddNumbers(words.map(\.text)) || areMeasures(quantities.map(\.word.text))
        guard cells * 2 > words.reduce(0, { $0 + $1.count }), units <= mostUnits,
            areOdd || different > few || different > 2 && different * 2 > cells
        else { return nil }
        let samples = found.prefix(3).map { "'\($0.word.text.prefix(20))'" }
        return "column '\(name)' holds \(samples.joined(separator: ", ")), which look like "
            + "quantities and can't be read as numbers; write numbers alone"
            + ForeignForm.ofWords(name, isLabel: isLabel)
    }
}
