import FTConfig
import FTSupport

/// The values that a sweep tries: lists, and ranges to draw from.
struct SweepSpace {
    /// What one key may be.
    enum Values: Equatable {
        /// As they stand on the command line.
        case listed([String])
        /// Numbers between two, whole ones where both are.
        case range(low: Double, high: Double, isWhole: Bool)
    }

    /// The keys in order.
    let axes: [(key: String, values: Values)]

    static let mostTrials = 10_000

    /// Reads `key=a,b,c` and `key=lo..hi`.
    ///
    /// Ends that are written as whole numbers stand for those alone, until `fractions`.
    init(_ arguments: [String]) throws(UsageError) {
        var axes: [(key: String, values: Values)] = []
        for argument in arguments {
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (key, text) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            guard !axes.contains(where: { $0.key == key }) else {
                throw UsageError("sweep: \(key) is given twice; put its values into one list")
            }
            axes.append((key, try SweepSpace.values(key, text)))
        }
        self.axes = axes
    }

    init(axes: [(key: String, values: Values)]) { self.axes = axes }

    private static func values(_ key: String, _ text: String) throws(UsageError) -> Values {
        if let dots = text.firstRange(of: "..") {
            let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
            if let low = Double(first), let high = Double(last) {
                let isWhole = SweepSpace.isWhole(first) && SweepSpace.isWhole(last)
                return try range("\(key)=\(text)", low, high, isWhole: isWhole)
            }
        }
        let values = elements(text)
        guard values.count == 1 || !values.contains("") else {
            throw UsageError(
                "sweep: \(key)=\(text): a value in the list is empty; leave out a comma, or write "
                    + "\"\" for an empty string")
        }
        var seen: Set<String> = []
        // 0.1 and 1e-1 are the same number.
        let twice = values.first { !seen.insert(Double($0).map { "\($0)" } ?? $0).inserted }
        if let twice {
            throw UsageError("sweep: \(key)=\(text): \(twice) is listed twice; list it once")
        }
        return .listed(values)
    }

    /// Whether a number is written without a fraction: `20`, `2e1`.
    private static func isWhole(_ text: Substring) -> Bool {
        let parts = text.split(
            maxSplits: 1, omittingEmptySubsequences: false,
            whereSeparator: { $0 == "e" || $0 == "E" })
        func isDigits(_ text: some StringProtocol, signs: String) -> Bool {
            text.drop { signs.contains($0) }.allSatisfy { ("0"..."9").contains($0) }
        }
        return isDigits(parts[0], signs: "-+")
            && (parts.count == 1 || isDigits(parts[1], signs: "+"))
    }

    /// The largest whole numbers that all have a neighbour as a double.
    private static let mostWhole = 9_007_199_254_740_992.0

    private static func range(
        _ text: String, _ low: Double, _ high: Double, isWhole: Bool
    ) throws(UsageError) -> Values {
        guard low.isFinite, high.isFinite, low < high else {
            throw UsageError("sweep: \(text): a range is lo..hi, the lower number first")
        }
        guard (high - low).isFinite, !isWhole || max(abs(low), abs(high)) <= mostWhole else {
            throw UsageError(
                "sweep: \(text): the range is too wide; whole numbers go up to "
                    + "\(Format.grouped(Int(mostWhole))), others are less than 1.8e308 apart")
        }
        return .range(low: low, high: high, isWhole: isWhole)
    }

    /// Cuts at commas outside of brackets and quotes.
    private static func elements(_ text: String) -> [String] {
        var (found, current, depth, isQuoted, isEscaped) = ([String](), "", 0, false, false)
        for character in text {
            if character == ",", depth == 0, !isQuoted {
                found.append(current)
                current = ""
                continue
            }
            current.append(character)
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isEscaped = character == "\\"
                isQuoted = character != "\""
            } else {
                isQuoted = character == "\""
                if "[{".contains(character) { depth += 1 }
                if "]}".contains(character) { depth = max(0, depth - 1) }
            }
        }
        return found + [current]
    }
}
