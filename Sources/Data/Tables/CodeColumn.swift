/// A column of digits that are no quantities: two whole numbers around one sign that repeat
/// (`2:1`, `0/1`, `32/34`, `1920x1080`) or can be nothing else (`2019/20`, `739/2018`, `11-103`),
/// and postcodes such as `1004 CD`.
struct CodeColumn {
    /// One of its cells.
    let sample: String
    /// Whether cells are two numbers.
    let isOfPairs: Bool

    /// Two whole numbers and what stands between them.
    private struct Pair {
        let mark: Character
        let digits: (Substring, Substring)
        let numbers: (Int, Int)

        /// nil where a text is something else.
        init?(_ text: String) {
            guard text.utf8.count <= 24 else { return nil }
            let plain = CellText.plain(text).filter { $0 != " " }
            guard let place = plain.firstIndex(where: { "/:-+|xX×".contains($0) }) else {
                return nil
            }
            let (first, second) = (plain[..<place], plain[plain.index(after: place)...])
            func isWhole(_ text: Substring) -> Bool {
                (1...6).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
            }
            guard isWhole(first), isWhole(second), let one = Int(first), let other = Int(second)
            else { return nil }
            mark = "X×".contains(plain[place]) ? "x" : plain[place]
            digits = (first, second)
            numbers = (one, other)
        }

        private static let years = 1900...2099

        /// Whether it is a year and the next one, or a number in a year, as of a law.
        var isOfYears: Bool {
            func isYear(_ digits: Substring, _ number: Int) -> Bool {
                digits.count == 4 && Pair.years.contains(number)
            }
            if isYear(digits.0, numbers.0) {
                let next = numbers.0 + 1
                return numbers.1 == next || digits.1.count == 2 && numbers.1 == next % 100
            }
            return mark == "/" && isYear(digits.1, numbers.1)
        }

        /// Parts of a whole, as inches and cups have them.
        var isFraction: Bool {
            mark == "/" && numbers.0 > 0 && numbers.0 < numbers.1
                && [2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64, 100].contains(numbers.1)
        }

        /// Two pressures of blood.
        var mayBePressures: Bool {
            mark == "/" && numbers.0 > numbers.1 && (60...260).contains(numbers.0)
                && (30...160).contains(numbers.1)
        }
    }

    /// So many different ones, of which each stands twice, are groups; of more each stands five
    /// times.
    private static let (few, most) = (20, 100)

    /// nil where a column is none.
    init?(_ columns: [TableColumn]) {
        guard columns.allSatisfy({ $0.numberCount == 0 }) else { return nil }
        let words = QuantityCell.sample(columns)
        guard let first = words.first?.text else { return nil }
        if CodeColumn.arePostcodes(words.map(\.text)) {
            (sample, isOfPairs) = (first, false)
            return
        }
        let found = words.compactMap { word in Pair(word.text).map { (word: word, pair: $0) } }
        guard let one = found.first else { return nil }
        let cells = words.reduce(0) { $0 + $1.count }
        let ofPairs = found.reduce(0) { $0 + $1.word.count }
        let pairs = found.map(\.pair)
        // Words may stand among them, numbers of another form may not.
        let others = words.count - found.count
        let named = words.count { !$0.text.contains(where: \.isNumber) }
        guard ofPairs * 2 > cells, others == named, pairs.allSatisfy({ $0.mark == one.pair.mark }),
            !CodeColumn.most(found, are: \.isFraction),
            !CodeColumn.most(found, are: \.mayBePressures)
        else { return nil }
        let different = Set(found.map(\.word.text)).count
        let doRepeat =
            different <= CodeColumn.few && cells >= different * 2
            || different <= CodeColumn.most && cells >= different * 5
        guard doRepeat || pairs.allSatisfy(\.isOfYears) || CodeColumn.arePadded(pairs) else {
            return nil
        }
        (sample, isOfPairs) = (one.word.text, true)
    }

    /// Whether most cells are such; one that isn't doesn't make codes of quantities.
    private static func most(
        _ found: [(word: TableColumn.Word, pair: Pair)], are isSuch: (Pair) -> Bool
    ) -> Bool {
        let such = found.reduce(0) { $0 + (isSuch($1.pair) ? $1.word.count : 0) }
        return such * 2 > found.reduce(0) { $0 + $1.word.count }
    }

    /// Whether all cells of a column are a year and the next, as of seasons, and not months: there are
    /// several, and that they all are by chance is unlikely.
    static func areSeasons(_ columns: [TableColumn]) -> Bool {
        columns.allSatisfy { column in
            column.words.allSatisfy { word in
                Pair(word.text).map { $0.isOfYears && $0.digits.0.count == 4 } ?? false
            }
        } && columns.allSatisfy { $0.numberCount == 0 }
            && Set(columns.flatMap { $0.words.map(\.text) }).count > 1
    }

    /// Whether all have as many digits before a hyphen, and as many others behind it: `11-103`.
    private static func arePadded(_ pairs: [Pair]) -> Bool {
        guard let first = pairs.first, first.mark == "-" else { return false }
        let widths = (first.digits.0.count, first.digits.1.count)
        return pairs.count > 1 && widths.0 != widths.1 && widths.0 + widths.1 > 4
            && pairs.allSatisfy { ($0.digits.0.count, $0.digits.1.count) == widths }
    }

    /// Whether all are four digits and two capital letters, of which there are several, and none is
    /// a unit: `1004 CD`.
    private static func arePostcodes(_ texts: [String]) -> Bool {
        var letters: Set<Substring> = []
        for text in texts {
            let bytes = Array(text.utf8)
            guard (6...7).contains(bytes.count), bytes[0] != 48,
                bytes.prefix(4).allSatisfy({ (48...57).contains($0) }),
                bytes.suffix(2).allSatisfy({ (65...90).contains($0) }),
                bytes.count == 6 || bytes[4] == 32, !QuantityCell.isMeasure(text.suffix(2))
            else { return false }
            letters.insert(text.suffix(2))
        }
        return letters.count > 1
    }

    /// Whether a number is written as a code may be, too, and programs don't write it: `3E5`.
    static func mayBeCode(_ text: String.UTF8View) -> Bool {
        guard (3...8).contains(text.count), let mark = text.firstIndex(of: UInt8(ascii: "E")) else {
            return false
        }
        return mark != text.startIndex
            && text.enumerated().allSatisfy { (48...57).contains($1) || $1 == UInt8(ascii: "E") }
    }

    /// Whether words such as `3F5` say that numbers such as `3E5` are codes, as they are.
    static func areCodes(_ columns: [TableColumn]) -> Bool {
        guard columns.contains(where: { $0.codeSample != nil && !$0.keepsText }) else {
            return false
        }
        let codes = columns.flatMap(\.words).filter { word in
            let text = word.text.utf8
            return text.count <= 12 && text.first.map { (48...57).contains($0) } ?? false
                && text.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
                && QuantityCell(word.text) == nil
        }
        let cells = columns.reduce(0) { $0 + $1.numberCount + $1.wordCount }
        return codes.reduce(0) { $0 + $1.count } * 5 >= cells
    }
}
