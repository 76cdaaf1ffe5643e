/// Whole numbers and words of which each names a group: `1`, `2`, `3` and `crew`; `38` to `42` and
/// `S`; `0`, `1`, `2` and `3+`. A word that stands for nothing, or a number that is written in
/// another way, is none.
struct MixedGroups {
    /// One of the numbers, and one of the words.
    let number, word: String

    /// More different cells are no groups.
    private static let most = 24
    /// One word among more different numbers is no group of theirs.
    private static let besideOne = 8
    /// The largest number that is the name of one.
    private static let largest = 999.0

    /// nil where a column holds something else.
    init?(_ columns: [TableColumn]) {
        guard !columns.contains(where: { $0.form != nil || $0.paddedCount > 0 }) else { return nil }
        var words: [String: Int] = [:]
        var numbers: [Double: Int] = [:]
        for word in columns.flatMap(\.words) {
            if let number = DecimalNumber.double(word.text) {
                numbers[number, default: 0] += word.count
            } else {
                words[word.text, default: 0] += word.count
            }
            guard words.count + numbers.count <= MixedGroups.most else { return nil }
        }
        guard !words.isEmpty else { return nil }
        for column in columns where column.numberCount > 0 {
            for row in 0..<column.count {
                guard let number = column.number(row) else { continue }
                numbers[number, default: 0] += 1
                guard words.count + numbers.count <= MixedGroups.most else { return nil }
            }
        }
        let areNames = numbers.keys.allSatisfy {
            $0 == $0.rounded() && (0...MixedGroups.largest).contains($0)
        }
        let cells = (Array(words.values) + Array(numbers.values)).reduce(0, +)
        guard numbers.count > 1 || numbers.count == 1 && words.count > 1, areNames,
            cells >= (words.count + numbers.count) * 3,
            words.count > 1 || numbers.count <= MixedGroups.besideOne,
            words.allSatisfy({ $0.value >= 3 && $0.value * 50 >= cells }),
            words.keys.allSatisfy({ MixedGroups.isName($0, among: numbers.keys) }),
            let least = numbers.keys.min(),
            let word = words.keys.min(),
            !words.keys.allSatisfy({ BooleanWord.value($0) != nil })
        else { return nil }
        number = TableColumn.text(least)
        self.word = word
    }

    /// Words for what isn't known, which `--null` is for.
    private static let nothings: Set<String> = [
        "none", "nil", "unknown", "unk", "missing", "n.a.", "n.a", "n/d", "nd", "n.d.", "tbd",
        "tba",
        "error", "err", "undefined", "void", "blank", "empty", "not available", "not applicable",
        "not known", "unspecified", "no data", "invalid", "bad", "x", "xx", "null", "nul",
        "absent", "pending", "refused", "no answer", "no response", "don't know", "dk", "removed",
        "deleted", "unavailable", "withheld", "declined", "unrated", "n.v.t.", "k.a.",
        "keine angabe", "unbekannt", "inconnu", "desconocido", "sconosciuto",
    ]

    /// Whether a word is all that lies below the numbers, as `<1` beside 1 and 2, or above them, as
    /// `>=50`. One among them is a bound of a number that nobody knows.
    private static func isEnd(_ word: String, of numbers: some Sequence<Double>) -> Bool {
        let mark = word.prefix { "<>=≤≥".contains($0) }
        let rest = word.dropFirst(mark.count).drop { $0 == " " }
        guard let bound = Int(rest).map({ Double($0) }) else { return false }
        return switch mark {
        case "<": numbers.allSatisfy { $0 >= bound }
        case "<=", "≤": numbers.allSatisfy { $0 > bound }
        case ">": numbers.allSatisfy { $0 <= bound }
        case ">=", "≥": numbers.allSatisfy { $0 < bound }
        default: false
        }
    }

    private static func isName(_ word: String, among numbers: some Sequence<Double>) -> Bool {
        guard word.utf8.count <= 40, word.first != "#",
            word.contains(where: { $0.isLetter || $0.isNumber }),
            !nothings.contains(word.lowercased()),
            !["not ", "no "].contains(where: word.lowercased().hasPrefix),
            CalendarDate.days(word) == nil,
            !ForeignForm.isDate(word), !MonthName.isLike(word)
        else { return false }
        // 3+ is the last of such groups, and 31-33 are several in one.
        if word.hasSuffix("+"), Int(word.dropLast()) != nil { return true }
        if isEnd(word, of: numbers) { return true }
        let ends = word.split(separator: "-", omittingEmptySubsequences: false)
        if ends.count == 2, ends.allSatisfy({ Int($0) != nil }) { return true }
        return QuantityCell(word) == nil && ForeignForm.hint(word).isEmpty
    }
}
