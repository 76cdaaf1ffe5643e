import FTConfig
import FTSupport
import Glibc
import Tensor

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

    private static func values(_ key: String, _ text: String) throws(UsageError) -> Values {
        if let dots = text.firstRange(of: "..") {
            let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
            if let low = Double(first), let high = Double(last) {
                guard low.isFinite, high.isFinite, low < high else {
                    throw UsageError(
                        "sweep: \(key)=\(text): a range is lo..hi, the lower number first")
                }
                return .range(
                    low: low, high: high, isWhole: Int(first) != nil && Int(last) != nil)
            }
        }
        return .listed(elements(text))
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
                if "]}".contains(character) { depth -= 1 }
            }
        }
        return found + [current]
    }

    private var hasRanges: Bool {
        axes.contains { if case .range = $0.values { true } else { false } }
    }

    /// How many combinations lists have, `mostTrials` and one at most.
    private var combinations: Int {
        axes.reduce(1) { product, axis in
            guard case .listed(let values) = axis.values else { return product }
            return min(product * values.count, SweepSpace.mostTrials + 1)
        }
    }

    /// The `key=value` arguments of each trial: all combinations, or so many drawn at random, none
    /// twice where there are enough.
    func trials(_ count: Int?, seed: UInt64) throws(UsageError) -> [[String]] {
        guard let count else {
            if hasRanges {
                throw UsageError("sweep: a range is drawn from; say how often: --trials N")
            }
            guard combinations <= SweepSpace.mostTrials else {
                throw UsageError(
                    "sweep: more than \(Format.grouped(SweepSpace.mostTrials)) combinations; draw "
                        + "some of them with --trials N")
            }
            return (0..<combinations).map(combination)
        }
        if !hasRanges, combinations <= count { return (0..<combinations).map(combination) }
        let random = Random(seed: seed).fork("sweep")
        var (trials, seen) = ([[String]](), Set<[String]>())
        for attempt in 0..<20 * count where trials.count < count {
            let shares = random.uniform([max(axes.count, 1)], .float64).values(as: Double.self)
            let trial = zip(axes, shares).map { "\($0.key)=\(SweepSpace.draw($0.values, $1))" }
            if seen.insert(trial).inserted || attempt >= 19 * count { trials.append(trial) }
        }
        return trials
    }

    /// The combination of a number, of which the last key changes fastest.
    private func combination(_ number: Int) -> [String] {
        var (rest, trial) = (number, [String]())
        for (key, values) in axes.reversed() {
            guard case .listed(let values) = values else { continue }
            trial.append("\(key)=\(values[rest % values.count])")
            rest /= values.count
        }
        return trial.reversed()
    }

    /// The value at a share of a list or range. Positive ranges over a factor of 10 and more are
    /// drawn from logarithmically.
    static func draw(_ values: Values, _ share: Double) -> String {
        switch values {
        case .listed(let values):
            return values[min(Int(share * Double(values.count)), values.count - 1)]
        case .range(let low, let high, let isWhole):
            let top = isWhole ? high + 1 : high
            let number =
                low > 0 && high >= 10 * low
                ? low * pow(top / low, share) : low + share * (top - low)
            return isWhole
                ? "\(Int(min(number.rounded(.down), high)))" : Format.short(number, digits: 4)
        }
    }
}
