import FTSupport

/// A cell that holds a number in a form that isn't read, or several: `0x1F`, `½`, `3/4`, `1_000`,
/// `1.5×10³`, `1·5`, `2.5*`, `=5`, `1 h 20 min`, `5'11"`, `~5`, `1 in 5`, `(1, 2)`, `2024-Q1`.
/// Codes are none: `1FFh`, `#12`, `12th`, `10_11`, `1.2.3`, `10-20`.
struct DisguisedNumber {
    /// What it is, for people: `numbers to the base 16`.
    let what: String
    /// What would be read in its place; nil where that isn't certain.
    let plain: String?
    /// What to write instead, where that is no one number.
    let remedy: String

    private init(
        _ what: String, _ plain: String? = nil, remedy: String = "write one number in a cell"
    ) {
        self.what = what
        self.plain = plain
        self.remedy = remedy
    }

    /// nil where a text is something else, or a number as it is read.
    static func read(_ text: String) -> DisguisedNumber? {
        guard (1...40).contains(text.utf8.count), mayBe(text) else { return nil }
        let plain = CellText.plain(text)
        for reading in readings {
            if let found = reading(plain) { return found }
        }
        return ComposedQuantity.read(plain).map {
            DisguisedNumber(
                "\($0) of several numbers", remedy: "write one number for each, in one unit")
        }
    }

    private static let readings: [@Sendable (String) -> DisguisedNumber?] = [
        { based($0) }, { fraction($0) }, { power($0) }, { grouped($0) }, { marked($0) },
        { partOfYear($0) }, { several($0) }, { about($0) }, { infinite($0) },
    ]

    /// Whether a text begins as such numbers do; most words don't.
    private static func mayBe(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        return !first.isASCII || ("0"..."9").contains(first)
            || "+-.='\"~([{$iIqQhHwWpPcCaAfFmMsS".unicodeScalars.contains(first)
    }

    /// A number in decimal digits, whole ones grouped by nothing: `12`, `-1.5`.
    private static func number(_ text: some StringProtocol) -> Double? {
        guard let last = text.last, last.isASCII, last.isWholeNumber,
            text.utf8.allSatisfy({ isDigit($0) || [43, 45, 46].contains($0) })
        else { return nil }
        return Double(text)
    }

    private static func isWhole(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func written(_ value: Double) -> String { Format.short(value, digits: 12) }

    /// `0x1F`, `0o17`, `0b101`, up to 32 bits: longer ones are names, of accounts and the like.
    private static func based(_ text: String) -> DisguisedNumber? {
        let lower = text.lowercased()
        for (start, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where lower.hasPrefix(start) {
            // C writes 8.0 as 0x1p3.
            let value =
                UInt32(lower.dropFirst(2), radix: base).map { Double($0) }
                ?? (lower.contains("p") ? Double(lower) : nil)
            return value.map { DisguisedNumber("numbers to the base \(base)", written($0)) }
        }
        return nil
    }

    /// `½`, `1½`, `3/4`, `1 3/4`, and a sign that is a number, `②`.
    private static func fraction(_ text: String) -> DisguisedNumber? {
        if let last = text.unicodeScalars.last, last.properties.generalCategory == .otherNumber,
            let value = last.properties.numericValue, !isRaised(last)
        {
            let before = text.dropLast().filter { $0 != " " }
            if before.isEmpty {
                let what = value == value.rounded() ? "numbers in one sign" : "fractions"
                return DisguisedNumber(what, written(value))
            }
            guard value < 1, let whole = number(before) ?? (before == "-" ? 0 : nil) else {
                return nil
            }
            let sum = abs(whole) + value
            return DisguisedNumber("fractions", written(before.hasPrefix("-") ? -sum : sum))
        }
        let parts = text.split { $0 == "/" || $0 == "⁄" }
        guard parts.count == 2, text.count(where: { $0 == "/" || $0 == "⁄" }) == 1 else {
            return nil
        }
        let before = parts[0].split(separator: " ")
        let below = parts[1].drop { $0 == " " }
        guard (1...2).contains(before.count), isWhole(below), below.count < 4,
            let top = before.last, isWhole(top.drop { $0 == "-" || $0 == "+" }),
            top.count < 5, before.count == 1 || isWhole(before[0])
        else { return nil }
        guard let over = Double(top), let under = Double(below), under > 0 else { return nil }
        if before.count == 2, let whole = Double(before[0]), over < under {
            return DisguisedNumber("fractions", written(whole + over / under))
        }
        return before.count == 1
            ? DisguisedNumber(
                "fractions, dates or two numbers",
                remedy:
                    "write 0.5 for a half, 2024-01-31 for a day, a column for each of two numbers")
            : nil
    }

    private static func isRaised(_ scalar: Unicode.Scalar) -> Bool {
        [0xB2, 0xB3, 0xB9].contains(scalar.value) || (0x2070...0x2079).contains(scalar.value)
    }

    /// `1.5×10³`, `2*10^-3`, `10^5`, `1.5D+03`.
    private static func power(_ text: String) -> DisguisedNumber? {
        let what = "powers"
        if let mark = text.firstIndex(where: { "dD".contains($0) }) {
            let (digits, exponent) = (text[..<mark], text[text.index(after: mark)...])
            guard number(digits) != nil, let power = Int(exponent), digits.contains("."),
                let sign = exponent.first, "+-0".contains(sign)
            else { return nil }
            return DisguisedNumber(what, "\(digits)e\(power)")
        }
        let compact = text.filter { $0 != " " }
        let times = compact.firstIndex { "×x*·⋅".contains($0) }
        let digits = times.map { compact[..<$0] } ?? "1"
        var rest = times.map { compact[compact.index(after: $0)...] } ?? compact[...]
        guard number(digits) != nil, rest.hasPrefix("10") else { return nil }
        rest = rest.dropFirst(2)
        let isMarked = rest.first == "^"
        if isMarked { rest = rest.dropFirst() }
        if rest.hasPrefix("**") { rest = rest.dropFirst(2) }
        let plain = String(rest.unicodeScalars.compactMap { lowered($0) })
        let isRaised = rest.unicodeScalars.first.map { !$0.isASCII } ?? false
        guard isMarked || isRaised || compact.contains("**"), let power = Int(plain) else {
            return nil
        }
        return DisguisedNumber(what, "\(digits)e\(power)")
    }

    /// A raised digit or sign as ASCII has it.
    private static func lowered(_ scalar: Unicode.Scalar) -> Character? {
        switch scalar.value {
        case 0x207A: return "+"
        case 0x207B: return "-"
        default: break
        }
        if isRaised(scalar), let value = scalar.properties.numericValue {
            return Character("\(Int(value))")
        }
        return Character(scalar)
    }

    /// `1_000`, and `1·5`, which may be 1.5 or 15.
    private static func grouped(_ text: String) -> DisguisedNumber? {
        let digits = text.drop { $0 == "-" || $0 == "+" }
        let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
        if groups.count > 1, groups.allSatisfy(isWhole), groups[0].first != "0",
            groups[0].count < 4, groups.dropFirst().allSatisfy({ $0.count == 3 })
        {
            return DisguisedNumber("numbers with _ in them", text.filter { $0 != "_" })
        }
        let parts = digits.split(omittingEmptySubsequences: false) { "·˙‧∙•⋅".contains($0) }
        guard parts.count == 2, parts.allSatisfy(isWhole) else { return nil }
        return DisguisedNumber(
            "numbers with a point in the middle",
            parts[1].count == 3
                ? nil : "\(text.prefix { "+-".contains($0) })\(parts[0]).\(parts[1])"
        )
    }

    /// `=5`, `'5`, `="5"`, `2.5*`, `2.5¹`, `5?`.
    private static func marked(_ text: String) -> DisguisedNumber? {
        let inner = text.drop { "='\"".contains($0) }
        if inner.count < text.count {
            let digits = inner.hasSuffix("\"") ? inner.dropLast() : inner
            return number(digits) == nil
                ? nil : DisguisedNumber("numbers with a mark before", String(digits))
        }
        let digits = text.unicodeScalars.prefix {
            $0.isASCII && isDigit(UInt8($0.value)) || "+-.".unicodeScalars.contains($0)
        }
        let after = text.unicodeScalars[digits.endIndex...].drop { $0 == " " }
        let marks = "*†‡§¶!?.,;".unicodeScalars
        guard let plain = number(String(digits)), !after.isEmpty, after.count < 4,
            after.allSatisfy({ marks.contains($0) || isRaised($0) })
        else { return nil }
        return DisguisedNumber("numbers with a mark behind", written(plain))
    }

    /// `2024Q1`, `Q1 2024`, `2024-H2`, `2024-M01`, `2024-W05`, `FY2024`.
    private static func partOfYear(_ text: String) -> DisguisedNumber? {
        let compact = text.uppercased().filter { !" -/'".contains($0) }
        func isYear(_ digits: Substring) -> Bool {
            digits.utf8.count == 4 && isWhole(digits) && ("1800"..."2199").contains(digits)
        }
        func isPart(_ part: Substring) -> Bool {
            guard let number = Int(part.dropFirst()), isWhole(part.dropFirst()) else {
                return false
            }
            switch part.first {
            case "M": return part.count == 3 && (1...12).contains(number)
            case "S": return part.count == 2 && (1...2).contains(number)
            case "Q": return part.count == 2 && (1...4).contains(number)
            case "H": return part.count == 2 && (1...2).contains(number)
            case "W": return part.count == 3 && (1...53).contains(number)
            default: return false
            }
        }
        if compact.hasPrefix("FY"), isYear(compact.dropFirst(2)) {
            return DisguisedNumber("years", String(compact.dropFirst(2)))
        }
        let isPartOfYear =
            isYear(compact.prefix(4)) && isPart(compact.dropFirst(4))
            || isYear(compact.suffix(4)) && isPart(compact.dropLast(4))
        return isPartOfYear
            ? DisguisedNumber(
                "parts of years", remedy: "write the first day of each, as 2024-01-01") : nil
    }

    /// `(1, 2)`, `[1;2]`, `0.5 0.6`, `1:2`, `1 in 5`, `5 (1)`.
    private static func several(_ text: String) -> DisguisedNumber? {
        let what = "several numbers"
        let remedy = "write a column for each"
        let isEnclosed = [("(", ")"), ("[", "]"), ("{", "}")].contains {
            text.hasPrefix($0.0) && text.hasSuffix($0.1)
        }
        let inner = isEnclosed ? text.dropFirst().dropLast() : text[...]
        let numbers = inner.split { " ,;|".contains($0) }
        let areNumbers = numbers.count > 1 && numbers.allSatisfy { number($0) != nil }
        if areNumbers, isEnclosed || numbers.contains(where: { $0.contains(".") }) {
            let isOne = MarkedNumber(text).map { number in
                DecimalMark.allCases.contains { number.value($0) != nil }
            }
            return isOne ?? false ? nil : DisguisedNumber(what, remedy: remedy)
        }
        if isEnclosed, text.first != "(", numbers.count == 1, number(numbers[0]) != nil {
            return DisguisedNumber("numbers in brackets", String(numbers[0]))
        }
        for mark in [" in ", " of ", " out of ", ":", "±", "+/-", "(", "×", "x", "*"] {
            guard let found = text.split(mark), number(found.before) != nil else { continue }
            let after = mark == "(" ? found.after.prefix { $0 != ")" } : found.after
            guard number(after) != nil else { continue }
            if mark == ":" {
                if ClockTime.isTime(text) { continue }
                if after.contains(".") {
                    return DisguisedNumber(
                        "minutes and seconds", remedy: "write one number for both, in one unit")
                }
            }
            return DisguisedNumber(what, remedy: remedy)
        }
        return nil
    }

    /// `~5`, `ca. 5`, `$1k`.
    private static func about(_ text: String) -> DisguisedNumber? {
        let lower = text.lowercased()
        for start in ["~", "≈", "±", "ca. ", "ca ", "c. ", "circa ", "approx. ", "about "]
        where lower.hasPrefix(start) {
            let digits = lower.dropFirst(start.count).drop { $0 == " " }
            if number(digits) != nil {
                return DisguisedNumber("numbers with a mark before", String(digits))
            }
        }
        guard let first = text.unicodeScalars.first, let last = text.last,
            first.properties.generalCategory == .currencySymbol, "kKmMbB".contains(last),
            let value = number(text.dropFirst().dropLast())
        else { return nil }
        let factor = "kK".contains(last) ? 1e3 : "mM".contains(last) ? 1e6 : 1e9
        return DisguisedNumber("amounts in thousands or more", written(value * factor))
    }

    private static func infinite(_ text: String) -> DisguisedNumber? {
        let word = text.lowercased().drop { $0 == "-" || $0 == "+" }
        return ["inf", "infinity", "∞"].contains(String(word))
            ? DisguisedNumber("infinities", remedy: "leave those cells empty, or write a limit")
            : nil
    }
}

extension String {
    /// What stands before and after the first place of a text, without spaces; nil without it.
    fileprivate func split(_ mark: String) -> (before: Substring, after: Substring)? {
        guard let start = indices.first(where: { self[$0...].hasPrefix(mark) }) else { return nil }
        let before = self[..<start]
        let trimmed = before.lastIndex { $0 != " " }.map { before[...$0] } ?? ""
        return (trimmed, self[start...].dropFirst(mark.count).drop { $0 == " " })
    }
}
