import Datasets
import FTConfig
import FTSupport

/// Examples that a model is measured on, of a file that a config doesn't describe: a table, or an
/// HDF5 file that has datasets to train on or to validate on alone.
struct MeasuredExamples {
    let dataset: Dataset
    let names: ExampleNames
    var notes: [String] = []

    /// nil where the config describes its file.
    ///
    /// Throws where that is a table and can't be used, or has no targets.
    static func of(
        _ config: RunConfig, as preprocessing: Preprocessing?
    ) throws -> MeasuredExamples? {
        let path = config.dataPath
        let isTable = PredictionSource.isTable(path)
        guard isTable || path.hasSuffix(".npy") else { return try part(config, preprocessing) }
        guard isTable, let encoding = preprocessing?.table else {
            throw RunError(
                .data, "\(path): holds no targets, so there is nothing to compare with; use predict"
            )
        }
        let table = try encoding.read(path)
        let inputs = try encoding.encode(table)
        guard let targets = try encoding.targets(table) else {
            let name = encoding.label.map { ": it lacks the column '\($0.name)'" } ?? ""
            throw RunError(
                .data,
                "\(path): holds no targets\(name), so there is nothing to compare with; use predict"
            )
        }
        return MeasuredExamples(
            dataset: try Dataset(inputs: inputs, targets: targets, name: path),
            names: ExampleNames(table, encoding), notes: encoding.notes(on: table))
    }

    /// The datasets to train on or to validate on, where the file holds one of both and the config
    /// names both.
    private static func part(
        _ config: RunConfig, _ preprocessing: Preprocessing?
    ) throws -> MeasuredExamples? {
        let data = config.data
        guard data.optional("text") == nil, let validation = data.optional("validation"),
            let file = try? HDF5File(config.dataPath)
        else { return nil }
        let all = Set(try file.entries().map(\.path))
        func holds(_ part: ConfigValue) -> Bool {
            part.named("inputs").allSatisfy { all.contains($0.value.asString) }
                && all.contains(part.string("targets"))
        }
        let train = data.child("train")
        guard holds(train) != holds(validation) else { return nil }
        let there = holds(train) ? train : validation
        try preprocessing?.checkClasses(
            of: file, config.dataPath, targets: there.string("targets"))
        let names = train.named("inputs").map(\.name)
        let paths = try DataPlan.paths(there, names)
        let dataset = try Dataset.open(
            config.dataPath, inputs: paths, targets: there.string("targets"),
            memoryLimit: data.int("memoryLimit") << 20)
        return MeasuredExamples(
            dataset: dataset,
            names: try ExampleNames(file, beside: paths[0], count: dataset.count))
    }
}

extension TableEncoding {
    /// What is lost or taken for something else in a table, a sentence each.
    func notes(on table: Table) -> [String] {
        unknownWords(table).map { name, count in
            "column '\(name)' holds words that the training table hadn't, in "
                + "\(Format.count(count, "cell")); they count as none of its words"
        }
            + vanishing(table).map { name, count in
                "column '\(name)': \(Format.count(count, "cell")) \(TableEncoding.tooSmall) become 0"
            }
    }
}
