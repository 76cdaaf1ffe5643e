import Glibc

/// Numbers as they stand in tables and sentences.
enum Format {
    /// 535818 as `535,818`.
    static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A large number without decimals: `25,180`.
    static func whole(_ value: Double) -> String {
        Int(exactly: value.rounded()).map { grouped($0) } ?? fixed(value, 0)
    }

    /// A number with a fixed count of decimals; `nan` and `inf` as such.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        print("%.\(decimals)f", value)
    }

    /// A loss or metric: four decimals, or exponent form where those would say nothing.
    static func measure(_ value: Double) -> String {
        let size = abs(value)
        return size != 0 && (size < 0.001 || size >= 100_000)
            ? print("%.3e", value) : fixed(value, 4)
    }

    /// A learning rate: `1.0e-03`.
    static func rate(_ value: Double) -> String { print("%.1e", value) }

    /// Bytes in MiB with two decimals.
    static func mebibytes(_ bytes: Int) -> String {
        fixed(Double(bytes) / 1_048_576, 2) + " MiB"
    }

    /// `8.4 s`, `1:05`, `2:03:05`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
        if seconds < 59.95 { return fixed(seconds, 1) + " s" }
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let tail = twoDigits(whole % 60)
        return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(tail)" : "\(minutes):\(tail)"
    }

    /// A share as `12 %`, `0.4 %` or `< 0.1 %`.
    static func share(_ value: Double) -> String {
        let percent = value * 100
        if percent >= 9.95 { return fixed(percent, 0) + " %" }
        return percent > 0 && percent < 0.1 ? "< 0.1 %" : fixed(percent, 1) + " %"
    }

    /// `1 epoch`, `1,000 epochs`.
    static func count(_ value: Int, _ noun: String) -> String {
        "\(grouped(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A shape as `28×28`; `scalar` for no dimensions.
    static func shape(_ sizes: some Collection<Int>) -> String {
        sizes.isEmpty ? "scalar" : sizes.map { String($0) }.joined(separator: "×")
    }

    /// The text with spaces before it up to a width.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func print(_ format: String, _ value: Double) -> String {
        if value.isNaN { return "nan" }
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        let bytes = buffer.prefix(min(max(Int(count), 0), buffer.count - 1))
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Seconds on a clock that only goes forward.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
