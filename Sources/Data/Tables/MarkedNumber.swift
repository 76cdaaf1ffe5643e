/// A number as people write it: with a currency, a percent sign or a unit, with commas or points
/// between thousands, with a decimal comma, below zero in parentheses or with the sign last:
/// `$12.50`, `1.234,50 €`, `10%`, `CHF 1'200`, `12,34,567`, `(2,474.14)`, `1.50-`, `1.50 €-`, `12,- €`.
struct MarkedNumber {
    /// What stands before or after it; empty for nothing.
    let mark: String
    /// Whether it is below zero by the sign after it, and whether by parentheses.
    let isTrailing, isEnclosed: Bool
    private let sign: String
    private let mantissa: Substring
    private let exponent: String

    private static let codes: Set<String> = [
        "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK",
        "PLN", "CZK", "HUF", "BRL", "ZAR", "KRW", "MXN", "TRY", "RUB",
    ]

    /// nil where the text is something else.
    ///
    /// - Parameter unit: what may stand after the number, too.
    init?(_ text: String, unit: String? = nil) {
        guard text.utf8.count <= 60, let (plain, isNegative) = MarkedNumber.opened(text) else {
            return nil
        }
        var rest = Substring(plain)
        var sign = MarkedNumber.takeSign(&rest)
        let before = rest.prefix { !$0.isASCIIDigit && !"+-.,".contains($0) }
        rest = rest.dropFirst(before.count)
        if sign == nil, !before.isEmpty { sign = MarkedNumber.takeSign(&rest) }
        guard !isNegative || sign == nil && rest.first?.isASCIIDigit ?? false else { return nil }
        guard let last = rest.lastIndex(where: { $0.isASCIIDigit }) else { return nil }
        var end = rest.index(after: last)
        // A dash in place of decimals, which are none.
        let isRound = [".-", ",-"].contains { rest[end...].hasPrefix($0) }
        if isRound { end = rest.index(after: end) }
        var after = isRound ? rest[end...].drop { $0 == "-" } : rest[end...]
        isEnclosed = isNegative
        let isLast = after.first != "-" && after.last == "-"
        isTrailing = after.first == "-" || isLast
        if isTrailing {
            guard sign == nil, !isNegative else { return nil }
            after = isLast ? after.dropLast() : after.dropFirst()
        }
        let marks = [before, after].map(MarkedNumber.trimmed).filter { !$0.isEmpty }
        let isMeasured = before.isEmpty && marks.first == unit && (!isTrailing || isLast)
        guard marks.count < 2, isMeasured || marks.allSatisfy(MarkedNumber.isMark) else {
            return nil
        }
        let parts = rest[..<end].split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count == 1 || parts.count == 2 && Int(parts[1]) != nil else { return nil }
        mark = marks.first ?? ""
        self.sign = isTrailing || isEnclosed ? "-" : sign ?? ""
        mantissa = parts[0]
        exponent = parts.count == 2 ? "e\(parts[1])" : ""
    }

    /// A text without the parentheses in which accountants write what is below zero, and whether it
    /// had any; nil for one without a digit.
    private static func opened(_ text: String) -> (text: String, isNegative: Bool)? {
        let plain = CellText.plain(text)
        guard plain.utf8.contains(where: { (48...57).contains($0) }) else { return nil }
        guard plain.last == ")", let start = plain.firstIndex(of: "("),
            !plain[..<start].contains(where: \.isASCIIDigit)
        else { return (plain, false) }
        let inner = plain[plain.index(after: start)...].dropLast()
        return (String(plain[..<start]) + inner.drop { $0 == " " }, true)
    }

    /// nil for none, empty for a plus.
    private static func takeSign(_ text: inout Substring) -> String? {
        guard let first = text.first, first == "-" || first == "+" else { return nil }
        text = text.dropFirst()
        return first == "-" ? "-" : ""
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// `%`, `‰`, a sign of a currency such as `€` or `US$`, or its code.
    private static func isMark(_ text: String) -> Bool {
        if text == "%" || text == "‰" || codes.contains(text) { return true }
        guard let last = text.unicodeScalars.last,
            last.properties.generalCategory == .currencySymbol
        else { return false }
        let letters = text.unicodeScalars.dropLast()
        return letters.count <= 3 && letters.allSatisfy { ("A"..."Z").contains($0) }
    }

    /// Whether it has neither decimals nor anything between thousands.
    var isWhole: Bool { mantissa.allSatisfy(\.isASCIIDigit) }

    /// As programs write it, where its decimals stand after this; nil where they can't.
    func plain(_ decimal: DecimalMark) -> String? {
        let (mark, gap): (Character, Character) = decimal == .point ? (".", ",") : (",", ".")
        let parts = mantissa.split(separator: mark, omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = MarkedNumber.ungrouped(parts[0], gap) else {
            return nil
        }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.allSatisfy({ $0.isASCIIDigit }), !(whole + decimals).isEmpty else {
            return nil
        }
        let start = sign + (whole.isEmpty ? "0" : whole)
        return start + (decimals.isEmpty ? "" : ".\(decimals)") + exponent
    }

    /// The number of a text that has no mark and one reading, whatever stands in other cells:
    /// `1,234.50`, `(2.5)`, `−3`; nil for `1,234`, which may be 1.234, `5-`, which may be a mark, and
    /// what has a decimal comma.
    static func certain(_ text: String) -> Double? {
        guard let number = MarkedNumber(text), number.mark.isEmpty,
            !number.isWhole || !number.isTrailing && !number.isEnclosed,
            let value = number.value(.point)
        else { return nil }
        return number.value(.comma).map { $0 == value } ?? true ? value : nil
    }

    func value(_ decimal: DecimalMark) -> Double? { plain(decimal).flatMap(DecimalNumber.double) }

    /// Digits without what stands between thousands; nil where it stands elsewhere.
    private static func ungrouped(_ text: Substring, _ gap: Character) -> String? {
        guard let found = text.first(where: { !$0.isASCIIDigit }) else { return String(text) }
        guard found == gap || " '’".contains(found) else { return nil }
        let groups = text.split(separator: found, omittingEmptySubsequences: false)
        let areThousands =
            (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
        let areGroups =
            (areThousands || found == "," && areLakhs(groups)) && groups[0].first != "0"
            && groups.allSatisfy { $0.allSatisfy(\.isASCIIDigit) }
        return areGroups && !(found == "." && isAddress(groups)) ? groups.joined() : nil
    }

    /// As in India: three digits last, two in the groups before.
    private static func areLakhs(_ groups: [Substring]) -> Bool {
        groups.count > 2 && (1...2).contains(groups[0].count) && groups.last?.count == 3
            && groups.dropFirst().dropLast().allSatisfy { $0.count == 2 }
    }

    /// 192.168.100.100 is the address of a computer.
    private static func isAddress(_ groups: [Substring]) -> Bool {
        groups.count == 4 && groups.allSatisfy { Int($0).map { $0 < 256 } ?? false }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
