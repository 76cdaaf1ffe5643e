import FTJSON
import FTSupport
import NN

/// How near predicted quantities come, in the units of the data.
struct NumberReport {
    /// The errors of one of an example's quantities.
    struct Row {
        let name: String
        let meanAbsoluteError, meanSquaredError: Double
        /// 1 − the share of the targets' variance that is missed; NaN of equal targets, or of fewer
        /// than two, whose variance is 0.
        let r2: Double
        /// The same of somebody who always says the mean of the targets.
        let meanAbsoluteDeviation, variance: Double

        init(_ name: String, _ targets: [Double], _ predictions: [Double]) {
            self.name = name
            let count = Double(max(targets.count, 1))
            // Equal ones differ from their mean by rounding.
            let areEqual = targets.allSatisfy { $0 == targets[0] }
            let mean = areEqual ? targets.first ?? 0 : targets.reduce(0, +) / count
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
            r2 = targets.count > 1 && variance > 0 ? 1 - missed / variance : .nan
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

    /// Of all quantities together, in the unit that they share; R² is the mean over the outputs that
    /// have one, and NaN where none has.
    let meanAbsoluteError, rootMeanSquaredError, r2: Double
    /// The errors of somebody who always says the mean of the targets.
    let baseline: (meanAbsoluteError: Double, rootMeanSquaredError: Double)
    /// Each output for itself, where they are few enough to be told apart.
    let rows: [Row]
    /// Whether each output has a unit of its own, so that errors of several can't be added.
    let haveOwnUnits: Bool

    /// - Parameters:
    ///   - width: how many elements follow each other for an example.
    ///   - names: what they are called; empty where they needn't be told apart.
    ///   - haveOwnUnits: whether each has a unit of its own; they have names then.
    ///   - places: where each stands among all elements of all examples; nil where none is left out.
    init(
        targets: [Double], predictions: [Double], width: Int, names: [String] = [],
        haveOwnUnits: Bool = false, places: [Int]? = nil
    ) {
        let places = places ?? Array(targets.indices)
        var members = [[Int]](repeating: [], count: width)
        for (element, place) in places.enumerated() { members[place % width].append(element) }
        let met = members.enumerated().filter { !$0.element.isEmpty }
        let all = met.map { output, members in
            Row(
                names.isEmpty ? "" : names[output], members.map { targets[$0] },
                members.map { predictions[$0] })
        }
        rows = names.isEmpty ? [] : all
        self.haveOwnUnits = haveOwnUnits && !names.isEmpty
        // Each counts as often as it has targets.
        let weights = met.map { Double($0.element.count) / Double(max(targets.count, 1)) }
        func mean(_ value: (Row) -> Double) -> Double {
            zip(all, weights).reduce(0) { $0 + $1.1 * value($1.0) }
        }
        meanAbsoluteError = mean(\.meanAbsoluteError)
        rootMeanSquaredError = mean(\.meanSquaredError).squareRoot()
        let shares = all.map(\.r2).filter { !$0.isNaN }
        r2 = shares.isEmpty ? .nan : shares.reduce(0, +) / Double(shares.count)
        baseline = (mean(\.meanAbsoluteDeviation), mean(\.variance).squareRoot())
    }

    /// Errors that metrics measure, too, by their names; none where they can't be added.
    var known: [String: Double] {
        if haveOwnUnits { return [:] }
        return [
            "meanAbsoluteError": meanAbsoluteError, "rootMeanSquaredError": rootMeanSquaredError,
            "meanSquaredError": rootMeanSquaredError * rootMeanSquaredError,
        ]
    }

    var lines: [String] {
        guard !haveOwnUnits else {
            let meaning = r2.isNaN ? "" : "the mean over the labels; "
            return ["R²  \(shareText)   \(meaning)\(shareRemark)"] + leftLines + [""] + ownLines
        }
        let errors = [meanAbsoluteError, rootMeanSquaredError].map {
            Format.short($0, digits: 6)
        }
        let share = shareText
        let width = (errors + [share]).map(\.count).max() ?? 0
        let (distance, square) = (baseline.meanAbsoluteError, baseline.rootMeanSquaredError)
        let always = [distance, square].map { "always the mean: \(Format.short($0, digits: 6))" }
        func line(_ title: String, _ value: String, _ remark: String) -> String {
            title.padded(to: 26, left: true) + value.padded(to: width, left: true) + "   " + remark
        }
        let head =
            [
                line("mean absolute error", errors[0], always[0]),
                line("root mean squared error", errors[1], always[1]),
                line("R²", share, shareRemark),
            ] + leftLines
        guard !rows.isEmpty else { return head }
        var table = TextTable(
            [.text("output")] + rows[0].measures.map { .number($0.text) })
        for row in rows {
            table.append(
                [row.name] + row.measures.map { ErrorMeasure.cell(ofOne: $0.value) })
        }
        return head + ["of all outputs together; of each:", ""] + table.lines
    }

    private var shareText: String { r2.isNaN ? "-" : Format.fixed(r2, 4) }

    private var shareRemark: String {
        r2.isNaN
            ? "no value: all targets are equal, or one"
            : "0 is always the mean, 1 no error"
    }

    /// Which outputs R² leaves out.
    private var leftLines: [String] {
        let left = r2.isNaN ? [] : rows.filter(\.r2.isNaN).map(\.name)
        let sentence = LeftOutputs.sentence("R²", left, R2Score.reasonForNoValue)
        return sentence.map { "note    \($0)".wrapped(indent: 8) } ?? []
    }

    /// Each label's errors, and those of always its mean.
    private var ownLines: [String] {
        var table = TextTable([
            .text("label"), .number("MAE"), .number("RMSE"), .number("R²"),
            .number("MAE of the mean"), .number("RMSE of the mean"),
        ])
        for row in rows {
            let numbers = [
                row.meanAbsoluteError, row.rootMeanSquaredError, row.r2,
                row.meanAbsoluteDeviation, row.variance.squareRoot(),
            ]
            table.append([row.name] + numbers.map { ErrorMeasure.cell(ofOne: $0) })
        }
        return table.lines + [
            "mean absolute and root mean squared errors of each label in its own unit, and of",
            "who always says the label's mean",
        ]
    }

    var json: JSONObject {
        var object = JSONObject()
        if !haveOwnUnits {
            object["meanAbsoluteError"] = JSONValue(number: meanAbsoluteError)
            object["rootMeanSquaredError"] = JSONValue(number: rootMeanSquaredError)
        }
        object["r2"] = JSONValue(number: r2)
        if !haveOwnUnits {
            object["baseline"] = [
                "meanAbsoluteError": JSONValue(number: baseline.meanAbsoluteError),
                "rootMeanSquaredError": JSONValue(number: baseline.rootMeanSquaredError),
            ]
        }
        guard !rows.isEmpty else { return object }
        object["outputs"] = .array(
            rows.map { row in
                var object: JSONObject = ["output": .string(row.name)]
                for measure in row.measures {
                    object[measure.name] = JSONValue(number: measure.value)
                }
                object["baseline"] = [
                    "meanAbsoluteError": JSONValue(number: row.meanAbsoluteDeviation),
                    "rootMeanSquaredError": JSONValue(number: row.variance.squareRoot()),
                ]
                return .object(object)
            })
        return object
    }
}
