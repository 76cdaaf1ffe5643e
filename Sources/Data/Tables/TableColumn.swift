/// The cells of a column as they are read: numbers, and each different word once.
struct TableColumn: Sendable {
    /// A text and how many cells hold it.
    struct Word: Sendable {
        let text: String
        var count = 0
    }

    private static let missing: Int32 = -2
    private static let number: Int32 = -1

    let name: String
    /// Whether numbers are kept as the text that they are written as.
    let keepsText: Bool
    /// How numbers are written; nil where that is as programs write them.
    let form: NumberForm?
    /// Whether numbers that are written in another way are read where they have one reading.
    private let readsCertain: Bool
    private var numbers: [Double] = []
    private var codes: [Int32] = []
    private(set) var words: [Word] = []
    private(set) var missingCount = 0
    /// How many numbers are written as no number is, with a 0 before: `007`.
    private(set) var paddedCount = 0
    /// A number that is written as a code may be, such as `3E5`; nil where there is none.
    private(set) var codeSample: String?
    /// How many words had spaces at their ends.
    private(set) var trimmedCount = 0
    private var known: [String: Int32] = [:]

    /// - Parameter count: the rows before the column first appears, in which it is missing.
    init(
        _ name: String, keepsText: Bool, form: NumberForm? = nil, readsCertain: Bool = false,
        count: Int = 0
    ) {
        self.readsCertain = readsCertain
        self.name = name
        self.keepsText = keepsText
        self.form = form
        for _ in 0..<count { addMissing() }
    }

    /// Whether any number is no whole one.
    var hasFractions: Bool { numbers.contains { $0 != $0.rounded() } }

    var count: Int { codes.count }
    var numberCount: Int { count - missingCount - wordCount }
    var wordCount: Int { words.reduce(0) { $0 + $1.count } }

    func isMissing(_ row: Int) -> Bool { codes[row] == TableColumn.missing }

    /// The number in a row; nil for a word or nothing.
    func number(_ row: Int) -> Double? {
        codes[row] == TableColumn.number ? numbers[row] : nil
    }

    /// The place of a row's word among all; nil for a number or nothing.
    func word(_ row: Int) -> Int? { codes[row] >= 0 ? Int(codes[row]) : nil }

    /// What a row holds, as text; nil for nothing.
    func text(_ row: Int) -> String? {
        if let word = word(row) { return words[word].text }
        return number(row).map(TableColumn.text)
    }

    /// A number as people write it: without decimals where it is whole.
    static func text(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// - Parameters:
    ///   - isPlain: whether a number is written as programs do, whatever the form says. In a column
    ///     of percents or times it is none: 0.1 may be meant as 10%.
    ///   - isTrimmed: whether spaces at its ends were left out.
    mutating func add(_ text: String, isPlain: Bool = false, isTrimmed: Bool = false) {
        if !isPlain, codeSample == nil, CodeColumn.mayBeCode(text.utf8) { codeSample = text }
        let form = isPlain && form?.needsMark != true ? nil : form
        if !keepsText, let value = form.map({ $0.value(text) }) ?? plain(text) {
            numbers.append(value)
            codes.append(TableColumn.number)
            if TableColumn.isPadded(text.utf8) { paddedCount += 1 }
            return
        }
        if isTrimmed { trimmedCount += 1 }
        let code = known[text] ?? Int32(words.count)
        if Int(code) == words.count {
            known[text] = code
            words.append(Word(text: text))
        }
        words[Int(code)].count += 1
        numbers.append(0)
        codes.append(code)
    }

    private func plain(_ text: String) -> Double? {
        DecimalNumber.double(text) ?? (readsCertain ? MarkedNumber.certain(text) : nil)
    }

    /// What to say after a cell that is none of its column's kind: how it would be read, or is
    /// written elsewhere.
    ///
    /// - Parameter order: of dates with the year last.
    func hint(_ row: Int, _ kind: ColumnKind, _ order: DateOrder? = nil) -> String {
        let text = text(row) ?? ""
        if kind == .date, CalendarDate.days(text, order) != nil {
            return " (write it with AM or PM)"
        }
        return form.map { $0.hint(text) } ?? ForeignForm.hint(text)
    }

    private static func isPadded(_ text: String.UTF8View) -> Bool {
        text.first == UInt8(ascii: "0") && text.count > 1
            && text.allSatisfy { (48...57).contains($0) }
    }

    mutating func addMissing() {
        missingCount += 1
        numbers.append(0)
        codes.append(TableColumn.missing)
    }
}
