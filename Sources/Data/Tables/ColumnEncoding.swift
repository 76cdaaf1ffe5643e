import FTSupport
import Glibc

/// How the cells of a column become numbers, fitted on the training rows.
package struct ColumnEncoding: Sendable, Equatable {
    /// The column.
    package let name: String
    /// What its cells say.
    package let kind: ColumnKind
    /// How its numbers are written; nil where that is as programs write them.
    package var form: NumberForm?
    /// Which number is the day in dates with the year last; nil where there are none.
    package var order: DateOrder?
    /// Whether dates have AM or PM, without which their time may be of either half of the day.
    package var hasHalves = false
    /// Whether dates have times of day that differ, so that these are inputs, too.
    package var hasTimes = false
    /// The number, or the place of the category, that stands for a missing cell; nil where none
    /// may.
    package var fill: Double?
    /// What is subtracted from a number, and what it is then divided by.
    package var mean = 0.0
    package var deviation = 1.0
    /// The extremes of the training rows.
    package var low = 0.0
    package var high = 0.0
    /// The words of a category in their order: each is an input that is 1 for it and 0 for others.
    package var categories: [String] = []

    init(_ name: String, _ kind: ColumnKind) {
        self.name = name
        self.kind = kind
    }

    /// The inputs that the column becomes.
    package var features: [String] {
        switch kind {
        case .number, .boolean: [name]
        case .category: categories.map { "\(name)=\($0)" }
        case .date:
            ["\(name) day", "\(name) sine of the year", "\(name) cosine of the year"]
                + (hasTimes ? ["\(name) sine of the day", "\(name) cosine of the day"] : [])
        case .id, .skip: []
        }
    }
}

/// Reads the cells of one column as numbers: quantities, 0 and 1, days, or places among categories.
struct CellReader {
    private let column: TableColumn
    private let kind: ColumnKind
    private var words: [Double?]
    private let places: [String: Int]

    /// - Parameters:
    ///   - order: of dates with the year last.
    ///   - halves: whether others of the column have AM or PM.
    init(
        _ column: TableColumn, _ kind: ColumnKind, _ order: DateOrder?, halves: Bool = false,
        categories: [String] = []
    ) {
        self.column = column
        self.kind = kind
        let places = ColumnEncoding.places(categories)
        self.places = places
        words = column.words.map { word in
            switch kind {
            case .boolean: BooleanWord.value(word.text)
            case .date: CalendarDate.days(word.text, order, halves: halves)
            case .category: places[word.text].map { Double($0) }
            default: nil
            }
        }
    }

    /// The value in a row; nil where it is missing or is none of that kind.
    func callAsFunction(_ row: Int) -> Double? {
        if let word = column.word(row) { return words[word] }
        guard let number = column.number(row) else { return nil }
        switch kind {
        case .number: return number
        case .boolean: return number == 0 || number == 1 ? number : nil
        case .category: return places[TableColumn.text(number)].map { Double($0) }
        default: return nil
        }
    }
}

extension ColumnEncoding {
    /// The place of each word, without spaces at its ends, which cells are read without and words
    /// that were fitted before that may have.
    static func places(_ words: [String]) -> [String: Int] {
        var places = Dictionary(uniqueKeysWithValues: zip(words, words.indices))
        for (place, word) in words.enumerated() {
            let trimmed = CellText.trimmed(word)
            if places[trimmed] == nil { places[trimmed] = place }
        }
        return places
    }

    /// Fits an encoding on the values of the training rows.
    static func fit(
        _ column: TableColumn, _ kind: ColumnKind, _ order: DateOrder?, halves: Bool, rows: [Int],
        missing: MissingRule?, standardizes: Bool
    ) -> ColumnEncoding {
        var encoding = ColumnEncoding(column.name, kind)
        guard kind != .id, kind != .skip else { return encoding }
        encoding.form = column.form
        if kind == .date { (encoding.order, encoding.hasHalves) = (order, halves) }
        if kind == .category {
            encoding.categories = Words.sorted(Set(rows.compactMap { column.text($0) }))
        }
        let read = encoding.reader(column)
        let values = rows.compactMap { read($0) }
        if let missing { encoding.setFill(missing, values) }
        guard kind == .number || kind == .date, !values.isEmpty else { return encoding }
        encoding.low = values.min() ?? 0
        encoding.high = values.max() ?? 0
        if kind == .date, let first = values.first.map(CalendarDate.timeOfDay) {
            encoding.hasTimes = values.contains { CalendarDate.timeOfDay($0) != first }
        }
        if kind == .date || standardizes {
            (encoding.mean, encoding.deviation) = ColumnEncoding.moments(values)
        }
        return encoding
    }

    /// What reads the cells of such a column.
    func reader(_ column: TableColumn) -> CellReader {
        CellReader(column, kind, order, halves: hasHalves, categories: categories)
    }

    /// Mean and deviation of the numbers that float32 reaches; a deviation of 1 for values that are
    /// all equal, or differ by no more than their sum is rounded.
    static func moments(_ all: [Double]) -> (mean: Double, deviation: Double) {
        let values = all.filter { Float($0).isFinite }
        guard let low = values.min(), let high = values.max() else { return (0, 1) }
        if low == high { return (low, 1) }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(values.count)).squareRoot()
        let rounding = max(abs(low), abs(high)).ulp * Double(values.count).squareRoot()
        return (mean, deviation > rounding ? deviation : 1)
    }

    private mutating func setFill(_ rule: MissingRule, _ values: [Double]) {
        switch rule {
        case .drop: return
        case .value(let text):
            if kind == .category, !categories.contains(text) { categories.append(text) }
            fill =
                switch kind {
                case .category: categories.firstIndex(of: text).map { Double($0) }
                case .boolean: BooleanWord.value(text) ?? DecimalNumber.double(text)
                case .date: CalendarDate.days(text, order)
                default: DecimalNumber.double(text)
                }
            return
        case .median, .mean, .mostFrequent: break
        }
        guard !values.isEmpty else { return }
        let isQuantity = kind == .number || kind == .date
        switch rule {
        case .median where isQuantity: fill = ColumnEncoding.median(values)
        case .mean where isQuantity: fill = values.reduce(0, +) / Double(values.count)
        default: fill = ColumnEncoding.mostFrequent(values)
        }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
        return low + (high - low) / 2
    }

    /// Of values that are equally frequent the least.
    private static func mostFrequent(_ values: [Double]) -> Double? {
        let counts = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// Whether a number that isn't 0 becomes what 0 becomes, because float32 holds none so small.
    func vanishes(_ value: Double) -> Bool {
        kind == .number && value.vanishes { Float(($0 - mean) / deviation) }
    }

    /// The inputs of one cell's value, in the order of `features`.
    func write(_ value: Double?, into out: inout [Float]) {
        switch kind {
        case .number, .boolean: out.append(Float(((value ?? 0) - mean) / deviation))
        case .category:
            for place in categories.indices { out.append(Double(place) == value ? 1 : 0) }
        case .date:
            let days = value ?? 0
            let turn = (days / 365.2425).truncatingRemainder(dividingBy: 1) * 2 * Double.pi
            out += [Float((days - mean) / deviation), Float(sin(turn)), Float(cos(turn))]
            guard hasTimes else { return }
            let time = CalendarDate.timeOfDay(days) * 2 * Double.pi
            out += [Float(sin(time)), Float(cos(time))]
        case .id, .skip: return
        }
    }
}
