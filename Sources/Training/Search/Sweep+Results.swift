import FTSupport

// What trials and folds came to.
extension Sweep {
    /// The trial with the best value; nil where none has any, or they don't compare.
    var best: RunRecord? {
        guard isRanked, let comparison, comparison.groups.first != .some(nil) else { return nil }
        return comparison.runs.first
    }

    /// Whether any trial came to a value.
    public var hasValue: Bool { (comparison?.groupCount ?? 0) > 0 }

    /// Whether the values of all trials compare.
    public var isRanked: Bool { (comparison?.groupCount ?? 0) < 2 }

    /// The trials that were trained, side by side.
    var comparison: RunComparison? { try? RunComparison(records.map(\.record)) }

    /// The trials that were trained, the best first, with their numbers from 0.
    var results: [(index: Int, record: RunRecord)] {
        let records = records
        return (comparison?.runs ?? []).compactMap { run in
            records.first { $0.record.path == run.path }
        }
    }

    /// The same in their order.
    var records: [(index: Int, record: RunRecord)] {
        trials.indices.compactMap { index in
            (try? RunRecord(folder(index))).map { (index: index, record: $0) }
        }
    }
}
