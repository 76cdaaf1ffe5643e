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
    /// Throws where the file has no targets, or they are of another kind.
    ///
    /// - Parameter checksData: whether to look if the model's own data are as they were; without,
    ///   they aren't read as a whole.
    public init(_ predictor: Predictor, data: String? = nil, checksData: Bool = true) throws {
        let path = data ?? predictor.config.dataPath
        var source = try PredictionSource(path, for: predictor)
        if data == nil, let rows = try predictor.heldRows() { source = source.picking(rows) }
        notes =
            data == nil && checksData
            ? try DataPlan(predictor.config, as: predictor.preprocessing)
                .changes(since: predictor.digests) : []
        guard let stored = try source.targets() else {
            throw RunError(
                .data, "\(path): holds no targets, so there is nothing to compare with; use predict"
            )
        }
        let predictions = try PredictionWriter(predictor, source).all()
        let comparison = try Comparison(predictor, predictions, stored, path)
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
        provenance = try Provenance(predictor, data: path)
        self.predictor = predictor
        self.path = path
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

/// Targets beside what was predicted, element by element.
private struct Comparison {
    let isOfClasses: Bool
    let targets: [Double]
    let predictions: [Double]
    let losses: [Double]
    /// How many elements an example has.
    private let width: Int
    private let names: [String]
    private let shares: [Double]?

    init(
        _ predictor: Predictor, _ found: Predictions, _ stored: NDArray, _ path: String
    ) throws {
        let classes = found.classes
        isOfClasses = classes != nil
        let predictions = (classes ?? found.values).values(as: Double.self)
        let transformed = try predictor.targets(stored)
        targets = isOfClasses ? transformed : predictor.original(transformed)
        self.predictions = predictions
        guard targets.count == predictions.count, found.count > 0 else {
            throw RunError(
                .data,
                "\(path): \(Format.grouped(targets.count)) targets beside "
                    + "\(Format.grouped(predictions.count)) predictions; a report needs one for each"
            )
        }
        width = predictions.count / found.count
        guard isOfClasses else {
            (names, shares) = ([], nil)
            losses = zip(targets, predictions).map { abs($0 - $1) }
            return
        }
        let values = found.values.values(as: Double.self)
        let isAnswer = values.count == predictions.count
        let count = isAnswer ? 2 : values.count / max(predictions.count, 1)
        guard targets.allSatisfy({ $0 >= 0 && $0 < Double(count) && $0 == $0.rounded() }) else {
            throw RunError(
                .data, "\(path): a target is none of the \(count) classes from 0; correct the data")
        }
        names = (0..<count).map(found.name)
        let all = isAnswer ? values.flatMap { [1 - $0, $0] } : values
        shares = found.areProbabilities ? all : nil
        losses = targets.enumerated().map { element, target in
            let value = all[element * count + Int(target)]
            return found.areProbabilities ? -log(max(value, 1e-300)) : -value
        }
    }

    var classReport: ClassReport {
        ClassReport(
            names: names, targets: targets.map { Int($0) },
            predictions: predictions.map { Int($0) },
            shares: shares)
    }

    /// The elements with the largest losses, and the examples that they belong to.
    func worst(_ count: Int) -> [(element: Int, row: Int)] {
        losses.indices.sorted { losses[$0] > losses[$1] }.prefix(count).map { ($0, $0 / width) }
    }

    /// A target or a prediction as people write it.
    func text(_ element: Int, _ isTarget: Bool) -> String {
        let value = isTarget ? targets[element] : predictions[element]
        return isOfClasses ? names[Int(value)] : Format.short(value, digits: 6)
    }
}
