import FTJSON
import FTSupport

/// How well classes are told apart: counts for each, the confusion matrix, and how far
/// probabilities can be believed.
struct ClassReport {
    /// A class and what was counted of it.
    struct Row {
        let name: String
        let hits, predicted, wanted: Int
        let auc: Double?

        var precision: Double { predicted > 0 ? Double(hits) / Double(predicted) : 0 }
        var recall: Double { wanted > 0 ? Double(hits) / Double(wanted) : 0 }
        /// 2 hits / (predicted + wanted); 0 where the class doesn't occur.
        var f1: Double {
            predicted + wanted > 0 ? 2 * Double(hits) / Double(predicted + wanted) : 0
        }
    }

    /// Predictions of about the same probability, the mean of it and how often they are right.
    struct Bin {
        let count: Int
        let confidence, accuracy: Double
    }

    let rows: [Row]
    /// Examples of each class (rows) by the class that was predicted (columns).
    let confusion: [[Int]]
    let bins: [Bin]
    let count: Int

    /// - Parameters:
    ///   - shares: the probability of each class of each example, row after row.
    init(names: [String], targets: [Int], predictions: [Int], shares: [Double]?) {
        let classes = names.count
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (target, prediction) in zip(targets, predictions) { confusion[target][prediction] += 1 }
        self.confusion = confusion
        count = targets.count
        rows = (0..<classes).map { place in
            let scores = shares.map { shares in
                targets.indices.map { shares[$0 * classes + place] }
            }
            return Row(
                name: names[place], hits: confusion[place][place],
                predicted: confusion.reduce(0) { $0 + $1[place] },
                wanted: confusion[place].reduce(0, +),
                auc: scores.flatMap { ClassReport.auc($0, targets.map { $0 == place }) })
        }
        bins =
            shares.map { shares in
                ClassReport.bins(
                    predictions.enumerated().map { shares[$0 * classes + $1] },
                    zip(targets, predictions).map { $0 == $1 })
            } ?? []
    }

    /// The area under the ROC curve by ranks, ties counting half (Mann and Whitney); nil without
    /// both kinds.
    static func auc(_ scores: [Double], _ isPositive: [Bool]) -> Double? {
        let positives = isPositive.count { $0 }
        let negatives = isPositive.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var (sum, start) = (0.0, 0)
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let rank = Double(start + end + 1) / 2
            sum += rank * Double(order[start..<end].count { isPositive[$0] })
            start = end
        }
        let least = Double(positives) * Double(positives + 1) / 2
        return (sum - least) / (Double(positives) * Double(negatives))
    }

    /// Ten bins of equal width, those without any prediction left out.
    private static func bins(_ confidences: [Double], _ isRight: [Bool]) -> [Bin] {
        var members = [[Int]](repeating: [], count: 10)
        for (row, confidence) in confidences.enumerated() {
            members[min(max(Int(confidence * 10), 0), 9)].append(row)
        }
        return members.filter { !$0.isEmpty }.map { rows in
            let count = Double(rows.count)
            return Bin(
                count: rows.count,
                confidence: rows.reduce(0) { $0 + confidences[$1] } / count,
                accuracy: Double(rows.count { isRight[$0] }) / count)
        }
    }

    var accuracy: Double { Double(rows.reduce(0) { $0 + $1.hits }) / Double(max(count, 1)) }

    /// The mean distance of confidence and accuracy over the bins (Guo and others, 2017); nil
    /// without probabilities.
    var calibrationError: Double? {
        guard !bins.isEmpty else { return nil }
        let total = bins.reduce(0) { $0 + Double($1.count) * abs($1.confidence - $1.accuracy) }
        return total / Double(count)
    }

    /// The mean over the classes that occur.
    private func macro(_ value: (Row) -> Double) -> Double {
        let present = rows.filter { $0.wanted + $0.predicted > 0 }
        return present.reduce(0) { $0 + value($1) } / Double(max(present.count, 1))
    }
}

extension ClassReport {
    var lines: [String] {
        var table = TextTable([
            .text("class"), .number("precision"), .number("recall"), .number("f1"),
            .number("auc"), .number("examples"),
        ])
        func numbers(_ values: [Double?]) -> [String] {
            values.map { $0.map { Format.fixed($0, 4) } ?? "" }
        }
        for row in rows {
            table.append(
                [row.name] + numbers([row.precision, row.recall, row.f1, row.auc])
                    + [Format.grouped(row.wanted)])
        }
        table.append(
            ["mean"] + numbers([macro(\.precision), macro(\.recall), macro(\.f1)])
                + ["", Format.grouped(count)])
        var lines = ["accuracy   \(Format.fixed(accuracy, 4))", ""] + table.lines
        if rows.count <= 30 {
            let heading = ["target, predicted →"] + rows.map(\.name)
            let cells = zip(rows, confusion).map { row, counts in
                [row.name] + counts.map { Format.grouped($0) }
            }
            lines += [""] + TextTable.aligned([heading] + cells) { $0 == 0 }
        }
        return lines + calibrationLines
    }

    /// How far probabilities can be believed, in words and by bins of confidence; nothing
    /// without probabilities.
    var calibrationLines: [String] {
        guard let calibrationError, let calibrationSentence else { return [] }
        var table = TextTable([
            .number("confidence"), .number("accuracy"), .number("examples"),
        ])
        for bin in bins {
            table.append(
                [bin.confidence, bin.accuracy].map { Format.fixed($0, 4) }
                    + [Format.grouped(bin.count)])
        }
        let error =
            "calibration error   \(Format.fixed(calibrationError, 4))   of the predicted class"
        return ["", error, calibrationSentence] + table.lines
    }

    /// As in `mean confidence 0.951, accuracy 0.910: overconfident`; nil without probabilities.
    var calibrationSentence: String? {
        guard !bins.isEmpty else { return nil }
        let total = Double(bins.reduce(0) { $0 + $1.count })
        let sure = bins.reduce(0) { $0 + $1.confidence * Double($1.count) } / total
        let right = bins.reduce(0) { $0 + $1.accuracy * Double($1.count) } / total
        let verdict =
            abs(sure - right) < 0.01 ? "" : sure > right ? ": overconfident" : ": underconfident"
        return
            "mean confidence \(Format.fixed(sure, 3)), accuracy \(Format.fixed(right, 3))\(verdict)"
    }

    var json: JSONObject {
        let classes = rows.map { row -> JSONValue in
            [
                "class": .string(row.name), "precision": .double(row.precision),
                "recall": .double(row.recall), "f1": .double(row.f1),
                "support": .int(row.wanted), "auc": row.auc.map { .double($0) } ?? .null,
            ]
        }
        var object: JSONObject = [
            "accuracy": .double(accuracy), "macroF1": .double(macro(\.f1)),
            "classes": .array(classes),
            "confusionMatrix": .array(confusion.map { .ints($0) }),
        ]
        object.append(contentsOf: calibrationJSON)
        return object
    }

    var calibrationJSON: JSONObject {
        guard let calibrationError, let calibrationSentence else { return [:] }
        return [
            "calibrationError": .double(calibrationError),
            "calibrationSentence": .string(calibrationSentence),
            "calibration": .array(
                bins.map { bin in
                    [
                        "confidence": .double(bin.confidence), "accuracy": .double(bin.accuracy),
                        "count": .int(bin.count),
                    ]
                }),
        ]
    }
}
