import Datasets
import FTConfig
import FTSupport
import Tensor

/// Examples that a model is measured on, of a file that a config doesn't describe: a table, images,
/// a text, or an HDF5 file that has datasets to train on or to validate on alone.
struct MeasuredExamples {
    let dataset: Dataset
    let names: ExampleNames
    /// What messages call the file.
    let path: String
    /// What identifies its content.
    let hash: () throws -> String
    var notes: [String] = []

    /// nil where the config describes its file.
    ///
    /// Throws where that can't be used, or has no targets.
    ///
    /// - Parameters:
    ///   - model: what messages call the model.
    ///   - isOther: whether the file is another one than the model was trained on.
    static func of(
        _ config: RunConfig, as preprocessing: Preprocessing?, model: String, isOther: Bool
    ) throws -> MeasuredExamples? {
        let path = config.dataPath
        if let text = config.data.optional("text") {
            if PredictionSource.isStandardInput(path) {
                throw RunError(
                    .usage, "-: standard input is read as a table; name the file of the text")
            }
            guard try TextWindows.isText(path) else { return nil }
            let windows = try TextWindows(path, text, tokens: preprocessing?.tokens, of: model)
            return MeasuredExamples(
                dataset: windows.dataset, names: ExampleNames(columns: ["window"]) { ["\($0)"] },
                path: path, hash: { try Provenance.hash(path) })
        }
        let isDescribed = !(PredictionSource.isForeign(path) || path.hasSuffix(".npy"))
        if isDescribed { return try part(config, preprocessing, isOther) }
        let source = try preprocessing.flatMap { try foreign(path, config, $0) }
        guard let source, let targets = try source.targets() else {
            guard let source else {
                let what = path.hasSuffix(".npy") ? "an array, without targets" : "a table"
                throw RunError(
                    .data,
                    "\(path): is \(what), and the model was trained on something else; measure it on "
                        + "HDF5 of inputs and targets, or predict without comparing")
            }
            let label = preprocessing?.table?.label
            let name = label.map { ": it lacks the column '\($0.name)'" } ?? ""
            throw RunError(
                .data,
                "\(source.path): holds no targets\(name), so there is nothing to compare with; use "
                    + "predict")
        }
        let inputs = try source.read(0..<source.count)
        return MeasuredExamples(
            dataset: try Dataset(inputs: inputs[0], targets: targets, name: source.path),
            names: ExampleNames(columns: source.idNames, source.ids), path: source.path,
            hash: source.hash, notes: source.notes)
    }

    /// Examples that aren't in HDF5; nil where those of such a form have no targets.
    private static func foreign(
        _ path: String, _ config: RunConfig, _ preprocessing: Preprocessing
    ) throws -> PredictionSource? {
        if PredictionSource.isStandardInput(path) {
            return try .standardInput(as: preprocessing)
        }
        if PredictionSource.areImages(path) {
            let target = try TransformPipeline(
                preprocessing.target.transforms, shape: Shape(preprocessing.target.shape),
                preprocessing.target.dtype)
            let meaning = OutputMeaning(config.value.child("loss"), target: target.outputDType)
            return try .images([path], as: preprocessing, areOfClasses: meaning.isOfClasses)
        }
        guard PredictionSource.isTable(path), let encoding = preprocessing.table else { return nil }
        return try .table(path, by: encoding)
    }

    /// The datasets to train on or to validate on, where the file holds one of both and the config
    /// names both; of another file all that the config takes a share of to validate on.
    private static func part(
        _ config: RunConfig, _ preprocessing: Preprocessing?, _ isOther: Bool
    ) throws -> MeasuredExamples? {
        let data = config.data
        let isCut = isOther && ["split", "folds"].contains { data.optional($0) != nil }
        let validation = data.optional("validation")
        guard validation != nil || isCut, let file = try? HDF5File(config.dataPath) else {
            return nil
        }
        let all = Set(try file.entries().map(\.path))
        func holds(_ part: ConfigValue) -> Bool {
            part.named("inputs").allSatisfy { all.contains($0.value.asString) }
                && all.contains(part.string("targets"))
        }
        let train = data.child("train")
        let there: ConfigValue
        if let validation {
            guard holds(train) != holds(validation) else { return nil }
            there = holds(train) ? train : validation
        } else {
            there = train
        }
        try preprocessing?.checkTable(of: file, config.dataPath)
        try preprocessing?.checkClasses(
            of: file, config.dataPath, targets: there.string("targets"))
        let names = train.named("inputs").map(\.name)
        let paths = try DataPlan.paths(there, names)
        let dataset = try Dataset.open(
            config.dataPath, inputs: paths, targets: there.string("targets"),
            memoryLimit: data.int("memoryLimit") << 20)
        return MeasuredExamples(
            dataset: dataset,
            names: try ExampleNames(file, beside: paths[0], count: dataset.count),
            path: config.dataPath, hash: { try Provenance.hash(config.dataPath) })
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
