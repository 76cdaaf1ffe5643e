import FTJSON
import FTSupport

/// How near predicted quantities come, in the units of the data.
struct NumberReport {
    let meanAbsoluteError, rootMeanSquaredError: Double
    /// 1 − the share of the targets' variance that is missed; NaN where targets are all equal.
    let r2: Double
    let count: Int

    init(targets: [Double], predictions: [Double]) {
        count = targets.count
        let total = Double(max(count, 1))
        let mean = targets.reduce(0, +) / total
        var (absolute, squared, variance) = (0.0, 0.0, 0.0)
        for (target, prediction) in zip(targets, predictions) {
            let error = prediction - target
            absolute += abs(error)
            squared += error * error
            variance += (target - mean) * (target - mean)
        }
        meanAbsoluteError = absolute / total
        rootMeanSquaredError = (squared / total).squareRoot()
        r2 = variance > 0 ? 1 - squared / variance : .nan
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
