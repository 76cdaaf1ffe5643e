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
    let hash: String
    var notes: [String] = []

    /// nil where the config describes its file.
    ///
    /// Throws where that can't be used, or has no targets.
    ///
    /// - Parameters:
    ///   - model: what messages call the model.
    ///   - isOther: whether the file is another one than the model was trained on.
    ///   - skipped: notes rows and images that can't be used; without it the first of them ends it
    ///     all.
    static func of(
        _ config: RunConfig, as preprocessing: Preprocessing?, model: String, isOther: Bool,
        skipping skipped: SkippedRows? = nil
    ) throws -> MeasuredExamples? {
        let path = config.dataPath
        if let text = config.data.optional("text") {
            if DataKind(path) == .standardInput {
                throw RunError(
                    .usage, "-: standard input is read as a table; name the file of the text")
            }
            guard try TextWindows.isText(path) else { return nil }
            let windows = try TextWindows(path, text, tokens: preprocessing?.tokens, of: model)
            return try MeasuredExamples(
                windows.dataset, ExampleNames(columns: ["window"]) { ["\($0)"] }, path)
        }
        let kind = DataKind(path)
        if kind == .file { return try part(config, preprocessing, isOther) }
        guard let preprocessing, kind.isOfImages || preprocessing.table != nil else {
            let what = kind == .array ? "an array, without targets" : "a table"
            throw RunError(
                .data,
                "\(path): is \(what), and the model was trained on something else; measure it on "
                    + "HDF5 of inputs and targets, or predict without comparing")
        }
        // Words beyond the table of an embedding can't be used, either.
        let predictor = kind.isOfImages ? nil : try Predictor(model)
        var problem: PredictionSource.Problem?
        if let predictor, !predictor.lookUps.isEmpty {
            problem = { try predictor.outlier(in: $0)?.problem }
        }
        let source = try PredictionSource.open(
            path, as: preprocessing, of: config, skips: skipped != nil, compares: true,
            problem: problem)
        guard let skipped else { return try MeasuredExamples(source, preprocessing) }
        let usable = try source.usable(noting: skipped, problem ?? { _ in nil })
        return try MeasuredExamples(usable, preprocessing)
    }

    static func withoutTargets(_ path: String, _ labels: [String]) -> RunError {
        let labels = labels.map { "'\($0)'" }
        let name =
            labels.count < 2
            ? labels.first.map { ": it lacks the column \($0)" } ?? ""
            : ": it lacks one of the columns \(labels.joined(separator: ", "))"
        return RunError(
            .data,
            "\(path): holds no targets\(name), so there is nothing to compare with; use "
                + "predict")
    }

    private init(_ source: PredictionSource, _ preprocessing: Preprocessing) throws {
        guard let targets = try source.targets() else {
            let labels = preprocessing.table?.labels ?? []
            throw MeasuredExamples.withoutTargets(source.path, labels.map(\.name))
        }
        dataset =
            try source.pictures.map { try Dataset($0, targets: targets, name: source.path) }
            ?? Dataset(
                inputs: source.read(0..<source.count), targets: targets, name: source.path)
        (names, path, notes) = (source.names, source.path, source.notes)
        hash = try source.hash()
    }

    private init(_ dataset: Dataset, _ names: ExampleNames, _ path: String) throws {
        (self.dataset, self.names, self.path) = (dataset, names, path)
        hash = try Provenance.hash(path)
    }

    /// The datasets to train on or to validate on, where the file holds one of both and the config
    /// names both; of another file all that the config takes a share of to validate on.
    private static func part(
        _ config: RunConfig, _ preprocessing: Preprocessing?, _ isOther: Bool
    ) throws -> MeasuredExamples? {
        let data = config.data
        let isCut = isOther && ["split", "folds"].contains { data.optional($0) != nil }
        let validation = data.optional("validation")
        let opened = isOther ? try HDF5File(config.dataPath) : try? HDF5File(config.dataPath)
        guard validation != nil || isCut, let file = opened else { return nil }
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
            if !holds(train), let held = DatasetNames.held(among: all) {
                throw RunError(
                    .data,
                    "\(config.dataPath): has no dataset '\(train.string("targets"))', which the "
                        + "model was trained on a share of; measure on what there is: "
                        + "data.validation.inputs=\(held.inputs) "
                        + "data.validation.targets=\(held.targets)")
            }
        }
        try preprocessing?.checkTable(of: file, config.dataPath)
        try preprocessing?.checkClasses(
            of: file, config.dataPath, targets: there.string("targets"))
        let names = train.named("inputs").map(\.name)
        let paths = try DataPlan.paths(there, names)
        let dataset = try Dataset.open(
            config.dataPath, inputs: paths, targets: there.string("targets"),
            memoryLimit: data.int("memoryLimit") << 20)
        return try MeasuredExamples(
            dataset, ExampleNames(file, beside: paths[0], count: dataset.count),
            config.dataPath)
    }
}
