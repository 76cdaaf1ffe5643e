import FTJSON
import FTSupport

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

    private var precisionRecall: String {
        guard let found = report["precisionRecall"], case .array(let points)? = found["curve"]
        else { return "" }
        let facts = [
            ("average precision", "averagePrecision"), ("best F1", "f1"),
            ("precision there", "precision"), ("recall there", "recall"),
        ].map { ($0, found[$1]?.cell ?? "") }
        // As it is, for what is rounded may part others.
        let threshold = found["threshold"]?.number.map { "\($0)" } ?? ""
        let setting = found["setting"]?.number.map { "\($0)" } ?? threshold
        let curve = points.map {
            (recall: $0["recall"]?.number ?? 0, precision: $0["precision"]?.number ?? 0)
        }
        let best = (
            recall: found["recall"]?.number ?? 0, precision: found["precision"]?.number ?? 0
        )
        return Page.section(
            "Precision and recall of \(found["of"]?.cell ?? ""), \(title)",
            Page.facts(facts + [("at probabilities from", threshold)])
                + PrecisionRecallPicture.svg(curve, best: best)
                + Page.paragraph(
                    "To predict so: fttrain predict RUN DATA --threshold \(setting)"))
    }
}

extension JSONValue {
    /// What a cell counts or measures; nil of no number.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// A cell of a table.
    var cell: String {
        switch self {
        case .string(let text): text
        case .int(let value): Format.grouped(value)
        case .double(let value): Format.measure(value)
        default: ""
        }
    }
}
