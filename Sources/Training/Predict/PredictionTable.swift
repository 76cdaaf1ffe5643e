package import FTJSON
import Tensor

/// Predictions as rows of text: what tells each example apart, what is predicted, and how sure the
/// model is.
package struct PredictionTable {
    private let predictions: Predictions
    private let width: Int
    /// How many numbers each example has.
    private let values: [Double]
    private let places: [Int]
    /// Whether each example has several answers, yes or no.
    private let hasAnswers: Bool

    /// Throws where an example's prediction is no row: several classes, or a whole matrix.
    package init(_ predictions: Predictions) throws {
        self.predictions = predictions
        let shape = predictions.values.shape
        let classes = predictions.classes
        guard shape.rank <= 2, classes.map({ $0.rank == 1 || $0.shape == shape }) ?? true else {
            throw RunError(
                .usage,
                "predictions of one example have the shape \(Array(shape.dropFirst())), which is no "
                    + "row of a table; write them to .npy or .h5")
        }
        width = shape.rank == 2 ? shape[1] : 1
        values = predictions.values.values(as: Double.self)
        places = classes?.values(as: Int.self) ?? []
        hasAnswers = width > 1 && classes?.shape == shape
    }

    /// The names of the columns after those of the ids.
    package var columns: [String] {
        guard predictions.classes != nil else {
            if areNamed { return predictions.outputNames.map { "prediction_\($0)" } }
            return width == 1 ? ["prediction"] : (0..<width).map { "prediction\($0)" }
        }
        let kind = predictions.areProbabilities ? "p" : "score"
        guard !hasAnswers else {
            return (0..<width).map(predictions.name).flatMap {
                ["prediction_\($0)", "\(kind)_\($0)"]
            }
        }
        guard width > 1 else {
            return ["prediction", predictions.areProbabilities ? "probability" : kind]
        }
        return ["prediction"] + (0..<width).map { "\(kind)_\(predictions.name($0))" }
    }

    /// Whether the quantities of an example have names.
    private var areNamed: Bool { width > 1 && predictions.outputNames.count == width }

    private func numbers(_ row: Int) -> ArraySlice<Double> {
        values[row * width..<(row + 1) * width]
    }

    private func answers(_ row: Int) -> ArraySlice<Int> {
        places[row * width..<(row + 1) * width]
    }

    /// Whether the model gives a number for all of a row; where it doesn't, nothing is predicted.
    package func isSound(_ row: Int) -> Bool { numbers(row).allSatisfy(\.isFinite) }

    /// A number with the digits of a float, in which models compute.
    private func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        return predictions.values.dtype == .float64 ? "\(value)" : "\(Float(value))"
    }

    private func number(_ value: Double) -> JSONValue {
        JSONValue(number: Double(text(value)) ?? .nan)
    }

    /// What tells an example apart, for programs: a number where it is written as one.
    package static func id(_ text: String) -> JSONValue {
        Int(text).flatMap { "\($0)" == text ? .int($0) : nil } ?? .string(text)
    }

    /// The cells of a row.
    package func cells(_ row: Int) -> [String] {
        guard !hasAnswers else {
            return zip(answers(row), numbers(row)).enumerated().flatMap { place, pair in
                let answer = predictions.answer(place, pair.0) ?? "\(pair.0)"
                return [isSound(row) ? answer : "", text(pair.1)]
            }
        }
        return (places.isEmpty ? [] : [isSound(row) ? predictions.name(places[row]) : ""])
            + numbers(row).map(text)
    }

    /// A row for programs.
    package func json(_ row: Int) -> JSONObject {
        let numbers = numbers(row)
        guard !places.isEmpty else {
            let values = numbers.map(number)
            if areNamed { return ["prediction": byName(values)] }
            return ["prediction": width == 1 ? values[0] : .array(values)]
        }
        var object = JSONObject()
        if hasAnswers {
            object["prediction"] = byName(
                answers(row).enumerated().map { place, value in
                    predictions.answer(place, value).map { .string($0) } ?? .int(value)
                })
        } else if predictions.classNames.isEmpty {
            object["prediction"] = .int(places[row])
        } else {
            object["prediction"] = .string(predictions.name(places[row]))
        }
        if !isSound(row) { object["prediction"] = .null }
        let kind = predictions.areProbabilities ? "probability" : "score"
        guard width > 1 else {
            object[kind] = number(numbers.first ?? .nan)
            return object
        }
        object[predictions.areProbabilities ? "probabilities" : "scores"] = byName(
            numbers.map(number))
        return object
    }

    /// Values of classes, or of outputs, under what these are called.
    private func byName(_ values: [JSONValue]) -> JSONValue {
        var object = JSONObject()
        for (place, value) in values.enumerated() {
            let name = areNamed ? predictions.outputName(place) : predictions.name(place)
            object[name] = value
        }
        return .object(object)
    }
}
