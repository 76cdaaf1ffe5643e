import FTJSON
import FTSupport

/// How near predicted quantities come, in the units of the data.
struct NumberReport {
    let meanAbsoluteError, rootMeanSquaredError: Double
    /// 1 − the share of the targets' variance that is missed, the mean over the outputs; NaN where
    /// all targets of one are equal.
    let r2: Double
    let count: Int

    /// - Parameter width: how many elements follow each other for an example.
    init(targets: [Double], predictions: [Double], width: Int) {
        count = targets.count
        let total = Double(max(count, 1))
        let errors = zip(targets, predictions).map { $1 - $0 }
        meanAbsoluteError = errors.reduce(0) { $0 + abs($1) } / total
        rootMeanSquaredError = (errors.reduce(0) { $0 + $1 * $1 } / total).squareRoot()
        let shares = (0..<width).map { output -> Double in
            let places = stride(from: output, to: targets.count, by: width)
            let mean = places.reduce(0) { $0 + targets[$1] } * Double(width) / total
            let missed = places.reduce(0) { $0 + errors[$1] * errors[$1] }
            let variance = places.reduce(0) { sum, place in
                sum + (targets[place] - mean) * (targets[place] - mean)
            }
            return variance > 0 ? 1 - missed / variance : .nan
        }
        r2 = shares.reduce(0, +) / Double(max(width, 1))
    }

    var lines: [String] {
        [
            "mean absolute error       \(Format.short(meanAbsoluteError, digits: 6))",
            "root mean squared error   \(Format.short(rootMeanSquaredError, digits: 6))",
            "R²                        \(Format.fixed(r2, 4))",
        ]
    }

    var json: JSONObject {
        [
            "meanAbsoluteError": JSONValue(number: meanAbsoluteError),
            "rootMeanSquaredError": JSONValue(number: rootMeanSquaredError),
            "r2": JSONValue(number: r2),
        ]
    }
}
