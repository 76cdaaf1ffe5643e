import FTJSON
import FTSupport
import NN

/// How well each of several questions about an example is answered by yes or no.
struct AnswerReport {
    /// An output's name, and what its answers are worth.
    let outputs: [(name: String, report: ClassReport)]
    /// All answers together.
    let all: ClassReport
    /// The share of the examples of which every answer that counts is right.
    let exactShare: Double
    private let exampleCount: Int
    /// How to predict by the model, which people are shown with a threshold.
    var command = Thresholds.anyCommand

    /// - Parameters:
    ///   - targets: 0 or 1, the outputs of an example following one another; so `predictions`.
    ///   - shares: the probabilities of no and yes of each; nil where there are none.
    ///   - scores: where there are none, what answers are ordered by in the same way.
    ///   - places: where each stands among all outputs of all examples; nil where none is left out.
    init(
        names: [String], targets: [Int], predictions: [Int], shares: [Double]?,
        scores: [Double]? = nil, places: [Int]? = nil
    ) {
        let width = names.count
        let places = places ?? Array(targets.indices)
        var members = [[Int]](repeating: [], count: width)
        var isRight: [Int: Bool] = [:]
        for (element, place) in places.enumerated() {
            members[place % width].append(element)
            isRight[place / width, default: true] =
                isRight[place / width, default: true] && targets[element] == predictions[element]
        }
        outputs = zip(names, members).map { name, members in
            func pairs(_ numbers: [Double]?) -> [Double]? {
                numbers.map { numbers in members.flatMap { numbers[2 * $0..<2 * $0 + 2] } }
            }
            let report = ClassReport(
                names: ["no", "yes"], targets: members.map { targets[$0] },
                predictions: members.map { predictions[$0] }, shares: pairs(shares),
                scores: pairs(scores))
            return (name, report)
        }
        all = ClassReport(
            names: ["no", "yes"], targets: targets, predictions: predictions, shares: shares,
            scores: scores)
        exampleCount = isRight.count
        exactShare = Double(isRight.values.count { $0 }) / Double(max(exampleCount, 1))
    }

    /// The means over the outputs, as metrics give them: of precision, recall and F1 over those
    /// that have a yes or are given one, of the areas over those that have both answers.
    var means: (accuracy: Double, precision: Double?, recall: Double?, f1: Double?, auc: Double?) {
        let rows = outputs.map { $0.report.rows[1] }
        let met = rows.filter(\.occurs)
        let counted = outputs.filter { $0.report.count > 0 }
        return (
            AnswerReport.mean(counted.map(\.report.accuracy)) ?? 0,
            AnswerReport.mean(met.map(\.precision)), AnswerReport.mean(met.map(\.recall)),
            AnswerReport.mean(met.map(\.f1)), AnswerReport.mean(rows.compactMap(\.auc))
        )
    }

    /// That over the outputs that have both answers.
    private var averagePrecision: Double? {
        AnswerReport.mean(outputs.compactMap { $0.report.precisionRecall?.averagePrecision })
    }

    /// How many outputs are shown to people, and have their curve.
    private static let most = 100

    private static func mean(_ numbers: [Double]) -> Double? {
        numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
    }

    /// The best threshold of each output as `--threshold` takes them; nil where there is none, or
    /// they are of scores.
    var option: String? {
        let parts = outputs.compactMap { name, report in
            report.precisionRecall.map { (name, $0.threshold) }
        }
        return all.logLoss == nil || parts.isEmpty ? nil : Thresholds.option(parts)
    }

    var lines: [String] {
        var table = TextTable([
            .text("output"), .number("accuracy"), .number("precision"), .number("recall"),
            .number("f1"), .number("auc"), .number("yes"),
        ])
        for (name, report) in outputs.prefix(AnswerReport.most) {
            let row = report.rows[1]
            let numbers = [report.accuracy] + row.counted + [row.auc]
            table.append(
                [name] + numbers.map(AnswerReport.cell)
                    + [Format.grouped(row.wanted)])
        }
        let means = means
        table.append(
            ["mean"]
                + [means.accuracy, means.precision, means.recall, means.f1, means.auc].map(
                    AnswerReport.cell) + [""])
        let left = outputs.count - AnswerReport.most
        let more = left > 0 ? ["… \(Format.count(left, "more output")), in --json"] : []
        return all.head(" of all answers", baseline: baseline) + [
            "all right  \(Format.fixed(exactShare, 4)) of \(Format.count(exampleCount, "example"))",
            "",
        ] + table.lines + more + leftLines + precisionLines + all.calibrationLines
    }

    /// Which outputs the means leave out.
    private var leftLines: [String] {
        func names(_ isOut: (ClassReport.Row) -> Bool) -> [String] {
            let left = outputs.filter { isOut($0.report.rows[1]) }.map(\.name)
            return left.count < outputs.count ? left : []
        }
        let hasScores = outputs.contains { $0.report.rows[1].auc != nil }
        let sentences = [
            LeftOutputs.sentence(
                "each of precision, recall and f1", names { !$0.occurs }, F1Score.reasonForNoValue),
            hasScores
                ? LeftOutputs.sentence(
                    "auc", names { $0.auc == nil }, AreaUnderROC.reasonForNoValue) : nil,
        ]
        return sentences.compactMap(\.self).flatMap { "note    \($0)".wrapped(indent: 8) }
    }

    /// What is right without a model: the mean over all answers.
    private var baseline: ClassBaseline { ClassBaseline(meanOf: outputs.map(\.report.baseline)) }

    /// What finding each yes costs, and the threshold for it.
    private var precisionLines: [String] {
        guard averagePrecision != nil else { return [] }
        var table = TextTable([
            .text("output"), .number("average precision"), .number("best F1"),
            .number(all.logLoss == nil ? "from score" : "threshold"), .number("precision"),
            .number("recall"),
        ])
        for (name, report) in outputs.prefix(AnswerReport.most) {
            let found = report.precisionRecall
            let numbers = [found?.averagePrecision, found?.f1].map(AnswerReport.cell)
            table.append(
                [name] + numbers + [found.map { "\($0.threshold)" } ?? ""]
                    + [found?.best.precision, found?.best.recall].map(AnswerReport.cell))
        }
        table.append(["mean", AnswerReport.cell(averagePrecision), "", "", "", ""])
        let isShort = outputs.count <= AnswerReport.most
        let sentence = isShort ? option.map { Thresholds.sentence($0, command) } : nil
        return [""] + table.lines + [sentence].compactMap(\.self)
    }

    private static func cell(_ value: Double?) -> String {
        value.map { Format.fixed($0, 4) } ?? ""
    }
}

extension AnswerReport {
    var json: JSONObject {
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        let means = means
        let hasCurves = outputs.count <= AnswerReport.most
        var object: JSONObject = [
            "accuracy": .double(all.accuracy), "exactShare": .double(exactShare),
            "macroPrecision": number(means.precision), "macroRecall": number(means.recall),
            "macroF1": number(means.f1), "auc": number(means.auc),
            "averagePrecision": number(averagePrecision),
            "option": option.map { .string($0) } ?? .null,
            "outputs": .array(
                outputs.map { name, report in
                    let row = report.rows[1]
                    let found = report.precisionRecall
                    let counted = row.counted.map(number)
                    return [
                        "output": .string(name), "accuracy": .double(report.accuracy),
                        "precision": counted[0], "recall": counted[1],
                        "f1": counted[2], "support": .int(row.wanted),
                        "auc": number(row.auc),
                        "averagePrecision": number(found?.averagePrecision),
                        "bestF1": number(found?.f1), "threshold": number(found?.threshold),
                        "precisionRecall": (hasCurves ? found : nil).map { found in
                            let own =
                                all.logLoss == nil
                                ? nil : Thresholds.option([(name, found.threshold)])
                            return .object(found.json(of: name, option: own))
                        } ?? .null,
                    ]
                }),
        ]
        object.append(contentsOf: all.baselineJSON(baseline))
        object.append(contentsOf: all.calibrationJSON)
        return object
    }
}
