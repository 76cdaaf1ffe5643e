import FTJSON
import FTSupport

/// How well each of several questions about an example is answered by yes or no.
struct AnswerReport {
    /// An output's name, and what its answers are worth.
    let outputs: [(name: String, report: ClassReport)]
    /// All answers together.
    let all: ClassReport
    /// The share of the examples of which every answer is right.
    let exactShare: Double
    private let exampleCount: Int

    /// - Parameters:
    ///   - targets: 0 or 1, the outputs of an example following one another; so `predictions`.
    ///   - shares: the probabilities of no and yes of each; nil where there are none.
    init(names: [String], targets: [Int], predictions: [Int], shares: [Double]?) {
        let width = names.count
        exampleCount = targets.count / width
        outputs = names.enumerated().map { place, name in
            let places = Array(stride(from: place, to: targets.count, by: width))
            let report = ClassReport(
                names: ["no", "yes"], targets: places.map { targets[$0] },
                predictions: places.map { predictions[$0] },
                shares: shares.map { shares in
                    places.flatMap { shares[2 * $0..<2 * $0 + 2] }
                })
            return (name, report)
        }
        all = ClassReport(
            names: ["no", "yes"], targets: targets, predictions: predictions, shares: shares)
        let right = (0..<exampleCount).count { row in
            let answers = row * width..<(row + 1) * width
            return targets[answers] == predictions[answers]
        }
        exactShare = Double(right) / Double(max(exampleCount, 1))
    }

    /// The mean over the outputs.
    private var macroF1: Double {
        outputs.reduce(0) { $0 + $1.report.rows[1].f1 } / Double(outputs.count)
    }

    var lines: [String] {
        var table = TextTable([
            .text("output"), .number("accuracy"), .number("precision"), .number("recall"),
            .number("f1"), .number("auc"), .number("yes"),
        ])
        for (name, report) in outputs + [("all", all)] {
            let row = report.rows[1]
            let numbers = [report.accuracy, row.precision, row.recall, row.f1, row.auc]
            table.append(
                [name] + numbers.map { $0.map { Format.fixed($0, 4) } ?? "" }
                    + [Format.grouped(row.wanted)])
        }
        return [
            "accuracy   \(Format.fixed(all.accuracy, 4)) of all answers",
            "all right  \(Format.fixed(exactShare, 4)) of \(Format.count(exampleCount, "example"))",
            "",
        ] + table.lines + all.calibrationLines
    }

    var json: JSONObject {
        var object: JSONObject = [
            "accuracy": .double(all.accuracy), "exactShare": .double(exactShare),
            "macroF1": .double(macroF1), "auc": all.rows[1].auc.map { .double($0) } ?? .null,
            "outputs": .array(
                outputs.map { name, report in
                    let row = report.rows[1]
                    return [
                        "output": .string(name), "accuracy": .double(report.accuracy),
                        "precision": .double(row.precision), "recall": .double(row.recall),
                        "f1": .double(row.f1), "support": .int(row.wanted),
                        "auc": row.auc.map { .double($0) } ?? .null,
                    ]
                }),
        ]
        object.append(contentsOf: all.calibrationJSON)
        return object
    }
}
