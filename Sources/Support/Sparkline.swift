/// A row of numbers as a row of blocks of eight heights.
package enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// The numbers from left to right, the least as `▁` and the largest as `█`, equal ones as `▄`;
    /// what isn't finite as `·`. More than `width` numbers are put together to as many means.
    package static func text(_ values: [Double], width: Int) -> String {
        let shown = means(values, count: max(width, 1))
        let finite = shown.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else {
            return String(repeating: "·", count: shown.count)
        }
        // Halves, so that the widest range of doubles is one too.
        let range = high / 2 - low / 2
        return String(
            shown.map { value -> Character in
                guard value.isFinite else { return "·" }
                guard range > 0 else { return "▄" }
                let share = (value / 2 - low / 2) / range
                return blocks[min(Int(share * 8), 7)]
            })
    }

    /// The means of `count` parts of about equal length, of which each leaves out what isn't
    /// finite.
    private static func means(_ values: [Double], count: Int) -> [Double] {
        guard values.count > count else { return values }
        return (0..<count).map { part in
            let members = values[values.count * part / count..<values.count * (part + 1) / count]
            let finite = members.filter(\.isFinite)
            return finite.isEmpty
                ? .nan : finite.reduce(0) { $0 + $1 / Double(finite.count) }
        }
    }
}
