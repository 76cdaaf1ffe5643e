import FTConfig
import FTSupport
import Glibc
import Tensor

extension SweepSpace {
    /// How many draws in a row may bring nothing new.
    private static let patience = 1000

    private var hasRanges: Bool {
        axes.contains { if case .range = $0.values { true } else { false } }
    }

    /// How many different sets there are, `limit` and one at most; nil where there is no end of
    /// them.
    private func size(upTo limit: Int) -> Int? {
        var size = 1
        for axis in axes {
            guard let count = axis.values.count else { return nil }
            let (product, isTooMany) = size.multipliedReportingOverflow(by: count)
            size = isTooMany ? limit + 1 : min(product, limit + 1)
        }
        return size
    }

    /// The `key=value` arguments of each trial: all combinations, or so many drawn at random, none
    /// twice; fewer where there are no more different ones.
    func trials(_ count: Int?, seed: UInt64) throws(UsageError) -> [[String]] {
        guard let count else {
            if hasRanges {
                throw UsageError("sweep: a range is drawn from; say how often: --trials N")
            }
            guard let size = size(upTo: SweepSpace.mostTrials), size <= SweepSpace.mostTrials else {
                throw UsageError(
                    "sweep: more than \(Format.grouped(SweepSpace.mostTrials)) combinations; draw "
                        + "some of them with --trials N")
            }
            return (0..<size).map(combination)
        }
        let size = size(upTo: count)
        if let size, size <= count { return (0..<size).map(combination) }
        let random = Random(seed: seed).fork("sweep")
        var (trials, seen, misses) = ([[String]](), Set<[String]>(), 0)
        while trials.count < count, misses < SweepSpace.patience {
            let shares = random.uniform([max(axes.count, 1)], .float64).values(as: Double.self)
            let trial = zip(axes, shares).map { "\($0.key)=\(SweepSpace.draw($0.values, $1))" }
            let isNew = seen.insert(trial).inserted
            if isNew { trials.append(trial) }
            misses = isNew ? 0 : misses + 1
        }
        // What is left of a small space is too rare to be drawn.
        var number = 0
        while size != nil, trials.count < count {
            let trial = combination(number)
            if seen.insert(trial).inserted { trials.append(trial) }
            number += 1
        }
        return trials
    }

    /// The combination of a number, of which the last key changes fastest.
    private func combination(_ number: Int) -> [String] {
        var (rest, trial) = (number, [String]())
        for (key, values) in axes.reversed() {
            guard let count = values.count else { continue }
            trial.append("\(key)=\(values[rest % count])")
            rest /= count
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
                ? exp(log(low) + share * (log(top) - log(low))) : low + share * (top - low)
            let inside = min(max(number, low), high)
            return isWhole
                ? "\(Int(max(inside.rounded(.down), low)))" : written(inside, low, high)
        }
    }

    /// A number in so many digits as tell apart those of its range, and none outside of it.
    private static func written(_ number: Double, _ low: Double, _ high: Double) -> String {
        let crowding = log10(max(abs(low), abs(high)) / (high - low))
        let digits = 4 + Int(min(max(crowding.rounded(.up), 0), 13))
        let text = Format.short(number, digits: digits)
        guard let value = Double(text), value >= low, value <= high else { return "\(number)" }
        return text
    }
}

extension SweepSpace.Values {
    /// How many there are; nil without end.
    fileprivate var count: Int? {
        switch self {
        case .listed(let values): values.count
        case .range(let low, let high, isWhole: true):
            Int(min(high - low, 1e15)) + 1
        case .range: nil
        }
    }

    /// One of those that can be counted.
    fileprivate subscript(index: Int) -> String {
        switch self {
        case .listed(let values): values[index]
        case .range(let low, _, _): "\(Int(low) + index)"
        }
    }
}
