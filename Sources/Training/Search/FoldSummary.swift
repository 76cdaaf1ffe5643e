import FTJSON
import FTSupport

/// What the folds of a config came to: each at its best epoch, their means and deviations.
struct FoldSummary {
    /// A fold, numbered from 1, with the values of all measures.
    struct Fold {
        let number: Int
        let path: String
        let epoch: Int
        let values: [Double]
        let units: TargetUnits?
    }

    /// `loss`, then the metrics.
    let measures: [String]
    let folds: [Fold]
    private let unitLines: [String]
    /// What people read over each measure.
    private let titles: [String]

    init(_ records: [(index: Int, record: RunRecord)]) {
        measures = records.first?.record.measures ?? []
        unitLines = records.map(\.record).unitLines
        titles = measures.map(records.map(\.record).heading)
        folds = records.compactMap { [measures] index, record in
            let by = record.watched
            return record.best(by: by, prefersHigher: record.prefersHigher(by)).map { row in
                Fold(
                    number: index + 1, path: record.path, epoch: row.epoch,
                    values: measures.map { row.measured[$0] ?? .nan }, units: record.units)
            }
        }
    }

    /// The mean of each measure.
    var means: [Double] { spreads.map(\.mean) }

    /// The deviation of each measure: √(Σ (x − mean)² / (n − 1)), NaN for one fold.
    var deviations: [Double] { spreads.map(\.deviation) }

    private var spreads: [(mean: Double, deviation: Double)] {
        measures.indices.map { place in FoldSummary.spread(folds.map { $0.values[place] }) }
    }

    static func spread(_ values: [Double]) -> (mean: Double, deviation: Double) {
        // By distances from the first, so that equal ones deviate by nothing.
        let first = values.first ?? .nan
        let distances = values.map { $0 - first }
        let mean = distances.reduce(0, +) / Double(values.count)
        let squares = distances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (first + mean, (squares / Double(values.count - 1)).squareRoot())
    }

    /// The metrics that have a unit, in that of the data: mean and deviation of each.
    private var inDataUnits: [String] {
        measures.enumerated().compactMap { place, name in
            let values = folds.compactMap { $0.units?.value($0.values[place], of: name) }
            guard !values.isEmpty, values.count == folds.count else { return nil }
            let (mean, deviation) = FoldSummary.spread(values)
            let spread = values.count > 1 ? " ± \(Format.short(deviation, digits: 6))" : ""
            return "\(name) \(Format.short(mean, digits: 6))\(spread)"
        }
    }

    /// Each fold's best epoch is chosen by the examples that it is measured on.
    private static let remark =
        "note    each fold's value is that of its best epoch, chosen on the same fold, so means "
        + "are somewhat too good; fresh examples tell how much"

    /// The table, in at most 80 columns: as many measures as there is room for.
    var lines: [String] {
        let shown = measures.prefix(5).indices
        var table = TextTable(
            [.text("fold")] + shown.map { .number(MetricTitle.short(titles[$0]).cut(to: 10)) } + [
                .number("epoch")
            ])
        for fold in folds {
            table.append(
                ["\(fold.number)"] + shown.map { Format.measure(fold.values[$0]) }
                    + ["\(fold.epoch)"])
        }
        if !folds.isEmpty {
            table.append(["mean"] + shown.map { Format.measure(means[$0]) } + [""])
        }
        if folds.count > 1 {
            table.append(["±"] + shown.map { Format.measure(deviations[$0]) } + [""])
        }
        let all = table.lines + (folds.isEmpty ? [] : FoldSummary.remark.wrapped(indent: 8))
        guard !unitLines.isEmpty else { return all }
        let values = inDataUnits
        let note = "        in the units of the data: \(values.joined(separator: ", "))"
        return all + [""] + unitLines + (values.isEmpty ? [] : note.folded)
    }

    /// The same for programs.
    var json: JSONObject {
        func object(_ values: [Double]) -> JSONValue {
            var object = JSONObject()
            for (name, value) in zip(measures, values) {
                object.append(name, JSONValue(number: value))
            }
            return .object(object)
        }
        return [
            "folds": .array(
                folds.map { fold in
                    var json: JSONObject = [
                        "fold": .int(fold.number), "run": .string(fold.path),
                        "epoch": .int(fold.epoch), "values": object(fold.values),
                    ]
                    if let units = fold.units?.scaling { json["units"] = units }
                    return .object(json)
                }), "mean": object(means), "deviation": object(deviations),
        ]
    }
}
