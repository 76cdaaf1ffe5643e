import Autograd
package import Datasets
import FTConfig
public import FTJSON
import FTSupport
import Tensor

/// What a model does right and wrong on examples whose targets are known, in detail.
public struct EvaluationReport {
    /// An example that the model is far off on.
    struct Worst {
        let id: String
        /// Which element of the example it is, by name where it has one; nil where it is the only.
        let output: String?
        let target, prediction: String
        /// How far it is off, as `WorstMeasure` says.
        let value: Double
        /// An error in standard deviations of its output's targets, where outputs have units of
        /// their own.
        let share: Double?
    }

    private enum Content {
        case classes(ClassReport)
        case answers(AnswerReport)
        case numbers(NumberReport)
        case text(TokenReport)

        /// - Parameter command: predicts by the model.
        init(_ comparison: PredictionComparison, command: String) {
            if var report = comparison.answerReport {
                report.command = command
                self = .answers(report)
            } else if comparison.isOfClasses {
                var report = comparison.classReport
                report.command = command
                self = .classes(report)
            } else {
                self = .numbers(comparison.numberReport)
            }
        }
    }

    /// A sentence on each dataset that isn't as it was when the model was trained.
    public let notes: [String]
    private let content: Content
    private let worst: [Worst]
    private let measure: WorstMeasure
    /// Loss and metrics; nil where they weren't measured.
    private let evaluation: Evaluation?
    private let measurement: RunMeasurement?
    /// The worst examples as pictures, in their order; none where they are no images.
    let images: [ExamplePicture]
    private let idNames: String
    private let provenance: Provenance
    private let predictor: Predictor
    private let path: String
    /// How to predict these data.
    private let command: String
    private static let worstCount = 10

    /// Measures the model on a file, or by default on the data that it was validated on.
    ///
    /// Of a text it counts tokens: those of its validation part, or of a file of text or tokens.
    ///
    /// Throws where the file has no targets, or they are of another kind.
    public init(_ predictor: Predictor, data: String? = nil) throws {
        try self.init(
            predictor.path,
            overrides: data.map { ["data.path=\(JSONValue.string($0).text())"] } ?? [],
            threshold: predictor.thresholds?.text)
    }

    /// Measures a run folder's best checkpoint, or a checkpoint.
    ///
    /// - Parameters:
    ///   - overrides: `key=value` arguments for the config that the checkpoint holds.
    ///   - decimal: what stands before the decimals of a table; nil for what did in the training
    ///     table.
    ///   - skipped: notes examples that can't be used; without it the first of them ends it all.
    ///   - threshold: from which probabilities on it is one of two classes, or yes, as
    ///     `Predictor.decide(by:)` takes it; nil for what is likelier.
    package init(
        _ target: String, overrides: [String], decimal: DecimalMark? = nil,
        skipping skipped: SkippedRows? = nil, threshold: String? = nil
    ) throws {
        let fixed = ["data.transforms", "data.targetTransforms"]
        if let override = overrides.first(where: { fixed.contains(where: $0.hasPrefix) }) {
            throw RunError(
                .usage,
                "eval: a report treats data as those that the model was trained on; leave "
                    + "\(override) or --report out")
        }
        let loaded = try Evaluation.Loaded(
            target, overrides, decimal: decimal, skipping: skipped)
        let plan = loaded.experiment.data
        let isText = plan.config.optional("text") != nil
        var outputs: [Tensor] = []
        let evaluation = try Evaluation(
            loaded, overrides, parting: loaded.thresholds(threshold),
            observe: { output in
                // Those of a text are many; its report goes through it once more.
                if !isText { outputs.append(Tensor(output.data.on(.cpu))) }
            })
        let predictor = try Predictor(loaded)
        if let threshold { try predictor.decide(by: threshold) }
        try self.init(
            predictor, plan, evaluation.measurement, evaluation,
            isText ? nil : predictor.predictions(Tensor.concat(outputs)),
            skipsBad: skipped.map { $0.count > 0 } ?? false)
    }

    /// Looks at what a plan measures on.
    ///
    /// - Parameters:
    ///   - known: what the model says of it; nil if it is to be asked.
    ///   - skipsBad: whether examples that can't be used were left out.
    init(
        _ predictor: Predictor, _ plan: DataPlan, _ measurement: RunMeasurement?,
        _ evaluation: Evaluation? = nil, _ known: Predictions? = nil, skipsBad: Bool = false
    ) throws {
        self.predictor = predictor
        self.measurement = measurement
        notes = evaluation?.notes ?? []
        if plan.config.optional("text") != nil {
            self.evaluation = evaluation
            path = plan.config.string("path")
            content = .text(try TokenReport(predictor, plan.measured.dataset))
            (worst, measure, images, idNames) = ([], .loss, [], "window")
            command = predictor.command(path)
            provenance = try Provenance(predictor, data: path)
            return
        }
        let source = try PredictionSource(measuredBy: plan)
        path = source.path
        guard let stored = try source.targets() else {
            throw RunError(.data, "\(path): holds no targets, so there is nothing to compare with")
        }
        let predictions = try known ?? PredictionWriter(predictor, source).all()
        let comparison = try PredictionComparison(predictor, predictions, stored, path)
        command = predictor.command(path, skipsBad: skipsBad)
        let content = Content(comparison, command: command)
        self.content = content
        self.evaluation = evaluation.map { evaluation in
            var evaluation = evaluation
            if case .numbers(let report) = content { evaluation.known = report.known }
            return evaluation
        }
        let far = comparison.worst(EvaluationReport.worstCount)
        images = try far.compactMap { _, row in
            let inputs = try source.read(row..<row + 1)
            let example = inputs[0].slice(axis: 0, start: 0, count: 1)
            return ExamplePicture(example.reshape(inputs[0].shape.removing(at: 0)))
        }
        measure = comparison.measure
        worst = far.map { element, row in
            Worst(
                id: source.names.of(row).joined(separator: " "),
                output: comparison.output(of: element),
                target: comparison.text(element, true),
                prediction: comparison.text(element, false),
                value: comparison.measure == .score
                    ? -comparison.losses[element] : comparison.losses[element],
                share: comparison.share(of: element))
        }
        idNames = source.names.columns.joined(separator: " ")
        provenance = try Provenance(predictor, source)
    }

    /// A sentence where the loss isn't finite though the data are; nil where it is.
    package var lossProblem: String? { evaluation?.lossProblem }

    /// The worst examples as pictures of a page.
    var pictures: [String] { images.map(\.uri) }

    /// A line on each of the worst examples, in their order.
    var worstLines: [String] {
        worst.map { row in
            "\(idNames) \(row.id)\(row.output.map { ", output \($0)" } ?? ""): target \(row.target), "
                + "predicted \(row.prediction), \(measure.rawValue) \(Format.short(row.value))"
                + (row.share.map { ", \(Format.short($0)) deviations" } ?? "")
        }
    }

    /// Counts of targets by predictions; nil where targets are no classes.
    var confusion: (names: [String], counts: [[Int]])? {
        guard case .classes(let report) = content else { return nil }
        return (report.rows.map(\.name), report.confusion)
    }

    /// The report for people: loss and metrics, then the rest.
    public var lines: [String] {
        let head = evaluation.map { $0.facts + [""] } ?? []
        let hasOutputs = worst.contains { $0.output != nil }
        let hasShares = worst.contains { $0.share != nil }
        var table = TextTable(
            [.number(idNames)] + (hasOutputs ? [.text("output")] : []) + [
                .text("target"), .text("predicted"), .number(measure.rawValue),
            ] + (hasShares ? [.number("in deviations")] : []))
        for row in worst {
            table.append(
                [row.id] + (row.output.map { [$0] } ?? []) + [
                    row.target, row.prediction, Format.short(row.value),
                ] + (row.share.map { [Format.short($0)] } ?? []))
        }
        let body: [String]
        switch content {
        case .classes(let report): body = report.lines
        case .answers(let report): body = report.lines
        case .numbers(let report): body = report.lines
        case .text(let report): return head + report.lines
        }
        return head + body + ["", "worst"] + table.lines
    }

    /// The report as a page of its own.
    package func page() -> String {
        let title = "\(predictor.path): report on \(path)"
        let facts = [
            ("model", predictor.path), ("epoch", Format.grouped(predictor.epoch)),
            ("step", Format.grouped(predictor.step)), ("data", path),
            ("examples", evaluation.map { Format.grouped($0.count) } ?? ""),
            ("units", evaluation?.units.sentence ?? ""),
            ("parted at --threshold", evaluation?.threshold ?? ""),
        ].filter { !$0.1.isEmpty }
        let sections = sections(title: "on \(path)")
        return Page.document(
            title: title, refresh: nil,
            ["<h1>\(Markup.escaped(title))</h1>", Page.facts(facts), sections.measures]
                + sections.html)
    }

    /// Errors in the units of the data, by the names of metrics.
    private var known: [String: Double] {
        if case .numbers(let report) = content { report.known } else { [:] }
    }

    /// The report as sections of a page.
    func sections(title: String) -> EvaluationSections {
        EvaluationSections(
            report: json, pictures: pictures, names: idNames, title: title,
            metricTitles: MetricTitle.all(
                of: measurement?.metrics.map(\.name) ?? [], in: predictor.config),
            isScaled: !predictor.units.areOwn, known: known,
            command: command)
    }

    /// The report for programs.
    public var json: JSONObject {
        var object: JSONObject
        switch content {
        case .classes(let report): object = report.json
        case .answers(let report): object = report.json
        case .numbers(let report): object = report.json
        case .text(let report): object = report.json
        }
        if let measurement { object["validation"] = measurement.json }
        if let evaluation, !evaluation.units.areOwn, let measurement {
            object["units"] = evaluation.units.json(measurement, evaluation.known)
        }
        if let weighting = evaluation?.weighting { object["weighting"] = .string(weighting) }
        if let threshold = evaluation?.threshold { object["threshold"] = .string(threshold) }
        object["worst"] = .array(
            worst.map { row in
                var object: JSONObject = ["example": .string(row.id)]
                if let output = row.output { object["output"] = .string(output) }
                object["target"] = .string(row.target)
                object["prediction"] = .string(row.prediction)
                object[measure.rawValue] = JSONValue(number: row.value)
                if let share = row.share { object["deviations"] = JSONValue(number: share) }
                return .object(object)
            })
        object["source"] = .object(provenance.json)
        return object
    }
}
