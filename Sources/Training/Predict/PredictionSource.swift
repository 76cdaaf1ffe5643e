import Datasets
import FTConfig
import FTSupport
package import Tensor

/// Examples to predict, as they lie in a file: a table, HDF5 datasets or an array.
package struct PredictionSource {
    /// The file.
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
    package let ids: (Int) -> [String]
    /// Remarks on what was found.
    package var notes: [String] = []

    /// Opens a file for a model.
    ///
    /// Throws where it doesn't hold what the model needs.
    package init(_ path: String, for predictor: Predictor) throws {
        if path.hasSuffix(".npy") {
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
        ids: @escaping (Int) -> [String] = { ["\($0)"] }
    ) {
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
            plan.config.string("path"), count: dataset.count,
            read: dataset.readInputs, targets: { try dataset.readTargets(0..<dataset.count) },
            idNames: names.columns, ids: names.of)
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
        let table = try encoding.read(path)
        let names = ExampleNames(table, encoding)
        var source = PredictionSource(
            path, count: table.count,
            read: { [try encoding.encode(table, rows: Array($0))] },
            targets: { try encoding.targets(table) },
            idNames: names.columns, ids: names.of)
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
        let array = try NPY.read(path)
        guard array.rank > 0 else {
            throw RunError(
                .data, "\(path): is a single number; its first axis must be the examples")
        }
        return PredictionSource(path, count: array.shape[0], read: { [array.rows($0)] })
    }

    private static func datasets(
        _ path: String, for predictor: Predictor
    ) throws -> PredictionSource {
        let file = try HDF5File(path)
        let data = predictor.config.data
        let parts = [data.optional("validation"), data.child("train")].compactMap { $0 }
        let inputs = predictor.preprocessing.inputs.map(\.name)
        func paths(_ part: Int) -> [String] {
            let given = parts[part].named("inputs")
            return inputs.compactMap { name in
                given.first { $0.name == name }?.value.asString
            }
        }
        let all = Set(try file.entries().map(\.path))
        let chosen = parts.indices.first { index in paths(index).allSatisfy(all.contains) }
        let sets = try paths(chosen ?? 0).map { try HDF5Dataset(file, $0) }
        guard let count = sets.map(\.count).min(), sets.allSatisfy({ $0.count == count }) else {
            throw RunError(.data, "\(path): the inputs differ in their numbers of examples")
        }
        let target = parts[chosen ?? 0].string("targets")
        let names = try ExampleNames(file, beside: sets[0].path, count: count)
        return PredictionSource(
            path, count: count, read: { rows in try sets.map { try $0.read(rows: rows) } },
            targets: {
                guard all.contains(target) else { return nil }
                try predictor.preprocessing.checkClasses(of: file, path, targets: target)
                return try HDF5Dataset(file, target).read()
            },
            idNames: names.columns, ids: names.of)
    }
}

extension NDArray {
    /// A range of rows.
    fileprivate func rows(_ range: Range<Int>) -> NDArray {
        slice(axis: 0, start: range.lowerBound, count: range.count).contiguous()
    }
}
