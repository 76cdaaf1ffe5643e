import FTJSON
import FTSupport

extension ClassReport.Row {
    /// Precision, recall and F1; nil where the class doesn't occur.
    var counted: [Double?] { [precision, recall, f1].map { occurs ? $0 : nil } }
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
                [row.name] + numbers(row.counted + [row.auc])
                    + [Format.grouped(row.wanted)])
        }
        table.append(
            ["mean"] + numbers([macro(\.precision), macro(\.recall), macro(\.f1)])
                + ["", Format.grouped(count)])
        var lines = head("") + [""] + table.lines
        if rows.count <= 30 {
            let most = max(8, 58 / rows.count - 2)
            let heading = ["target, predicted →"] + rows.map { $0.name.shortened(to: most) }
            let cells = zip(rows, confusion).map { row, counts in
                [row.name.shortened(to: 20)] + counts.map { Format.grouped($0) }
            }
            lines += [""] + TextTable.aligned([heading] + cells) { $0 == 0 }
        }
        let ofSecond =
            precisionRecall?.lines(
                of: rows[found].name, option: option, command: command) ?? []
        return lines + ofSecond + calibrationLines
    }

    /// How good it is on the whole, and what would be without a model.
    ///
    /// - Parameter remark: what follows the accuracy.
    func head(_ remark: String, baseline: ClassBaseline? = nil) -> [String] {
        let sentence = (baseline ?? self.baseline).sentence(hasShares: logLoss != nil)
        return ["accuracy   \(Format.fixed(accuracy, 4))\(remark)"]
            + (logLoss.map { ["log loss   \(Format.fixed($0, 4))"] } ?? [])
            + "baseline   \(sentence)".wrapped(indent: 11)
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
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        let classes = rows.map { row -> JSONValue in
            [
                "class": .string(row.name), "precision": number(row.counted[0]),
                "recall": number(row.counted[1]), "f1": number(row.counted[2]),
                "support": .int(row.wanted), "auc": number(row.auc),
            ]
        }
        var object: JSONObject = [
            "accuracy": .double(accuracy), "macroPrecision": .double(macro(\.precision)),
            "macroRecall": .double(macro(\.recall)), "macroF1": .double(macro(\.f1)),
            "classes": .array(classes),
            "confusionMatrix": .array(confusion.map { .ints($0) }),
        ]
        object.append(contentsOf: baselineJSON())
        if let precisionRecall {
            object["precisionRecall"] = .object(
                precisionRecall.json(of: rows[found].name, option: option))
        }
        object.append(contentsOf: calibrationJSON)
        return object
    }

    func baselineJSON(_ other: ClassBaseline? = nil) -> JSONObject {
        var object = JSONObject()
        if let logLoss { object["logLoss"] = .double(logLoss) }
        object["baseline"] = .object((other ?? baseline).json(hasShares: logLoss != nil))
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
