import Glibc

/// Numbers as they stand in tables and sentences.
package enum Format {
    /// 535818 as `535,818`.
    package static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// 42 as `0042`: a number from 0 up with at least so many digits.
    package static func digits(_ value: Int, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// `1 epoch`, `1,000 epochs`.
    package static func count(_ value: Int, _ noun: String) -> String {
        "\(grouped(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A large number without decimals: `25,180`.
    package static func whole(_ value: Double) -> String {
        Int(exactly: value.rounded()).map { grouped($0) } ?? fixed(value, 0)
    }

    /// A number with a fixed count of decimals; `nan` and `inf` as such.
    package static func fixed(_ value: Double, _ decimals: Int) -> String {
        print("%.\(decimals)f", value)
    }

    /// A number with a few significant digits, a large one without decimals; in exponent form
    /// where it is tiny or has more than nine digits.
    package static func short(_ value: Double, digits: Int = 4) -> String {
        let text = print("%.\(digits)g", value)
        return text.contains("e+") ? large(value) ?? text : text
    }

    /// A loss or metric: four decimals, none where it is large; in exponent form where those would
    /// say nothing, or it has more than nine digits.
    package static func measure(_ value: Double) -> String {
        let size = abs(value)
        if size >= 100_000 { return large(value) ?? print("%.3e", value) }
        return size != 0 && size < 0.001 ? print("%.3e", value) : fixed(value, 4)
    }

    /// `1253070`, in at most nine signs; nil where it takes more.
    private static func large(_ value: Double) -> String? {
        guard abs(value) < 1e9 else { return nil }
        let text = fixed(value, 0)
        return text.utf8.count <= 9 ? text : nil
    }

    /// A number as it is stored: `3`, `0.5`, `NaN`.
    package static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if let whole = Int(exactly: value) { return "\(whole)" }
        if value.isInfinite { return value < 0 ? "-infinity" : "infinity" }
        let single = Float(value)
        return single.isFinite && single != 0 ? "\(single)" : "\(value)"
    }

    /// A number as a table has it, where that takes nine digits at most; else rounded to nine.
    package static func cell(_ value: Double) -> String {
        guard Int(exactly: value) == nil, value.isFinite else { return number(value) }
        let whole = "\(value)"
        let mantissa = whole.prefix { $0 != "e" }
        return mantissa.count { $0 != "." && $0 != "-" } <= 9 ? whole : print("%.9g", value)
    }

    /// A learning rate: `1.0e-03`.
    package static func rate(_ value: Double) -> String { print("%.1e", value) }

    /// A share as `12 %`, `0.4 %` or `< 0.1 %`.
    package static func share(_ value: Double) -> String {
        let percent = value * 100
        if percent >= 9.95 { return fixed(percent, 0) + " %" }
        return percent > 0 && percent < 0.1 ? "< 0.1 %" : fixed(percent, 1) + " %"
    }

    /// `8.4 s`, `1:05`, `2:03:05`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
        if seconds < 59.95 { return fixed(seconds, 1) + " s" }
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let tail = digits(whole % 60, 2)
        return hours > 0 ? "\(hours):\(digits(minutes, 2)):\(tail)" : "\(minutes):\(tail)"
    }

    /// Bytes in MiB with two decimals and no unit.
    package static func mebibytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1_048_576, 2) }

    /// Bytes in the unit that suits them: `1 byte`, `2.0 KiB`, `9.42 MiB`.
    package static func bytes(_ bytes: Int) -> String {
        let size = bytes.magnitude
        if size < 1024 { return size == 1 ? "\(bytes) byte" : "\(bytes) bytes" }
        if size < 1_048_576 { return fixed(Double(bytes) / 1024, 1) + " KiB" }
        if size < 1 << 30 { return mebibytes(bytes) + " MiB" }
        return fixed(Double(bytes) / Double(1 << 30), 2) + " GiB"
    }

    /// A shape as `28×28`, cut after twelve sizes; `scalar` for no dimensions.
    package static func shape(_ sizes: some Collection<Int>) -> String {
        if sizes.isEmpty { return "scalar" }
        let shown = sizes.prefix(12).map { String($0) }.joined(separator: "×")
        return sizes.count > 12 ? shown + "×…" : shown
    }

    private static func print(_ format: String, _ value: Double) -> String {
        if value.isNaN { return "nan" }
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        let bytes = buffer.prefix(min(max(Int(count), 0), buffer.count - 1))
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
