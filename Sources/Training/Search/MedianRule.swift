import FTSupport

/// Ends a training early whose best so far is worse than the median of what others were on average
/// up to the same step. Golovin et al., "Google Vizier", 2017, section 3.2.1.
///
/// Others count that are over and got as far; there must be three of them.
final class MedianRule: TrainingObserver {
    private unowned let trainer: Trainer
    /// The folders of the others.
    private let others: [String]
    private var values: [Double] = []
    static let fewest = 3

    init(_ trainer: Trainer, _ others: [String]) {
        (self.trainer, self.others) = (trainer, others)
        // A resumed training knows what it came to.
        let record = try? RunRecord(trainer.folder.path)
        values = record?.rows.compactMap { $0.measured[trainer.experiment.bestBy] } ?? []
    }

    func handle(_ event: TrainingEvent) {
        let (by, higher) = (trainer.experiment.bestBy, trainer.experiment.prefersHigher)
        guard case .epoch(let record) = event, let value = record.measurement.value(by) else {
            return
        }
        values.append(value)
        let found = others.compactMap { try? RunRecord($0) }
            .filter { $0.status == RunSummary.Status.completed.rawValue }
        let means = found.compactMap { MedianRule.mean($0.rows, by, upTo: record.step) }
        trainer.wishToEnd = MedianRule.reason(
            values, means, by: by, prefersHigher: higher, epoch: record.epoch)
    }

    /// The mean of the values of a training up to a step; nil where it didn't get as far, or has
    /// none.
    static func mean(_ rows: [RunRecord.Row], _ by: String, upTo step: Int) -> Double? {
        guard let last = rows.last, last.step >= step else { return nil }
        let values = rows.filter { $0.step <= step }.compactMap { $0.measured[by] }
            .filter { !$0.isNaN }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Why a training with such values ends beside others with such means; nil where it goes on.
    static func reason(
        _ values: [Double], _ means: [Double], by: String, prefersHigher: Bool, epoch: Int
    ) -> String? {
        guard means.count >= fewest else { return nil }
        let sorted = means.sorted()
        let middle = sorted.count / 2
        let median =
            sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        let known = values.filter { !$0.isNaN }
        let best = (prefersHigher ? known.max() : known.min()) ?? .nan
        // NaN is worse than any.
        guard !(prefersHigher ? best >= median : best <= median) else { return nil }
        return "stopped after epoch \(epoch): \(by) was \(Format.measure(best)) at best, and "
            + "\(Format.measure(median)) in the median of \(means.count) other trials"
    }
}
