import Datasets

/// Examples that can't be used and were left out.
package final class SkippedRows {
    /// How many there are.
    package private(set) var count = 0
    private let report: (String) -> Void

    /// - Parameter report: is given a sentence on each.
    package init(report: @escaping (String) -> Void) { self.report = report }

    func add(_ error: DataError) {
        count += 1
        report(error.description)
    }
}
