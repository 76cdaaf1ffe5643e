import FTJSON

extension EvaluationSections {
    /// How sure the model was and how often right then, and what finding one of two kinds costs.
    var sureness: String { calibration + precisionRecall }

    private var calibration: String {
        guard case .array(let bins)? = report["calibration"], let error = report["calibrationError"]
        else { return "" }
        let table = Page.table(
            ["confidence", "accuracy", "examples"],
            bins.map { bin in
                ["confidence", "accuracy", "count"].map { bin[$0]?.cell ?? "" }
            }, words: 0)
        let places = bins.map { bin in
            (
                confidence: bin["confidence"]?.number ?? 0, accuracy: bin["accuracy"]?.number ?? 0,
                count: Int(bin["count"]?.number ?? 0)
            )
        }
        return Page.section(
            "Calibration, \(title)",
            Page.facts([("calibration error of the predicted class", error.cell)])
                + Page.paragraph(report["calibrationSentence"]?.cell ?? "")
                + CalibrationPicture.svg(places) + table)
    }

    private static let mostCurves = 12

    /// Of one of two classes, or of each of several outputs.
    private var precisionRecall: String {
        if let found = report["precisionRecall"] {
            return Page.section(
                "Precision and recall of \(found["of"]?.cell ?? ""), \(title)",
                curve(found) + decision(found["option"]))
        }
        guard case .array(let outputs)? = report["outputs"] else { return "" }
        let all = outputs.compactMap { output -> JSONValue? in
            guard case .object? = output["precisionRecall"] else { return nil }
            return output["precisionRecall"]
        }
        if all.isEmpty { return "" }
        let parts = all.prefix(EvaluationSections.mostCurves).map { found in
            "<h3>\(Markup.escaped(found["of"]?.cell ?? ""))</h3>" + curve(found)
        }
        return Page.section(
            "Precision and recall of yes, \(title)",
            decision(report["option"]) + parts.joined(separator: "\n"))
    }

    private func decision(_ option: JSONValue?) -> String {
        guard case .string(let option)? = option else { return "" }
        return Page.paragraph(Thresholds.sentence(option, command))
    }

    private func curve(_ found: JSONValue) -> String {
        guard case .array(let points)? = found["curve"] else { return "" }
        let facts = [
            ("average precision", "averagePrecision"), ("best F1", "f1"),
            ("precision there", "precision"), ("recall there", "recall"),
        ].map { ($0, found[$1]?.cell ?? "") }
        // As it is, for what is rounded may part others.
        let threshold = found["threshold"]?.number.map { "\($0)" } ?? ""
        var kind = "scores"
        if case .string? = found["option"] { kind = "probabilities" }
        let curve = points.map {
            (recall: $0["recall"]?.number ?? 0, precision: $0["precision"]?.number ?? 0)
        }
        let best = (
            recall: found["recall"]?.number ?? 0, precision: found["precision"]?.number ?? 0
        )
        return Page.facts(facts + [("at \(kind) from", threshold)])
            + PrecisionRecallPicture.svg(curve, best: best)
    }
}
