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
    /// The columns that tell an example apart: by default its row.
    package let idNames: [String]
    /// Their values.
    package let ids: @Sendable (Int) -> [String]
    /// What identifies the content.
    package let hash: () throws -> String
    /// Remarks on what was found.
    package var notes: [String] = []

    /// Opens a file for a model.
    ///
    /// Throws where it doesn't hold what the model needs.
    package init(_ path: String, for predictor: Predictor) throws {
        if PredictionSource.isStandardInput(path) {
            self = try PredictionSource.standardInput(as: predictor.preprocessing)
        } else if PredictionSource.areImages(path) {
            self = try PredictionSource.images([path], for: predictor)
        } else if path.hasSuffix(".npy") {
            self = try PredictionSource.array(path, for: predictor)
        } else if PredictionSource.isTable(path) {
            self = try PredictionSource.table(path, for: predictor)
        } else {
            self = try PredictionSource.datasets(path, for: predictor)
        }
    }

    init(
        _ path: String, count: Int, read: @escaping (Range<Int>) throws -> [NDArray],
        targets: @escaping () throws -> NDArray? = { nil }, idNames: [String] = ["row"],
        ids: @escaping @Sendable (Int) -> [String] = { ["\($0)"] },
        hash: (() throws -> String)? = nil
    ) {
        self.hash = hash ?? { try Provenance.hash(path) }
        self.path = path
        self.count = count
        self.read = read
        self.targets = targets
        self.idNames = idNames
        self.ids = ids
    }

    /// The examples that a plan measures on.
    init(measuredBy plan: DataPlan) throws {
        let dataset = plan.measured.dataset
        let names = try plan.measuredNames()
        self.init(
            plan.given?.path ?? plan.config.string("path"), count: dataset.count,
            read: dataset.readInputs, targets: { try dataset.readTargets(0..<dataset.count) },
            idNames: names.columns, ids: names.of, hash: plan.given?.hash)
    }

    /// Whether a name stands for standard input.
    package static func isStandardInput(_ path: String) -> Bool {
        path == "-" || path == "/dev/stdin"
    }

    /// Whether a name is that of images, or of a folder of such.
    package static func areImages(_ path: String) -> Bool {
        Folder.exists(path) || PictureFiles.isPicture(path)
    }

    /// Whether a name is that of a table, of images or of standard input.
    static func isForeign(_ path: String) -> Bool {
        isStandardInput(path) || areImages(path) || isTable(path)
    }

    /// Whether a name is that of a table.
    package static func isTable(_ path: String) -> Bool {
        [".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson"].contains { path.hasSuffix($0) }
    }

    static func table(_ path: String, for predictor: Predictor) throws -> PredictionSource {
        guard let encoding = predictor.preprocessing.table else {
            return try numbers(path, for: predictor)
        }
        return try table(path, by: encoding)
    }

    /// A table, read as the one that an encoding was fitted on.
    static func table(_ path: String, by encoding: TableEncoding) throws -> PredictionSource {
        rows(try encoding.read(path), encoding) { try Provenance.hash(path) }
    }

    /// A table that comes by standard input.
    static func standardInput(as preprocessing: Preprocessing) throws -> PredictionSource {
        guard let encoding = preprocessing.table else {
            throw RunError(
                .usage,
                "-: standard input is read as a table, CSV or JSON lines, and the model wasn't "
                    + "trained on one; name a file of its data")
        }
        let name = "standard input"
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.standardInput()
        } catch {
            throw RunError(.data, "\(name): \(error.whileReading)")
        }
        guard !bytes.isEmpty else {
            throw RunError(
                .data, "\(name): is empty; send a table, or JSON objects one by one to --stream")
        }
        return rows(try encoding.read(bytes, named: name), encoding) {
            Provenance.hash(bytes: bytes)
        }
    }

    private static func rows(
        _ table: Table, _ encoding: TableEncoding, hash: @escaping () throws -> String
    ) -> PredictionSource {
        let names = ExampleNames(table, encoding)
        var source = PredictionSource(
            table.path, count: table.count,
            read: { [try encoding.encode(table, rows: Array($0))] },
            targets: { try encoding.targets(table) }, idNames: names.columns, ids: names.of,
            hash: hash)
        source.notes = encoding.notes(on: table)
        return source
    }

    /// A table of numbers alone, for a model that was trained on something else.
    private static func numbers(
        _ path: String, for predictor: Predictor
    ) throws -> PredictionSource {
        let inputs = predictor.preprocessing.inputs
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
        return PredictionSource(path, count: rows, read: { [array.rows($0)] })
    }

    private static func array(_ path: String, for predictor: Predictor) throws -> PredictionSource {
        if let table = predictor.preprocessing.table {
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
