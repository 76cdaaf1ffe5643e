import Datasets
import FTConfig
import FTSupport
package import Tensor

/// Examples to predict, as they lie in files: a table, HDF5 datasets, an array or images.
package struct PredictionSource {
    /// The file, or what messages call several.
    package let path: String
    /// How many examples.
    package let count: Int
    /// The arrays of a range of examples, one for each input, as the training data were stored.
    package let read: (Range<Int>) throws -> [NDArray]
    /// The targets of all examples as the training data were stored; nil where there are none.
    package let targets: () throws -> NDArray?
    /// The targets of some examples, where those of the others may be wrong.
    var targetsOf: (([Int]) throws -> NDArray?)?
    /// What tells an example apart: by default its row.
    let names: ExampleNames
    /// What identifies the content.
    package let hash: () throws -> String
    /// Remarks on what was found.
    package var notes: [String] = []
    /// Those on some examples alone; nil where all notes are of the whole.
    private var notesOf: (([Int]) -> [String])?
    /// The images that they are; nil of others.
    var pictures: PictureFiles?

    /// What is wrong with inputs that can be read; nil where they can be used.
    typealias Problem = ([NDArray]) throws -> String?

    /// Opens a file for a model.
    ///
    /// Throws where it doesn't hold what the model needs.
    ///
    /// - Parameter skips: whether examples that can't be used are left for the reading of each.
    package init(_ path: String, for predictor: Predictor, skips: Bool = false) throws {
        self = try PredictionSource.open(
            path, as: predictor.preprocessing, of: predictor.config, skips: skips)
    }

    /// - Parameters:
    ///   - preprocessing: what happened to the model's data.
    ///   - config: what it was trained by.
    ///   - compares: whether the targets are used, too.
    ///   - problem: what is wrong with rows of a table to compare.
    static func open(
        _ path: String, as preprocessing: Preprocessing, of config: RunConfig, skips: Bool = false,
        compares: Bool = false, problem: Problem? = nil
    ) throws -> PredictionSource {
        switch DataKind(path) {
        case .standardInput:
            try standardInput(
                as: preprocessing, skips: skips, compares: compares, problem: problem)
        case .folder, .image:
            try images([path], as: preprocessing, of: config, skips: skips, compares: compares)
        case .array: try array(path, as: preprocessing)
        case .table:
            try table(
                path, as: preprocessing, skips: skips, compares: compares, problem: problem)
        case .file: try datasets(path, as: preprocessing, of: config)
        }
    }

    init(
        _ path: String, count: Int, names: ExampleNames = .rows,
        read: @escaping (Range<Int>) throws -> [NDArray],
        targets: @escaping () throws -> NDArray? = { nil }, hash: (() throws -> String)? = nil
    ) {
        self.hash = hash ?? { try Provenance.hash(path) }
        self.path = path
        self.count = count
        self.read = read
        self.targets = targets
        self.names = names
    }

    /// The examples that a plan measures on.
    init(measuredBy plan: DataPlan) throws {
        let dataset = plan.measured.dataset
        self.init(
            plan.measuredPath, count: dataset.count,
            names: try plan.measuredNames(), read: dataset.readInputs,
            targets: { try dataset.readTargets(0..<dataset.count) },
            hash: plan.given.map { given in { given.hash } })
    }

    /// A table, read as the one that the model was trained on.
    static func table(
        _ path: String, as preprocessing: Preprocessing, skips: Bool = false,
        compares: Bool = false, problem: Problem? = nil
    ) throws -> PredictionSource {
        guard let encoding = preprocessing.table else {
            return try numbers(path, as: preprocessing)
        }
        return try rows(try encoding.read(path), encoding, skips, compares, problem) {
            try Provenance.hash(path)
        }
    }

    /// What data that come by standard input are called.
    static let standardInput = "standard input"

    /// A table that comes by standard input.
    private static func standardInput(
        as preprocessing: Preprocessing, skips: Bool, compares: Bool, problem: Problem?
    ) throws -> PredictionSource {
        guard let encoding = preprocessing.table else {
            throw RunError(
                .usage,
                "-: standard input is read as a table, CSV or JSON lines, and the model wasn't "
                    + "trained on one; name a file of its data")
        }
        let name = standardInput
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.standardInput()
        } catch .isTooLarge {
            throw RunError(
                .data,
                "\(name): more than \(FileBytes.mostInput >> 30) GiB, or without end; name a file, or "
                    + "send JSON objects one by one to --stream")
        } catch {
            throw RunError(.data, "\(name): \(error.whileReading)")
        }
        guard !bytes.isEmpty else {
            throw RunError(
                .data, "\(name): is empty; send a table, or JSON objects one by one to --stream")
        }
        let table = try encoding.read(bytes, named: name)
        return try rows(table, encoding, skips, compares, problem) {
            Provenance.hash(bytes: bytes)
        }
    }

    private static func rows(
        _ table: Table, _ encoding: TableEncoding, _ skips: Bool, _ compares: Bool,
        _ problem: Problem?, hash: @escaping () throws -> String
    ) throws -> PredictionSource {
        if compares, !encoding.hasLabels(table) {
            throw MeasuredExamples.withoutTargets(table.path, encoding.labels.map(\.name))
        }
        let usable = try encoding.usableRows(table, compares: compares)
        // All that can't be used is named before anything is predicted.
        if compares, !skips {
            try encoding.check(table, problem)
        } else if usable.count < table.count, !skips {
            _ = try encoding.encode(table)
        }
        var source = PredictionSource(
            table.path, count: table.count, names: ExampleNames(table, encoding),
            read: { rows in
                // Each of those that are left out says what is wrong with it alone.
                [
                    try encoding.encode(
                        table, rows: Array(rows), remedy: skips ? .leftOut : .ofInputs)
                ]
            },
            targets: { try encoding.targets(table) }, hash: hash)
        if encoding.hasLabels(table) {
            source.targetsOf = { rows in
                try encoding.targets(table, rows: rows, remedy: skips ? .leftOut : .ofLabels)
            }
        }
        source.notes = encoding.notes(on: table, rows: usable)
        source.notesOf = { encoding.notes(on: table, rows: $0) }
        return source
    }

    /// The notes, those on examples without any that were left out.
    package func notes(without skipped: SkippedRows) -> [String] {
        guard let notesOf, skipped.count > 0 else { return notes }
        let left = Set(skipped.rows.map(\.place))
        return notesOf((0..<count).filter { !left.contains($0) })
    }

    /// What is wrong with an example, which is told by the line of its file where it has one.
    func error(_ example: Int, _ problem: String) -> DataError {
        let ids = names.of(example)
        if names.columns == ["line"] { return DataError("\(path):\(ids[0])", problem) }
        let name = zip(names.columns, ids).map { "\($0) \($1)" }.joined(separator: ", ")
        return DataError(path, "\(name): \(problem)")
    }

    /// A table of numbers alone, for a model that was trained on something else.
    private static func numbers(
        _ path: String, as preprocessing: Preprocessing
    ) throws -> PredictionSource {
        let inputs = preprocessing.inputs
        let width = inputs[0].shape.reduce(1, *)
        guard inputs.count == 1, !Table.isJSONLines(path) else {
            throw RunError(
                .data,
                "\(path): the model wasn't trained on a table, so its columns have no meaning; give "
                    + "it HDF5 or .npy")
        }
        let table = try CSV.read(path)
        guard table.inputs.shape[1] == width else {
            throw RunError(
                .data,
                "\(path): the model takes \(Format.grouped(width)) numbers, a row has "
                    + "\(Format.grouped(table.inputs.shape[1])); give it rows of that many")
        }
        let rows = table.inputs.shape[0]
        let array = table.inputs.reshape(Shape([rows] + inputs[0].shape))
        var source = PredictionSource(path, count: rows, read: { [array.rows($0)] })
        if table.tooSmall > 0 {
            source.notes = [
                "\(Format.count(table.tooSmall, "cell")) \(TableEncoding.tooSmall) become 0"
            ]
        }
        return source
    }

    private static func array(
        _ path: String, as preprocessing: Preprocessing
    ) throws -> PredictionSource {
        if let table = preprocessing.table {
            let names = table.columns.prefix(3).map { $0.name.escapedForDisplay(limit: 30) }
            throw RunError(
                .data,
                "\(path): an array doesn't say which columns its numbers are, nor whether they are "
                    + "scaled, and the model was trained on a table; give it one with the columns "
                    + names.joined(separator: ", ") + (table.columns.count > 3 ? ", …" : ""))
        }
        let array = try NPY.read(path)
        guard array.rank > 0 else {
            throw RunError(
                .data, "\(path): is a single number; its first axis must be the examples")
        }
        return PredictionSource(path, count: array.shape[0], read: { [array.rows($0)] })
    }
}

extension NDArray {
    /// A range of rows.
    fileprivate func rows(_ range: Range<Int>) -> NDArray {
        slice(axis: 0, start: range.lowerBound, count: range.count).contiguous()
    }
}
