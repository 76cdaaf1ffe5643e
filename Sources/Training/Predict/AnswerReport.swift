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
                [name] + numbers.map(AnswerReport.cell)
                    + [Format.grouped(row.wanted)])
        }
        return all.head(" of all answers", baseline: baseline) + [
            "all right  \(Format.fixed(exactShare, 4)) of \(Format.count(exampleCount, "example"))",
            "",
        ] + table.lines + precisionLines + all.calibrationLines
    }

    /// What is right without a model: the mean over the outputs.
    private var baseline: ClassBaseline { ClassBaseline(meanOf: outputs.map(\.report.baseline)) }

    /// What finding each yes costs, and the threshold for it.
    private var precisionLines: [String] {
        guard let together = all.precisionRecall else { return [] }
        var table = TextTable([
            .text("output"), .number("average precision"), .number("best F1"),
            .number("threshold"), .number("precision"), .number("recall"),
        ])
        for (name, report) in outputs + [("all", all)] {
            let found = report.precisionRecall
            let numbers = [found?.averagePrecision, found?.f1].map(AnswerReport.cell)
            table.append(
                [name] + numbers + [found.map { "\($0.threshold)" } ?? ""]
                    + [found?.best.precision, found?.best.recall].map(AnswerReport.cell))
        }
        let hint = "to predict so: fttrain predict RUN DATA --threshold \(together.threshold)"
        return [""] + table.lines + [hint]
    }

    private static func cell(_ value: Double?) -> String {
        value.map { Format.fixed($0, 4) } ?? ""
    }

    var json: JSONObject {
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
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
                        "averagePrecision": number(report.precisionRecall?.averagePrecision),
                        "bestF1": number(report.precisionRecall?.f1),
                        "threshold": number(report.precisionRecall?.threshold),
                    ]
                }),
        ]
        object.append(contentsOf: all.baselineJSON(baseline))
        if let found = all.precisionRecall {
            object["precisionRecall"] = .object(found.json(of: "all outputs"))
        }
        object.append(contentsOf: all.calibrationJSON)
        return object
    }
}
