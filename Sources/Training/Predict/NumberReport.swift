import FTJSON
import FTSupport

/// How near predicted quantities come, in the units of the data.
struct NumberReport {
    /// The errors of one of an example's quantities.
    struct Row {
        let name: String
        let meanAbsoluteError, meanSquaredError: Double
        /// 1 − the share of the targets' variance that is missed; NaN where all targets are equal.
        let r2: Double
        /// The same of somebody who always says the mean of the targets.
        let meanAbsoluteDeviation, variance: Double

        init(_ name: String, _ targets: [Double], _ predictions: [Double]) {
            self.name = name
            let count = Double(max(targets.count, 1))
            let mean = targets.reduce(0, +) / count
            var (distance, missed, variance, deviation) = (0.0, 0.0, 0.0, 0.0)
            for (target, prediction) in zip(targets, predictions) {
                distance += abs(prediction - target)
                missed += (prediction - target) * (prediction - target)
                variance += (target - mean) * (target - mean)
                deviation += abs(target - mean)
            }
            meanAbsoluteError = distance / count
            meanSquaredError = missed / count
            meanAbsoluteDeviation = deviation / count
            self.variance = variance / count
            r2 = variance > 0 ? 1 - missed / variance : .nan
        }

        var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

        fileprivate var measures: [(name: String, text: String, value: Double)] {
            [
                ("meanAbsoluteError", "mean absolute error", meanAbsoluteError),
                ("rootMeanSquaredError", "root mean squared error", rootMeanSquaredError),
                ("r2", "R²", r2),
            ]
        }
    }

    /// Of all quantities together; R² is the mean over the outputs.
    let meanAbsoluteError, rootMeanSquaredError, r2: Double
    /// The errors of somebody who always says the mean of the targets.
    let baseline: (meanAbsoluteError: Double, rootMeanSquaredError: Double)
    /// Each output for itself, where they are few enough to be told apart.
    let rows: [Row]

    /// - Parameters:
    ///   - width: how many elements follow each other for an example.
    ///   - names: what they are called; empty where they needn't be told apart.
    init(targets: [Double], predictions: [Double], width: Int, names: [String] = []) {
        let all = (0..<width).map { output in
            let places = stride(from: output, to: targets.count, by: width)
            return Row(
                names.isEmpty ? "" : names[output], places.map { targets[$0] },
                places.map { predictions[$0] })
        }
        rows = names.isEmpty ? [] : all
        let count = Double(max(width, 1))
        meanAbsoluteError = all.reduce(0) { $0 + $1.meanAbsoluteError } / count
        rootMeanSquaredError = (all.reduce(0) { $0 + $1.meanSquaredError } / count).squareRoot()
        r2 = all.reduce(0) { $0 + $1.r2 } / count
        baseline = (
            all.reduce(0) { $0 + $1.meanAbsoluteDeviation } / count,
            (all.reduce(0) { $0 + $1.variance } / count).squareRoot()
        )
    }

    var lines: [String] {
        let errors = [meanAbsoluteError, rootMeanSquaredError].map {
            Format.short($0, digits: 6)
        }
        let share = Format.fixed(r2, 4)
        let width = (errors + [share]).map(\.count).max() ?? 0
        let (distance, square) = (baseline.meanAbsoluteError, baseline.rootMeanSquaredError)
        let always = [distance, square].map { "always the mean: \(Format.short($0, digits: 6))" }
        func line(_ title: String, _ value: String, _ remark: String) -> String {
            title.padded(to: 26, left: true) + value.padded(to: width, left: true) + "   " + remark
        }
        let head = [
            line("mean absolute error", errors[0], always[0]),
            line("root mean squared error", errors[1], always[1]),
            line("R²", share, "0 is always the mean, 1 no error"),
        ]
        guard !rows.isEmpty else { return head }
        var table = TextTable(
            [.text("output")] + rows[0].measures.map { .number($0.text) })
        for row in rows {
            table.append(
                [row.name] + row.measures.map { Format.short($0.value, digits: 6) })
        }
        return head + [""] + table.lines
    }

    var json: JSONObject {
        var object: JSONObject = [
            "meanAbsoluteError": JSONValue(number: meanAbsoluteError),
            "rootMeanSquaredError": JSONValue(number: rootMeanSquaredError),
            "r2": JSONValue(number: r2),
            "baseline": [
                "meanAbsoluteError": JSONValue(number: baseline.meanAbsoluteError),
                "rootMeanSquaredError": JSONValue(number: baseline.rootMeanSquaredError),
            ],
        ]
        guard !rows.isEmpty else { return object }
        object["outputs"] = .array(
            rows.map { row in
                var object: JSONObject = ["output": .string(row.name)]
                for measure in row.measures {
                    object[measure.name] = JSONValue(number: measure.value)
                }
                return .object(object)
            })
        return object
    }
}
