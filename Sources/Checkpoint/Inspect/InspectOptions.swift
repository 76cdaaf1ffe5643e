/// What `InspectReport` and `CheckpointComparison` show.
public struct InspectOptions: Sendable {
    /// The order of the rows.
    public enum Sort: String, Sendable, CaseIterable {
        /// Model order.
        case none
        /// Largest first.
        case size
        /// By name.
        case name
    }

    /// Only tensors whose name matches: `*` stands for any characters, `?` for one.
    public var filter: String?
    /// The order of the rows.
    public var sort: Sort
    /// Sums up everything below this many components of the dotted names.
    public var depth: Int?
    /// Reads the data for minimum, mean, maximum, deviation, zeros, NaN and a histogram, and
    /// verifies the checksum.
    public var statistics: Bool
    /// Shows repeated blocks once, as `blocks.{0…11}`. Statistics are always shown unfolded.
    public var folds: Bool

    /// Creates options; by default the whole table from the header alone.
    public init(
        filter: String? = nil, sort: Sort = .none, depth: Int? = nil, statistics: Bool = false,
        folds: Bool = true
    ) {
        self.filter = filter
        self.sort = sort
        self.depth = depth.map { max(1, $0) }
        self.statistics = statistics
        self.folds = folds
    }

    package func shows(_ name: String) -> Bool {
        filter.map { Glob.matches(name, pattern: $0) } ?? true
    }
}

/// File-name patterns with `*` and `?`.
enum Glob {
    /// Whether the whole name matches, in time proportional to name × pattern at worst.
    static func matches(_ name: String, pattern: String) -> Bool {
        let (name, pattern) = (Array(name.unicodeScalars), Array(pattern.unicodeScalars))
        var (n, p) = (0, 0)
        var star: (name: Int, pattern: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (n, p)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
                n += 1
                p += 1
            } else if let last = star {
                // The last star takes one more character, and the rest is tried again.
                star = (last.name + 1, last.pattern)
                n = last.name + 1
                p = last.pattern + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
