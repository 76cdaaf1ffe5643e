import FTConfig
public import FTJSON
import FTSupport
import Glibc
import Tensor

/// What a model does right and wrong on examples whose targets are known, in detail.
public struct EvaluationReport {
    /// An example that the model is far off on.
    struct Worst {
        let id: String
        let target, prediction: String
        /// −ln of the target's probability, or the absolute error.
        let loss: Double
    }

    private enum Content {
        case classes(ClassReport)
        case numbers(NumberReport)
        case text(TokenReport)
    }

    /// A sentence on each dataset that isn't as it was when the model was trained.
    public let notes: [String]
    private let content: Content
    private let worst: [Worst]
    /// The worst examples as pictures, in their order; none where they are no images.
    let images: [ExamplePicture]
    private let idNames: String
    private let provenance: Provenance
    private let predictor: Predictor
    private let path: String
    private static let worstCount = 10

    /// Measures the model on a file, or by default on the data that it was validated on.
    ///
    /// Of a text it counts tokens: those of its validation part, or of a file of text or tokens.
    ///
    /// Throws where the file has no targets, or they are of another kind.
    ///
    /// - Parameter checksData: whether to look if the model's own data are as they were; without,
    ///   they aren't read as a whole.
    public init(_ predictor: Predictor, data: String? = nil, checksData: Bool = true) throws {
        self.predictor = predictor
        if let text = predictor.config.data.optional("text") {
            let windows = try TextWindows(data, text, predictor)
            content = .text(try TokenReport(predictor, windows))
            (worst, images, idNames, path) = ([], [], "window", windows.path)
            notes = data == nil && checksData ? try EvaluationReport.changes(predictor) : []
            provenance = try Provenance(predictor, data: path)
            return
        }
        let path = data ?? predictor.config.dataPath
        var source = try PredictionSource(path, for: predictor)
        if data == nil, let rows = try predictor.heldRows() { source = source.picking(rows) }
        notes = data == nil && checksData ? try EvaluationReport.changes(predictor) : []
        guard let stored = try source.targets() else {
            throw RunError(
                .data, "\(path): holds no targets, so there is nothing to compare with; use predict"
            )
        }
        let predictions = try PredictionWriter(predictor, source).all()
        let comparison = try PredictionComparison(predictor, predictions, stored, path)
        content =
            comparison.isOfClasses
            ? .classes(comparison.classReport)
            : .numbers(
                NumberReport(targets: comparison.targets, predictions: comparison.predictions))
        let far = comparison.worst(EvaluationReport.worstCount)
        images = try far.compactMap { _, row in
            let inputs = try source.read(row..<row + 1)
            let example = inputs[0].slice(axis: 0, start: 0, count: 1)
            return ExamplePicture(example.reshape(inputs[0].shape.removing(at: 0)))
        }
        worst = far.map { element, row in
            Worst(
                id: source.ids(row).joined(separator: " "), target: comparison.text(element, true),
                prediction: comparison.text(element, false), loss: comparison.losses[element])
        }
        idNames = source.idNames.joined(separator: " ")
        provenance = try Provenance(predictor, source)
        self.path = source.path
    }

    private static func changes(_ predictor: Predictor) throws -> [String] {
        try DataPlan(predictor.config, as: predictor.preprocessing).changes(
            since: predictor.digests)
    }

    /// The worst examples as pictures of a page.
    var pictures: [String] { images.map(\.uri) }

    /// A line on each of the worst examples, in their order.
    var worstLines: [String] {
        worst.map { row in
            "\(idNames) \(row.id): is \(row.target), taken for \(row.prediction), loss "
                + Format.short(row.loss)
        }
    }

    /// Who is taken for whom; nil where targets are no classes.
    var confusion: (names: [String], counts: [[Int]])? {
        guard case .classes(let report) = content else { return nil }
        return (report.rows.map(\.name), report.confusion)
    }

    /// The report for people.
    public var lines: [String] {
        let head =
            [
                "model   \(predictor.path)   epoch \(predictor.epoch), step "
                    + Format.grouped(predictor.step), "data    \(path)",
            ] + notes.map { "note    \($0)" } + [""]
        var table = TextTable([
            .number(idNames), .text("is"), .text("taken for"), .number("loss"),
        ])
        for row in worst {
            table.append([row.id, row.target, row.prediction, Format.short(row.loss)])
        }
        let body: [String]
        switch content {
        case .classes(let report): body = report.lines
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
        ]
        let sections = sections(title: "on \(path)")
        return Page.document(
            title: title, refresh: nil,
            ["<h1>\(Markup.escaped(title))</h1>", Page.facts(facts)] + sections.html)
    }

    /// The report as sections of a page.
    func sections(title: String) -> EvaluationSections {
        EvaluationSections(report: json, pictures: pictures, names: idNames, title: title)
    }

    /// The report for programs.
    public var json: JSONObject {
        var object: JSONObject
        switch content {
        case .classes(let report): object = report.json
        case .numbers(let report): object = report.json
        case .text(let report): object = report.json
        }
        object["worst"] = .array(
            worst.map { row in
                [
                    "example": .string(row.id), "target": .string(row.target),
                    "prediction": .string(row.prediction), "loss": JSONValue(number: row.loss),
                ]
            })
        object["source"] = .object(provenance.json)
        return object
    }
}
