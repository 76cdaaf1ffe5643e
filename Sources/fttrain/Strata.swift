import Datasets
import FTConfig
import FTSupport

/// Which rows of a table are cut by the same share.
enum Strata {
    /// All together.
    case none
    /// Those of each label, or of each combination of several.
    case labels
    /// Those of each combination of labels of two words, or else of the rarest of these.
    case answers(share: Double)

    /// The labels that say it; nil for none.
    func names(_ set: TableSet) throws -> [String]? {
        let names = set.labels.map(\.name)
        switch self {
        case .none: return nil
        case .labels:
            guard !set.labels.isEmpty, set.labels.allSatisfy({ $0.kind != .numbers }) else {
                throw UsageError("--stratify: the label is a quantity or missing; leave it out")
            }
            return names
        case .answers(let share):
            let least = min(share, 1 - share)
            if Double(Strata.rarest(set, names)) * least >= 2 { return names }
            return names.min { Strata.rarest(set, [$0]) < Strata.rarest(set, [$1]) }.map { [$0] }
        }
    }

    /// How many rows the rarest combination has.
    private static func rarest(_ set: TableSet, _ names: [String]) -> Int {
        let groups = set.groups(of: names, rows: set.rows[0])
        return Dictionary(groups.map { ($0, 1) }, uniquingKeysWith: +).values.min() ?? 0
    }
}
