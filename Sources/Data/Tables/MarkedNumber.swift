/// A number as people write it: with a currency, a percent sign or a unit, with commas or points
/// between thousands, with a decimal comma, in parentheses where an account is short of it:
/// `$12.50`, `1.234,50 €`, `10%`, `CHF 1'200`, `58.2 kg`, `(2,474.14)`.
struct MarkedNumber {
    /// What stands before or after it; empty for nothing.
    let mark: String
    /// Whether that is a currency.
    let isMoney: Bool
    private let sign: String
    private let mantissa: Substring
    private let exponent: String

    private static let codes: Set<String> = [
        "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK",
        "PLN", "CZK", "HUF", "BRL", "ZAR", "KRW", "MXN", "TRY", "RUB",
    ]
    /// Numbers that stand for parts of something, so that one without its mark is another.
    static let parts: Set<String> = ["%", "‰"]

    /// nil where the text is something else.
    init?(_ text: String) {
        guard text.utf8.count <= 60 else { return nil }
        let plain = CellText.plain(text)
        guard plain.utf8.contains(where: { (48...57).contains($0) }) else { return nil }
        let inner = MarkedNumber.unwrapped(plain)
        var rest = Substring(inner ?? plain)
        var sign = MarkedNumber.takeSign(&rest)
        let before = rest.prefix { !$0.isASCIIDigit && !"+-.,".contains($0) }
        rest = rest.dropFirst(before.count)
        if sign.isEmpty, !before.isEmpty { sign = MarkedNumber.takeSign(&rest) }
        guard let last = rest.lastIndex(where: { $0.isASCIIDigit }) else { return nil }
        let after = rest[rest.index(after: last)...]
        let marks = [before, after].map(MarkedNumber.trimmed).filter { !$0.isEmpty }
        let standsApart = after.first == " " || rest[...last].contains { ".,".contains($0) }
        guard marks.count < 2, inner == nil || sign.isEmpty,
            marks.allSatisfy({
                MarkedNumber.isMark($0)
                    || before.isEmpty && Unit.isUnit($0, standsApart: standsApart)
            })
        else { return nil }
        let parts = rest[...last].split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count == 1 || parts.count == 2 && Int(parts[1]) != nil else { return nil }
        mark = marks.first ?? ""
        isMoney = marks.contains { MarkedNumber.isMark($0) && !MarkedNumber.parts.contains($0) }
        self.sign = inner == nil ? sign : "-"
        mantissa = parts[0]
        exponent = parts.count == 2 ? "e\(parts[1])" : ""
    }

    /// What parentheses around a number hold, the currency before them included; nil where there are
    /// none.
    private static func unwrapped(_ text: String) -> String? {
        guard text.last == ")", let open = text.firstIndex(of: "("),
            !text[..<open].contains(where: { $0.isNumber || $0 == "-" || $0 == "+" })
        else { return nil }
        let inner = text[open...].dropFirst().dropLast()
        return inner.contains { "()".contains($0) } ? nil : String(text[..<open] + inner)
    }

    private static func takeSign(_ text: inout Substring) -> String {
        guard let first = text.first, first == "-" || first == "+" else { return "" }
        text = text.dropFirst()
        return first == "-" ? "-" : ""
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// `%`, `‰`, a sign of a currency such as `€` or `US$`, or its code.
    private static func isMark(_ text: String) -> Bool {
        if parts.contains(text) || codes.contains(text) { return true }
        guard let last = text.unicodeScalars.last,
            last.properties.generalCategory == .currencySymbol
        else { return false }
        let letters = text.unicodeScalars.dropLast()
        return letters.count <= 3 && letters.allSatisfy { ("A"..."Z").contains($0) }
    }

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

    func value(_ decimal: DecimalMark) -> Double? { plain(decimal).flatMap(DecimalNumber.double) }

    /// Digits without what stands between thousands; nil where it stands elsewhere.
    private static func ungrouped(_ text: Substring, _ gap: Character) -> String? {
        guard let found = text.first(where: { !$0.isASCIIDigit }) else { return String(text) }
        guard found == gap || " '’".contains(found) else { return nil }
        let groups = text.split(separator: found, omittingEmptySubsequences: false)
        let areDigits = groups.allSatisfy { $0.allSatisfy(\.isASCIIDigit) }
        guard areDigits, groups[0].first != "0", groups[groups.count - 1].count == 3 else {
            return nil
        }
        // Of three digits each; or in India of two before the last.
        let sizes = groups.dropFirst().dropLast().map(\.count)
        let areThousands = (1...3).contains(groups[0].count) && sizes.allSatisfy { $0 == 3 }
        let areLakhs =
            found == "," && (1...2).contains(groups[0].count) && sizes.allSatisfy { $0 == 2 }
        let isAddress = found == "." && groups.count == 4 && groups.allSatisfy(isOctet)
        return (areThousands || areLakhs) && !isAddress ? groups.joined() : nil
    }

    /// Whether digits may be a part of an internet address.
    private static func isOctet(_ text: Substring) -> Bool {
        (text.count == 1 || text.first != "0") && Int(text).map { $0 < 256 } ?? false
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
