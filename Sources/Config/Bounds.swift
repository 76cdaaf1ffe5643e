/// The integers that a key accepts.
struct IntegerBounds: Sendable, Equatable {
    var min: Int?
    var max: Int?

    func contains(_ value: Int) -> Bool {
        value >= (min ?? .min) && value <= (max ?? .max)
    }

    /// ` ≥ 1`, ` from 1 to 8`, or nothing.
    var words: String {
        switch (min, max) {
        case (nil, nil): ""
        case (let min?, nil): " ≥ \(min)"
        case (nil, let max?): " ≤ \(max)"
        case (let min?, let max?): " from \(min) to \(max)"
        }
    }
}

/// The real numbers that a key accepts, each end open or closed.
struct NumberBounds: Sendable, Equatable {
    var min: Double?
    var above: Double?
    var max: Double?
    var below: Double?

    func contains(_ value: Double) -> Bool {
        if let min, !(value >= min) { return false }
        if let above, !(value > above) { return false }
        if let max, !(value <= max) { return false }
        if let below, !(value < below) { return false }
        return true
    }

    /// ` > 0`, ` ≥ 0 and < 1`, or nothing.
    var words: String {
        let ends = [("≥", min), (">", above), ("≤", max), ("<", below)].compactMap { sign, end in
            end.map { "\(sign) \(Text.number($0))" }
        }
        return ends.isEmpty ? "" : " " + ends.joined(separator: " and ")
    }
}
