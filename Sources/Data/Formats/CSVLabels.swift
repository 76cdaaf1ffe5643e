package import Tensor

/// A column of labels as it is read, each different text once.
package struct CSVLabels: Sendable {
    /// What a text is.
    private enum Kind { case whole, number, word, spoiled }

    private struct Text {
        let field: CSVScanner.Field
        let kind: Kind
        var count = 0
    }

    private let path: String
    private let areWords: Bool
    private var texts: [Text] = []
    private var known: [String: Int] = [:]
    /// The text of each row.
    private var rows: [Int32] = []

    /// - Parameter areWords: whether texts that look like numbers are names, too.
    init(_ path: String, areWords: Bool) {
        self.path = path
        self.areWords = areWords
    }

    mutating func add(_ field: CSVScanner.Field) {
        let index = known[field.text] ?? texts.count
        if index == texts.count {
            known[field.text] = index
            texts.append(Text(field: field, kind: areWords ? .word : CSVLabels.kind(field.text)))
        }
        texts[index].count += 1
        rows.append(Int32(index))
    }

    /// How many labels are numbers that aren't 0 and become 0 as float32.
    var tooSmall: Int {
        texts.reduce(0) { sum, text in
            sum + (text.kind == .number && DecimalNumber.vanishes(text.field.text) ? text.count : 0)
        }
    }

    private static func kind(_ text: String) -> Kind {
        if Int(text) != nil { return .whole }
        if DecimalNumber.float(text) != nil { return .number }
        if Float(text) != nil { return .spoiled }
        // 1,234 and 10,5 and 12%, but not 2026-01-31 or 10-19.
        let isNumberLike = text.allSatisfy { "0123456789.,'%".contains($0) }
        return isNumberLike && text.contains { $0.isNumber } ? .spoiled : .word
    }

    /// Throws at the first label that isn't like most: a word among numbers, a number among words,
    /// or what looks like a number and can't be read as one.
    func check() throws {
        let words = texts.reduce(0) { $0 + ($1.kind == .word ? $1.count : 0) }
        let isMixed = words > 0 && words < rows.count
        let areWordsFew = words <= rows.count - words
        let found = texts.first { text in
            text.kind == .spoiled || isMixed && (text.kind == .word) == areWordsFew
        }
        guard let odd = found else { return }
        let text = odd.field.text.prefix(40)
        let problem =
            switch odd.kind {
            case .spoiled: "the label '\(text)' is not a finite number; write it like 1234.5"
            case .word: "the label '\(text)' is a word, most are numbers; correct it"
            case .whole, .number: "the label '\(text)' is a number, most are words; correct it"
            }
        throw DataError(
            "\(path):\(odd.field.line):\(odd.field.column)",
            "\(problem), or read all labels as words (--words)"
                + (odd.field.line == 1 ? "; if this is the header, say so (--header)" : ""))
    }

    private func all(_ isOne: (Kind) -> Bool) -> Bool { texts.allSatisfy { isOne($0.kind) } }

    /// The targets of columns that belong together, and the words that they number: the same word
    /// has the same number in all, in alphabetical order; no words where labels are numbers.
    ///
    /// Throws where some hold words and others numbers.
    package static func targets(
        of columns: [CSVLabels]
    ) throws -> (targets: [NDArray], classes: [String]) {
        if columns.allSatisfy({ $0.all { $0 == .whole } }) {
            return (columns.map { $0.array { Int($0) ?? 0 } }, [])
        }
        let isOfWords = columns.map { $0.all { $0 == .word } }
        if !isOfWords.contains(true) { return (columns.map { $0.array { Float($0) ?? 0 } }, []) }
        if let other = isOfWords.firstIndex(of: false), let words = isOfWords.firstIndex(of: true) {
            throw DataError(
                columns[other].path,
                "its labels are numbers, those of \(columns[words].path) words; correct one of them, or "
                    + "read all labels as words (--words)")
        }
        let classes = Set(columns.flatMap { $0.texts.map(\.field.text) }).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
        return (columns.map { $0.array { numbers[$0] ?? 0 } }, classes)
    }

    private func array<Element: TensorElement>(_ value: (String) -> Element) -> NDArray {
        let values = texts.map { value($0.field.text) }
        return NDArray(rows.map { values[Int($0)] })
    }
}
