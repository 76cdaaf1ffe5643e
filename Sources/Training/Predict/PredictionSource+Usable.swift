import Autograd
import Datasets
import FTSupport
import Tensor

extension PredictionSource {
    /// How many examples are looked at together.
    private static let block = 256

    /// The examples of which inputs and targets can be used, a source of their own.
    ///
    /// Throws where there is none.
    ///
    /// - Parameters:
    ///   - skipped: notes the others.
    ///   - problem: what is wrong with inputs that can be read.
    func usable(
        noting skipped: SkippedRows, _ problem: ([NDArray]) throws -> String? = { _ in nil }
    ) throws -> PredictionSource {
        let before = skipped.count
        var kept: [Int] = []
        for start in stride(from: 0, to: count, by: PredictionSource.block) {
            let rows = start..<min(start + PredictionSource.block, count)
            kept += try usable(rows, noting: skipped, problem)
        }
        guard skipped.count > before else { return self }
        skipped.tell(path, of: count)
        guard !kept.isEmpty else {
            throw RunError(.data, "\(path): none of \(Format.count(count, "example")) can be used")
        }
        return keeping(
            kept,
            notes: notes(without: skipped) + [skipped.sentence(path, of: count)].compactMap(\.self)
        )
    }

    private func usable(
        _ rows: Range<Int>, noting skipped: SkippedRows,
        _ problem: ([NDArray]) throws -> String?
    ) throws -> [Int] {
        do {
            let inputs = try read(rows)
            if let problem = try problem(inputs) {
                throw error(rows.lowerBound, problem)
            }
            _ = try targetsOf?(Array(rows))
            return Array(rows)
        } catch let error as DataError {
            guard rows.count == 1 else {
                return try rows.flatMap { try usable($0..<$0 + 1, noting: skipped, problem) }
            }
            skipped.add(error, rows.lowerBound, names)
            return []
        }
    }

    /// Some of the examples.
    private func keeping(_ rows: [Int], notes: [String]) -> PredictionSource {
        let (names, read, targets, targetsOf) = (names, read, targets, targetsOf)
        var source = PredictionSource(
            path, count: rows.count,
            names: ExampleNames(columns: names.columns) { names.of(rows[$0]) },
            read: { range in
                let parts = try rows[range].map { try read($0..<$0 + 1) }
                return parts[0].indices.map { input in
                    Tensor.concat(parts.map { Tensor($0[input]) }).data
                }
            },
            targets: {
                if let targetsOf { return try targetsOf(rows) }
                return try targets()?.gather(NDArray(rows.map { Int64($0) }))
            }, hash: hash)
        source.notes = notes
        source.pictures = pictures?.keeping(rows)
        return source
    }
}
