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
    }

    /// `loss`, then the metrics.
    let measures: [String]
    let folds: [Fold]

    init(_ records: [(index: Int, record: RunRecord)]) {
        measures = records.first?.record.measures ?? []
        folds = records.compactMap { [measures] index, record in
            let by = record.watched
            return record.best(by: by, prefersHigher: record.prefersHigher(by)).map { row in
                Fold(
                    number: index + 1, path: record.path, epoch: row.epoch,
                    values: measures.map { row.measured[$0] ?? .nan })
            }
        }
    }

    /// The mean of each measure.
    var means: [Double] {
        measures.indices.map { place in
            folds.reduce(0) { $0 + $1.values[place] } / Double(folds.count)
        }
    }

    /// The deviation of each measure: √(Σ (x − mean)² / (n − 1)), NaN for one fold.
    var deviations: [Double] {
        zip(measures.indices, means).map { place, mean in
            let squares = folds.reduce(0) { sum, fold in
                sum + (fold.values[place] - mean) * (fold.values[place] - mean)
            }
            return (squares / Double(folds.count - 1)).squareRoot()
        }
    }

    /// The table, in at most 80 columns: as many measures as there is room for.
    var lines: [String] {
        let shown = measures.prefix(5).indices
        var table = TextTable(
            [.text("fold")] + shown.map { .number(measures[$0].cut(to: 12)) } + [.number("epoch")])
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
        return table.lines
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
                    [
                        "fold": .int(fold.number), "run": .string(fold.path),
                        "epoch": .int(fold.epoch), "values": object(fold.values),
                    ]
                }), "mean": object(means), "deviation": object(deviations),
        ]
    }
}
