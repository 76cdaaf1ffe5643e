import Autograd
import Datasets
import FTJSON
import FTSupport
import Tensor

/// Predicts all examples of a source, block by block, and writes them to a file.
package struct PredictionWriter {
    /// What a file name's end says of its form.
    package enum Form: String, CaseIterable {
        case csv, tsv, jsonl, npy, h5
    }

    /// The end of the name of the file that says what predictions come from.
    static let sourceEnd = ".source.json"
    private let predictor: Predictor
    private let source: PredictionSource
    /// The examples for which the model gave no number.
    package let unsound = UnsoundRows()
    /// The examples that were left out because they can't be used.
    package let skipped: SkippedRows?
    /// Called with the number of examples that are done.
    private let progress: (Int) -> Void
    /// Examples that are predicted together: fewer where they are large, for what layers make of
    /// them is larger still.
    private var block: Int {
        let numbers = predictor.inputShapes.reduce(0) { $0 + $1.elementCount }
        return min(1024, max(1, (1 << 20) / max(1, numbers)))
    }

    /// - Parameter skipped: notes examples that can't be used; without it the first of them ends it
    ///   all.
    package init(
        _ predictor: Predictor, _ source: PredictionSource, skipping skipped: SkippedRows? = nil,
        progress: @escaping (Int) -> Void = { _ in }
    ) {
        self.skipped = skipped
        self.predictor = predictor
        self.source = source
        self.progress = progress
    }

    /// What is written as the class of an example in HDF5 for which the model gives no number.
    static let noClass = -1

    /// A sentence on the examples for which the model gave no finite number, and what a file of a
    /// form has in place of that; nil if there are none.
    package func warning(_ form: Form) -> String? {
        unsound.sentence(
            written: form.unsound(areClasses: predictor.meaning.isOfClasses), name)
    }

    /// What messages call an example: `row 3`.
    private func name(of example: Int) -> String {
        zip(source.names.columns, source.names.of(example)).map { "\($0) \($1)" }
            .joined(separator: ", ")
    }

    /// The form of a file by its name.
    package static func form(_ path: String) throws(RunError) -> Form {
        let end = path.split(separator: ".").last.map { String($0) } ?? ""
        if let form = Form(rawValue: end) { return form }
        if end == "hdf5" { return .h5 }
        throw RunError(
            .usage, "\(path): the name says no form; end it in .csv, .tsv, .jsonl, .npy or .h5")
    }

    /// Shows the predictions of all examples to `visit`, in order.
    ///
    /// Throws where none can be used.
    package func forEach(_ visit: (_ examples: [Int], Predictions) throws -> Void) throws {
        let block = block
        for start in stride(from: 0, to: source.count, by: block) {
            let rows = start..<min(start + block, source.count)
            if let (examples, inputs) = try read(rows) {
                let predictions = try predictor(inputs)
                unsound.look(at: predictions.values, of: examples)
                try visit(examples, predictions)
            }
            progress(rows.upperBound)
        }
        skipped?.tell(source.path, of: source.count)
        guard let skipped, skipped.count > 0, skipped.count == source.count else { return }
        throw RunError(
            .data, "\(source.path): none of \(Format.count(source.count, "example")) can be used")
    }

    /// Those of a range of examples that can be used, all unless some may be skipped; nil if none.
    private func read(_ rows: Range<Int>) throws -> (examples: [Int], inputs: [NDArray])? {
        do {
            let inputs = try source.read(rows)
            if let (row, problem) = try predictor.outlier(in: inputs) {
                throw source.error(
                    rows.lowerBound + row,
                    problem + (skipped == nil ? Predictor.outlierRemedy : ""))
            }
            return (Array(rows), inputs)
        } catch let error as DataError {
            guard let skipped else { throw error }
            guard rows.count > 1 else {
                skipped.add(error, rows.lowerBound, source.names)
                return nil
            }
        }
        let found = try rows.compactMap { try read($0..<$0 + 1) }
        guard let first = found.first else { return nil }
        let inputs = first.inputs.indices.map { input in
            Tensor.concat(found.map { Tensor($0.inputs[input]) }).data
        }
        return (found.flatMap(\.examples), inputs)
    }

    /// Writes lines of CSV or TSV, a heading first, or of JSON.
    ///
    /// - Parameter tellsSkipped: whether, in JSON, what is wrong with an example that is left out
    ///   stands in its place.
    package func writeLines(
        _ form: Form, tellsSkipped: Bool = false, to write: (String) throws -> Void
    ) throws {
        let separator: Character = form == .tsv ? "\t" : ","
        var isFirst = true
        var told = tellsSkipped ? 0 : Int.max
        func skippedLines(before place: Int) -> String {
            var text = ""
            while let rows = skipped?.rows, told < rows.count, rows[told].place < place {
                text += JSONValue.object(rows[told].json).text() + "\n"
                told += 1
            }
            return text
        }
        try forEach { examples, predictions in
            let table = PredictionTable(predictions)
            if isFirst, form != .jsonl {
                try write(line(source.names.columns + table.columns, separator))
            }
            isFirst = false
            var text = ""
            for (row, example) in examples.enumerated() {
                let ids = source.names.of(example)
                if form != .jsonl {
                    text += line(ids + table.cells(row), separator)
                    continue
                }
                text += skippedLines(before: example)
                var object = JSONObject()
                for (name, id) in zip(source.names.columns, ids) {
                    object[name] = PredictionTable.id(id)
                }
                object.append(contentsOf: table.json(row))
                text += JSONValue.object(object).text() + "\n"
            }
            try write(text)
        }
        try write(skippedLines(before: .max))
    }

    private func line(_ cells: [String], _ separator: Character) -> String {
        cells.map { cell in
            guard cell.contains(where: { $0 == separator || $0 == "\"" || $0.isNewline }) else {
                return cell
            }
            let parts = cell.split(separator: "\"", omittingEmptySubsequences: false)
            return "\"" + parts.joined(separator: "\"\"") + "\""
        }.joined(separator: String(separator)) + "\n"
    }

    /// All predictions together.
    package func all() throws -> Predictions {
        var parts: [Predictions] = []
        try forEach { parts.append($1) }
        guard let first = parts.first else {
            throw RunError(.data, "\(source.path): there are no examples; fill it")
        }
        func joined(_ arrays: [NDArray]) -> NDArray {
            Tensor.concat(arrays.map { Tensor($0) }).data
        }
        let classes = parts.compactMap(\.classes)
        return Predictions(
            values: joined(parts.map(\.values)), classes: classes.isEmpty ? nil : joined(classes),
            classNames: first.classNames, outputNames: first.outputNames,
            answerWords: first.answerWords, areProbabilities: first.areProbabilities)
    }

    /// Writes a file, and what it comes from: as attributes in HDF5, else in a file beside it.
    ///
    /// - Returns: The path of that file, if there is one.
    package func write(to path: String) throws -> String? {
        let form = try PredictionWriter.form(path)
        let provenance = try Provenance(predictor, source)
        if form == .h5 {
            try writeHDF5(path, provenance)
            return nil
        }
        let beside = path + PredictionWriter.sourceEnd
        try FileWriting.makeFolder(of: path)
        guard form != .npy else {
            let values = try all().values.asTargets(predictor)
            var object = provenance.json
            object["ids"] = idsJSON
            let text = JSONValue.object(object).text(.pretty) + "\n"
            try FileWriting.replace(beside, with: text) { try NPY.write(values, to: path) }
            return beside
        }
        let text = JSONValue.object(provenance.json).text(.pretty) + "\n"
        try FileWriting.replace(beside, with: text) {
            try FileWriting.stream(path) { write in try writeLines(form, to: write) }
        }
        return beside
    }

    /// What tells apart each example that isn't left out, in order; known when all are predicted.
    private var ids: [[String]] {
        let left = Set(skipped?.rows.map(\.place) ?? [])
        return (0..<source.count).filter { !left.contains($0) }.map(source.names.of)
    }

    private var idsJSON: JSONValue {
        let (ids, columns) = (ids, source.names.columns)
        var object = JSONObject()
        for (place, column) in columns.enumerated() {
            object[column] = .strings(ids.map { $0[place] })
        }
        return .object(object)
    }

    private func writeHDF5(_ path: String, _ provenance: Provenance) throws {
        let predictions = try all()
        try HDF5Writer.create(path) { file in
            if let classes = predictions.classes {
                let name = predictions.areProbabilities ? "probabilities" : "scores"
                let known = classes.marking(predictions.values)
                try file.write("predictions", known.asTargets(predictor))
                try file.write(name, predictions.values.asTargets(predictor))
                if !predictions.classNames.isEmpty {
                    try file.setAttribute(
                        Preprocessing.classesKey,
                        JSONValue.strings(predictions.classNames).text(), on: "predictions")
                }
            } else {
                try file.write("predictions", predictions.values.asTargets(predictor))
            }
            if !predictions.outputNames.isEmpty {
                try file.setAttribute(
                    "outputs", JSONValue.strings(predictions.outputNames).text(),
                    on: "predictions")
            }
            let ids = ids
            for (place, column) in source.names.columns.enumerated() {
                let texts = ids.map { $0[place] }
                guard TextRows.fits(texts) else { continue }
                let name = "ids/" + column.replacing("/", with: "_")
                try file.write(name, TextRows.array(texts), deflate: 1)
            }
            for (key, value) in provenance.parts { try file.setAttribute(key, value) }
        }
    }
}
