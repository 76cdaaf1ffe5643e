package import FTJSON
import Tensor

/// Predictions as rows of text: what tells each example apart, what is predicted, and how sure the
/// model is.
package struct PredictionTable {
    /// What an example's outputs are, one by one.
    private enum Kind { case numbers, answers, classes }

    private let predictions: Predictions
    private let kind: Kind
    /// How the outputs of one example lie.
    private let shape: [Int]
    /// How many outputs an example has.
    private let count: Int
    /// How many numbers each output has: of a class the probabilities of all.
    private let width: Int
    /// The numbers of all examples.
    private let values: [Double]
    /// The classes, or 0 and 1, of all examples.
    private let decisions: [Int]

    package init(_ predictions: Predictions) {
        self.predictions = predictions
        let sizes = Array(predictions.values.shape.dropFirst())
        let classes = predictions.classes
        if let classes, classes.rank < predictions.values.rank {
            (kind, shape, width) = (.classes, sizes.dropLast(), sizes.last ?? 1)
        } else {
            (kind, shape, width) = (classes == nil ? .numbers : .answers, sizes, 1)
        }
        count = shape.reduce(1, *)
        values = predictions.values.values(as: Double.self)
        decisions = classes?.values(as: Int.self) ?? []
    }

    /// Whether an example has one output, which needs no place.
    private var isSingle: Bool { count == 1 && shape.count <= 1 }

    /// Whether the outputs of an example have names.
    private var areNamed: Bool {
        count > 1 && shape.count == 1 && predictions.outputNames.count == count
    }

    /// What the columns of each output end in: its name, or its place.
    private var endings: [String] {
        if isSingle { return [""] }
        guard shape.count == 1 else {
            return (0..<count).map { output in
                Places.indices(of: output, in: shape).map { "_\($0)" }.joined()
            }
        }
        return (0..<count).map { output in
            switch kind {
            case .numbers: areNamed ? "_\(predictions.outputNames[output])" : "\(output)"
            case .answers: "_\(predictions.name(output))"
            case .classes: "_\(output)"
            }
        }
    }

    /// The names of the columns after those of the ids.
    package var columns: [String] {
        let endings = endings
        let measure = predictions.areProbabilities ? "p" : "score"
        guard kind != .numbers else { return endings.map { "prediction\($0)" } }
        if isSingle, width == 1 {
            return ["prediction", predictions.areProbabilities ? "probability" : measure]
        }
        return endings.flatMap { ending in
            ["prediction\(ending)"]
                + (kind == .answers
                    ? ["\(measure)\(ending)"]
                    : (0..<width).map { "\(measure)\(ending)_\(predictions.name($0))" })
        }
    }

    private func numbers(_ row: Int) -> ArraySlice<Double> {
        let size = count * width
        return values[row * size..<(row + 1) * size]
    }

    /// The numbers of one output of a row.
    private func numbers(_ row: Int, _ output: Int) -> ArraySlice<Double> {
        let first = (row * count + output) * width
        return values[first..<first + width]
    }

    private func decisions(_ row: Int) -> ArraySlice<Int> {
        decisions[row * count..<(row + 1) * count]
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

    /// What is said of an output: a word where there is one.
    private func word(_ output: Int, _ decision: Int) -> String? {
        if kind == .answers, !isSingle { return predictions.answer(output, decision) }
        return predictions.classNames.isEmpty ? nil : predictions.name(decision)
    }

    /// The cells of a row.
    package func cells(_ row: Int) -> [String] {
        guard kind != .numbers else { return numbers(row).map(text) }
        let isSound = isSound(row)
        return decisions(row).enumerated().flatMap { output, decision in
            [isSound ? word(output, decision) ?? "\(decision)" : ""]
                + numbers(row, output).map(text)
        }
    }

    /// A row for programs.
    package func json(_ row: Int) -> JSONObject {
        guard kind != .numbers else { return ["prediction": listed(numbers(row).map(number))] }
        var object = JSONObject()
        let said = decisions(row).enumerated().map { output, decision -> JSONValue in
            word(output, decision).map { .string($0) } ?? .int(decision)
        }
        object["prediction"] = isSound(row) ? listed(said) : .null
        let (one, several) =
            predictions.areProbabilities ? ("probability", "probabilities") : ("score", "scores")
        if isSingle, width == 1 {
            object[one] = number(numbers(row).first ?? .nan)
        } else if kind == .answers {
            object[several] = listed(numbers(row).map(number))
        } else {
            let shares = (0..<count).map { output in
                JSONValue.object(
                    named(numbers(row, output).map(number)) { predictions.name($0) })
            }
            object[several] = listed(shares)
        }
        return object
    }

    /// A value of each output: the only one, under what they are called, or in lists as they lie.
    private func listed(_ values: [JSONValue]) -> JSONValue {
        if isSingle { return values[0] }
        if areNamed || kind == .answers && shape.count == 1 {
            return .object(
                named(values) { areNamed ? predictions.outputName($0) : predictions.name($0) })
        }
        var values = values
        for size in shape.dropFirst().reversed() where size > 0 {
            values = stride(from: 0, to: values.count, by: size).map {
                .array(Array(values[$0..<$0 + size]))
            }
        }
        return .array(values)
    }

    private func named(_ values: [JSONValue], _ name: (Int) -> String) -> JSONObject {
        var object = JSONObject()
        for (place, value) in values.enumerated() { object[name(place)] = value }
        return object
    }
}
