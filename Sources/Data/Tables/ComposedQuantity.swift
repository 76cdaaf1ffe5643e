/// A cell that holds one quantity in several numbers: `1 h 20 min`, `1h20m`, `PT1H20M`, `5'11"`,
/// `6 lb 3 oz`, `50°30'N`.
enum ComposedQuantity {
    private static let times: Set<String> = [
        "d", "day", "days", "h", "hr", "hrs", "hour", "hours", "m", "min", "mins", "minute",
        "minutes", "s", "sec", "secs", "second", "seconds", "y", "yr", "yrs", "year", "years",
        "mo", "month", "months", "w", "wk", "week", "weeks",
    ]
    private static let lengths: Set<String> = [
        "m", "cm", "mm", "ft", "feet", "foot", "in", "inch", "inches", "'", "\"", "′", "″", "''",
        "",
    ]
    private static let weights: Set<String> = ["st", "lb", "lbs", "oz", "kg", "g"]
    private static let angles: Set<String> = [
        "°", "'", "\"", "′", "″", "''", "'N", "'S", "'E", "'W", "\"N", "\"S", "\"E", "\"W", "′N",
        "′S", "′E", "′W", "″N", "″S", "″E", "″W",
    ]

    /// What it is, for people: `lengths of time`; nil where a text is something else.
    static func read(_ text: String) -> String? {
        if isDuration(text) { return "lengths of time" }
        let parts = parts(text)
        guard parts.count > 1 else { return nil }
        let units = parts.map(\.unit)
        if units.allSatisfy({ times.contains($0.lowercased()) }), Set(units).count == units.count {
            return "lengths of time"
        }
        if units.dropLast().allSatisfy({ !$0.isEmpty }),
            units.allSatisfy({ lengths.contains($0.lowercased()) })
        {
            return "lengths"
        }
        if units.allSatisfy({ weights.contains($0.lowercased()) }) {
            return "weights"
        }
        return units[0] == "°" && units.allSatisfy { angles.contains($0) }
            ? "angles" : nil
    }

    /// Numbers and what follows each, without spaces around it; none of a text that is no such list.
    private static func parts(_ text: String) -> [(number: Substring, unit: String)] {
        var parts: [(number: Substring, unit: String)] = []
        var rest = text[...]
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isWholeNumber || $0 == "." }
            guard number.first?.isWholeNumber ?? false, parts.count < 4 else { return [] }
            rest = rest[number.endIndex...]
            let unit = rest.prefix { !($0.isASCII && $0.isWholeNumber) }
            rest = rest[unit.endIndex...]
            parts.append((number, unit.filter { $0 != " " && $0 != "," }))
        }
        return parts
    }

    /// As ISO 8601 writes it: `P1DT2H30M`.
    private static func isDuration(_ text: String) -> Bool {
        guard text.first == "P", text.count > 2 else { return false }
        let halves = text.dropFirst().split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count < 3, !(halves.last?.isEmpty ?? true) else { return false }
        let all = zip(halves, ["YMWD", "HMS"]).map {
            (half: $0, units: $1, parts: parts(String($0)))
        }
        // P12M may be the name of something.
        guard halves.count == 2 || all.contains(where: { $0.parts.count > 1 }) else { return false }
        return all.allSatisfy { half, units, parts in
            half.isEmpty
                || !parts.isEmpty
                    && parts.allSatisfy { $0.unit.count == 1 && units.contains($0.unit) }
        }
    }
}
