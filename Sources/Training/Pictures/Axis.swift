import FTSupport
import Glibc

/// A range of numbers on a line from 0 to 1, and the round numbers in it.
struct Axis {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    /// Round numbers inside, in order.
    private(set) var ticks: [Double] = []

    /// An axis that holds all finite numbers among `values`, about `count` ticks on it.
    ///
    /// - Parameter allowsLogarithm: whether it may be logarithmic where numbers, all above 0, span
    ///   more than a factor of 50.
    init(_ values: [Double], ticks count: Int, allowsLogarithm: Bool = false) {
        let finite = values.filter { $0.isFinite && abs($0) < 1e300 }
        var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        isLogarithmic = allowsLogarithm && low > 0 && high / low > 50
        if !isLogarithmic, high - low <= 1e-12 * max(abs(low), abs(high)) {
            let margin = abs(low) * 0.5
            // Shares, such as an accuracy, don't go beyond 0 and 1.
            let isShare = low >= 0 && low <= 1
            (low, high) = (low - margin, isShare && high + margin > 1 ? 1 : high + margin)
            if high <= low { high = 1 }
        }
        (self.low, self.high) = (low, high)
        ticks = isLogarithmic ? powers(count) : multiples(count)
    }

    /// Where a number lies, nil where it isn't on the axis.
    func place(_ value: Double) -> Double? {
        guard value.isFinite, value >= low, value <= high else { return nil }
        return isLogarithmic
            ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    private func multiples(_ count: Int) -> [Double] {
        let rough = (high - low) / Double(max(count, 1))
        let power = pow(10, floor(log10(rough)))
        let step = power * ([1, 2, 5, 10].first { power * $0 >= rough * 0.999 } ?? 10)
        guard step > 0, step.isFinite else { return [low] }
        let first = (low / step - 1e-9).rounded(.up)
        let slack = step * 1e-9
        return (0...4 * count).compactMap { index -> Double? in
            let tick = (first + Double(index)) * step
            if tick > high + slack { return nil }
            return abs(tick) < slack ? 0 : min(max(tick, low), high)
        }
    }

    /// Powers of ten, so many apart that there are about `count`; 1, 2 and 5 of them where one or
    /// none is inside.
    private func powers(_ count: Int) -> [Double] {
        let (first, last) = (Int(log10(low).rounded(.up)), Int(log10(high).rounded(.down)))
        guard last > first else {
            let parts = (last - 1...first + 1).flatMap { power -> [Double] in
                let whole = pow(10, Double(power))
                return [whole, 2 * whole, 5 * whole]
            }
            return parts.filter { $0 >= low && $0 <= high }
        }
        let step = max(1, (last - first) / max(count, 1))
        return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
            .filter { $0 >= low && $0 <= high }
    }

    /// A tick's label.
    static func label(_ value: Double) -> String { Format.short(value, digits: 6) }
}
