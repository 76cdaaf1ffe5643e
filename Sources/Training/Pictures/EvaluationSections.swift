import FTJSON
import FTSupport

/// What a model does right and wrong, as sections of a page.
struct EvaluationSections {
    /// As `EvaluationReport` has it for programs.
    let report: JSONObject
    /// The worst examples as pictures, in their order; none where they are no images.
    var pictures: [String] = []
    /// What tells examples apart: their row, their line, or columns of theirs.
    var names = "example"
    /// What it was measured on.
    var title = ""
    /// What people read over metrics, by their names.
    var metricTitles: [String: String] = [:]
    /// Whether loss and metrics are of scaled targets.
    var isScaled = false
    /// Errors in the units of the data, by the names of metrics.
    var known: [String: Double] = [:]
    /// How to predict by the model.
    var command = Thresholds.anyCommand

    private static let mostClasses = 30

    /// Classes, with the confusion matrix and calibration, or errors; then the worst examples.
    /// Of a text, its tokens.
    var html: [String] { [classes, outputs, sureness, tokens, errors, worst] }

    private static let mostTokens = 30

    private var tokens: String {
        guard case .array(let rows)? = report["tokens"] else { return "" }
        let facts = ["loss", "perplexity", "accuracy"].map { ($0, report[$0]?.cell ?? "") }
        let table = Page.table(
            ["token", "accuracy", "loss", "tokens"],
            rows.prefix(EvaluationSections.mostTokens).map { row in
                [row["token"]?.cell.quotedForDisplay() ?? ""]
                    + ["accuracy", "loss", "support"].map { row[$0]?.cell ?? "" }
            })
        return Page.section("Text, \(title)", Page.facts(facts) + table)
    }

    /// Loss, accuracy and metrics.
    var measures: String {
        var facts: [(String, String)] = []
        if case .object(let measured)? = report["validation"] {
            facts = measured.members.map { (metricTitles[$0.key] ?? $0.key, $0.value.cell) }
        }
        let hasAccuracy = facts.contains { $0.0 == "accuracy" }
        facts += further.filter { !hasAccuracy || $0.0 != "accuracy" }
        let weighting = report["weighting"].map { Page.paragraph($0.cell) } ?? ""
        return facts.isEmpty
            ? "" : Page.section("Results, \(title)", Page.facts(facts) + weighting)
    }

    /// What a report adds to loss and metrics: accuracy, log loss, and what they would be without a
    /// model.
    var further: [(String, String)] {
        let baseline = report["baseline"]?["sentence"].map { [("baseline", $0.cell)] } ?? []
        return [("accuracy", "accuracy"), ("log loss", "logLoss")].compactMap { title, key in
            report[key].map { (title, $0.cell) }
        } + baseline
    }

    private var classes: String {
        guard case .array(let rows)? = report["classes"],
            case .array(let matrix)? = report["confusionMatrix"]
        else { return "" }
        let names = rows.map { $0["class"]?.cell ?? "" }
        let table = Page.table(
            ["class", "precision", "recall", "F1", "AUC", "examples"],
            rows.map { row in
                ["class", "precision", "recall", "f1", "auc", "support"].map { row[$0]?.cell ?? "" }
            } + [means + ["", ""]])
        let counts = matrix.map { row -> [Int] in
            guard case .array(let cells) = row else { return [] }
            return cells.map { if case .int(let count) = $0 { count } else { 0 } }
        }
        let isSmall = names.count <= EvaluationSections.mostClasses
        let picture = isSmall ? Page.matrix(names, counts) : ""
        return Page.section("Classes, \(title)", picture + table)
    }

    /// What each of several outputs is worth.
    private var outputs: String {
        guard case .array(let rows)? = report["outputs"], case .object(let first)? = rows.first,
            report["exactShare"] != nil
        else { return "" }
        let names = first.members.map(\.key).filter {
            !["precisionRecall", "baseline"].contains($0)
        }
        let table = Page.table(
            names.map { $0 == "support" ? "yes" : $0 },
            rows.map { row in names.map { row[$0]?.cell ?? "" } }
                + [names.map { $0 == "output" ? "mean" : mean(of: $0) }])
        return Page.section("Outputs, \(title)", table)
    }

    /// The means over the classes.
    private var means: [String] { ["mean"] + ["precision", "recall", "f1"].map(mean(of:)) }

    /// The mean of a measure over classes or outputs; empty where the report has none.
    private func mean(of measure: String) -> String {
        let keys = ["precision": "macroPrecision", "recall": "macroRecall", "f1": "macroF1"]
        let areas = ["auc", "averagePrecision"]
        let key = keys[measure] ?? (areas.contains(measure) ? measure : nil)
        return key.flatMap { report[$0]?.cell } ?? ""
    }

    /// What numbers are in, where loss and metrics are in others.
    private var unit: String { isScaled ? " in the units of the data" : "" }

    private var errors: String {
        guard report["classes"] == nil, report["tokens"] == nil, report["exactShare"] == nil
        else { return "" }
        let known = ErrorMeasure.allCases.filter { report[$0.rawValue] != nil }
        let facts = known.map { ($0.title, $0.cell(report)) }
        let baseline = known.filter { report["baseline"]?[$0.rawValue] != nil }.map {
            ("\($0.title) of always the mean", $0.cell(report["baseline"]))
        }
        return facts.isEmpty
            ? ""
            : Page.section(
                "Errors\(unit), \(title)", Page.facts(facts + baseline) + errorsOfOutputs)
    }

    /// The errors of each of several quantities, and of who always says its mean.
    private var errorsOfOutputs: String {
        guard case .array(let rows)? = report["outputs"] else { return "" }
        let errors: [ErrorMeasure] = [.meanAbsoluteError, .rootMeanSquaredError]
        return Page.table(
            ["output"] + ErrorMeasure.allCases.map(\.title)
                + errors.map { "\($0.title) of the mean" },
            rows.map { row in
                let own = ErrorMeasure.allCases.map { row[$0.rawValue]?.number }
                let baseline = errors.map { row["baseline"]?[$0.rawValue]?.number }
                return [row["output"]?.cell ?? ""]
                    + (own + baseline).map { ErrorMeasure.cell(ofOne: $0) }
            })
    }

    private var worst: String {
        guard case .array(let rows)? = report["worst"], !rows.isEmpty else { return "" }
        let measures = WorstMeasure.allCases.map(\.rawValue)
        let measure = measures.first { rows[0][$0] != nil } ?? "loss"
        let output = rows[0]["output"] == nil ? [] : ["output"]
        let share = rows[0]["deviations"] == nil ? [] : ["deviations"]
        let cells = rows.map { row in
            (["example"] + output + ["target", "prediction"]).map { row[$0]?.cell ?? "" }
                + ([measure] + share).map { row[$0]?.number.map { Format.short($0) } ?? "" }
        }
        let heading =
            [names] + output + ["target", "predicted", measure] + share.map { "in \($0)" }
        guard pictures.count == rows.count else {
            let table = Page.table(
                heading, cells, words: heading.count - 1 - share.count)
            return Page.section("Worst examples\(unit)", table)
        }
        let figures = zip(pictures, cells).map { picture, cells in
            Page.figure(picture, zip(heading, cells).map { "\($0) \($1)" })
        }
        return Page.section(
            "Worst examples", "<div class=\"figures\">\(figures.joined(separator: "\n"))</div>")
    }
}
