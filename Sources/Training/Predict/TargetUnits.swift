import Datasets
import FTJSON
import FTSupport

/// How targets, as a loss and metrics see them, become those of the data: x · factor + offset.
public struct TargetUnits: Sendable, Equatable {
    /// What the target is called.
    public let name: String
    /// One for all elements of a target, or one for each of as many equal parts of it.
    let factors, offsets: [Double]
    /// Whether each part is a label of its own.
    private let hasLabels: Bool
    /// How many elements a target has.
    private let size: Int
    /// Whether targets are several quantities of a table, whose errors have units of their own.
    let haveOwnUnits: Bool

    /// By which power of the factor metrics grow with their targets; others have no unit, or don't
    /// follow from one number.
    private static let powers = [
        "meanAbsoluteError": 1, "rootMeanSquaredError": 1, "meanSquaredError": 2,
    ]

    /// Whether a metric's numbers change with the scale of its targets.
    static func hasUnit(_ metric: String) -> Bool {
        powers[metric] != nil || ["pinball", "meanAbsolutePercentageError"].contains(metric)
    }

    /// Of targets that went through transforms and the scaling of a table's label, which are taken
    /// back last to first.
    init(_ preprocessing: Preprocessing) {
        var (factors, offsets) = ([1.0], [0.0])
        for transform in preprocessing.target.transforms.reversed() {
            switch transform {
            case .scale(let scale) where scale != 0:
                factors = factors.map { $0 / scale }
                offsets = offsets.map { $0 / scale }
            case .normalize(let mean, let std, _) where mean.count == std.count && !std.isEmpty:
                let (former, shifts) = (factors, offsets)
                let places = (0..<max(former.count, std.count)).map {
                    (before: $0 % former.count, own: $0 % std.count)
                }
                factors = places.map { former[$0.before] * std[$0.own] }
                offsets = places.map { shifts[$0.before] * std[$0.own] + mean[$0.own] }
            default: break
            }
        }
        let labels = preprocessing.table?.labels ?? []
        if !labels.isEmpty {
            let places = (0..<max(factors.count, labels.count)).map {
                (before: $0 % factors.count, label: labels[$0 % labels.count])
            }
            let (former, shifts) = (factors, offsets)
            factors = places.map { former[$0.before] * $0.label.deviation }
            offsets = places.map { shifts[$0.before] * $0.label.deviation + $0.label.mean }
        }
        name = labels.isEmpty ? "the target" : labels.map(\.name).joined(separator: ", ")
        hasLabels = labels.count > 1
        haveOwnUnits =
            labels.count > 1 && !labels.contains { $0.kind.isOfWords }
            && TargetUnits.sharedUnit(labels) == nil
        self.factors = factors
        self.offsets = offsets
        size = max(preprocessing.target.shape.reduce(1, *), 1)
    }

    /// What all cells of all labels are in, such as `$`; nil where that isn't known. Letters may say
    /// how many, as in `4k`.
    private static func sharedUnit(_ labels: [LabelEncoding]) -> String? {
        let marks = Set(labels.map { $0.form?.mark ?? "" })
        guard marks.count == 1, let mark = marks.first, !mark.isEmpty,
            !mark.contains(where: \.isLetter)
        else { return nil }
        return mark
    }

    /// Whether numbers are those of the data as they are.
    var areOwn: Bool { factors.allSatisfy { $0 == 1 } && offsets.allSatisfy { $0 == 0 } }

    /// Numbers as the loss sees them, target after target, in the units of the data.
    func original(_ numbers: [Double]) -> [Double] {
        if areOwn { return numbers }
        let part = max(size / factors.count, 1)
        return numbers.enumerated().map { index, number in
            let place = factors.count == 1 ? 0 : index % size / part % factors.count
            return number * factors[place] + offsets[place]
        }
    }

    /// What loss and metrics are of; nil where that is the data as they are, in one unit.
    public var sentence: String? {
        if let scaled { return "loss and metrics are of \(scaled)" }
        return haveOwnUnits
            ? "loss and errors add up all labels whatever their units" : nil
    }

    /// The scaled target as a formula; nil where it is the data as they are.
    private var scaled: String? {
        if areOwn { return nil }
        guard factors.count == 1 else {
            return hasLabels
                ? "the labels scaled by mean and deviation of each"
                : "\(name) scaled by the mean and deviation of each part"
        }
        func short(_ number: Double) -> String { Format.short(number, digits: 6) }
        let offset = offsets[0]
        let centred =
            offset == 0 ? name : "(\(name) \(offset < 0 ? "+" : "−") \(short(abs(offset))))"
        return factors[0] == 1 ? centred : "\(centred) / \(short(factors[0]))"
    }

    /// The name of a measure with what it is of, where it has a unit and that isn't the data's.
    func title(_ measure: String) -> String {
        guard measure == "loss" || TargetUnits.powers[measure] != nil, let scaled else {
            return measure
        }
        return "\(measure) of \(scaled)"
    }

    /// The metrics that have a unit, in that of the data; empty where they have it already.
    public func values(of measurement: RunMeasurement) -> [(name: String, value: Double)] {
        values(of: measurement, [:])
    }

    /// - Parameter known: what such metrics are in the unit of the data, where that is known better.
    func values(
        of measurement: RunMeasurement, _ known: [String: Double]
    ) -> [(name: String, value: Double)] {
        measurement.metrics.compactMap { metric in
            value(metric.value, of: metric.name).map { (metric.name, known[metric.name] ?? $0) }
        }
    }

    /// A metric in the unit of the data; nil where it has none, or has it already.
    func value(_ value: Double, of metric: String) -> Double? {
        guard !areOwn, factors.count == 1, let power = TargetUnits.powers[metric] else {
            return nil
        }
        let factor = abs(factors[0])
        return value * (power == 2 ? factor * factor : factor)
    }

    /// The same for people; nil where there are none.
    func note(on measurement: RunMeasurement, _ known: [String: Double] = [:]) -> String? {
        let values = values(of: measurement, known).map {
            "\($0.name) \(Format.short($0.value, digits: 6))"
        }
        return values.isEmpty
            ? nil : "in the units of the data: \(values.joined(separator: ", "))"
    }

    /// For programs, nil where numbers are those of the data as they are.
    var scaling: JSONValue? { areOwn ? nil : .object(json) }

    private var json: JSONObject {
        [
            "target": .string(name), "factors": .array(factors.map { JSONValue(number: $0) }),
            "offsets": .array(offsets.map { JSONValue(number: $0) }),
        ]
    }

    /// The same with what a measurement is in the unit of the data.
    func json(_ measurement: RunMeasurement, _ known: [String: Double] = [:]) -> JSONValue {
        var object = json
        var values = JSONObject()
        for value in self.values(of: measurement, known) {
            values[value.name] = JSONValue(number: value.value)
        }
        object["validation"] = .object(values)
        return .object(object)
    }
}
