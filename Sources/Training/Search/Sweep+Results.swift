import FTSupport

// What trials and folds came to.
/// What was read of a sweep's trials.
struct SweepReadings {
    /// By number from 0; nil of a folder that holds no run.
    var records: [Int: RunRecord?] = [:]
    /// nil where none was trained.
    var comparison: RunComparison??
}

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
    var comparison: RunComparison? {
        if let known = readings.comparison { return known }
        let comparison = try? RunComparison(records.map(\.record))
        readings.comparison = .some(comparison)
        return comparison
    }

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
            record(index).map { (index: index, record: $0) }
        }
    }

    /// What a trial's folder tells; nil where it holds no run.
    func record(_ index: Int) -> RunRecord? {
        if let known = readings.records[index] { return known }
        let record = try? RunRecord(folder(index))
        readings.records[index] = .some(record)
        return record
    }
}
