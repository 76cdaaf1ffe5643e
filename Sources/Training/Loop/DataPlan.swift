import Datasets
import FTConfig
import FTSupport
import Glibc
import Tensor

/// The examples of a run, opened and checked.
struct DataPlan {
    /// What is learned from; of a plan that measures given examples, those, in their order.
    var train: Loader
    /// nil without validation data.
    var validation: Loader?
    /// What is stored, to notice later that the file is another one.
    let fingerprint: String
    /// The names of the inputs; one alone has the name "".
    let inputNames: [String]
    /// The shape and dtype of a stored input and of one that the model sees.
    let storedInput: String
    let modelInputs: [(name: String, type: String)]
    /// How many tokens a text has; nil for other data.
    let vocabulary: Int?
    /// The config value at `data`.
    let config: ConfigValue
    /// What checkpoints keep of all this, to do it again to new data.
    var preprocessing: Preprocessing

    /// The examples that are measured on instead of those that the config names; nil of a plan that
    /// trains.
    let given: MeasuredExamples?

    /// What is measured on: the validation data, or without any the training data as they are.
    var measured: Loader { validation ?? train.withoutRandomTransforms }

    /// The file that is measured on.
    var measuredPath: String { given?.path ?? config.string("path") }

    /// Opens what the config names, to be trained on.
    ///
    /// Throws a `ConfigError` for transforms that don't fit and a `DataError` for unusable files.
    ///
    /// - Parameter kept: what happened to the data before, whose measured numbers stay.
    init(_ config: RunConfig, as kept: Preprocessing? = nil) throws {
        let (data, path, names) = (config.data, config.dataPath, DataPlan.names(config))
        let text = data.optional("text")
        try DataPlan.checkPresent(path, isText: text != nil)
        let tokens = try text.flatMap { _ in try TextTokens(file: path) }
        var (examples, held) =
            try text.map { try DataPlan.pieces(path, $0) }
            ?? DataPlan.parts(path, data, names, isTrained: kept != nil)
        let fingerprint =
            DataPlan.describe(examples) + (held.map { "; " + DataPlan.describe($0) } ?? "")
        if let parts = try DataPlan.split(examples, config) { (examples, held) = parts }
        if let held { try DataPlan.checkAlike(examples, held) }
        let loaders = try DataPlan.loaders(config, names, examples, held, kept, trains: true)
        try self.init(
            data, loaders, names, fingerprint, vocabulary: tokens?.vocabulary.count,
            DataPlan.preprocessing(config, names, loaders.train, tokens))
    }

    /// Examples of the kind that a model was trained on, to be measured on.
    ///
    /// - Parameter kept: what happened to the data that it was trained on, and happens to these.
    init(
        measuring given: MeasuredExamples, _ config: RunConfig, as kept: Preprocessing?
    ) throws {
        let names = DataPlan.names(config)
        let loaders = try DataPlan.loaders(config, names, given.dataset, nil, kept, trains: false)
        let tokens = config.data.optional("text").flatMap { _ in kept?.tokens }
        try self.init(
            config.data, loaders, names, DataPlan.describe(given.dataset),
            vocabulary: tokens?.vocabulary.count,
            kept ?? DataPlan.preprocessing(config, names, loaders.train, tokens), given)
    }

    private init(
        _ data: ConfigValue, _ loaders: (train: Loader, validation: Loader?), _ names: [String],
        _ fingerprint: String, vocabulary: Int?, _ preprocessing: Preprocessing,
        _ given: MeasuredExamples? = nil
    ) throws {
        (config, inputNames, self.fingerprint, self.vocabulary) = (
            data, names, fingerprint, vocabulary
        )
        (train, validation) = loaders
        (self.preprocessing, self.given) = (preprocessing, given)
        storedInput = zip(names, DataPlan.types(train.dataset))
            .map { $0.isEmpty ? $1 : "\($0) \($1)" }.joined(separator: ", ")
        modelInputs = zip(names, train.allInputs).map { name, input in
            (name, "\(input.outputDType) \(Format.shape(input.outputShape))")
        }
        guard train.batchesPerEpoch > 0 else {
            throw ConfigError([
                data.issue(
                    "with dropLast, \(train.dataset.count) examples make no batch of "
                        + "\(train.batchSize)", at: "batchSize")
            ])
        }
        for loader in [train, validation].compactMap(\.self) { try DataPlan.checkRange(loader) }
    }

    /// The names of the inputs; one alone has the name "".
    private static func names(_ config: RunConfig) -> [String] {
        let isText = config.data.optional("text") != nil
        return isText ? [""] : config.data.child("train").named("inputs").map(\.name)
    }

    /// Windows of a text to train on, and its examples to measure on if it names such.
    private static func pieces(
        _ path: String, _ text: ConfigValue
    ) throws -> (examples: Dataset, held: Dataset?) {
        func piece(_ key: String, drawn: Int?) throws -> Dataset {
            try Dataset.text(path, text.string(key), length: text.int("context"), drawn: drawn)
        }
        let examples = try piece("train", drawn: text.int("windows"))
        if text.string("validation").isEmpty { return (examples, nil) }
        return (examples, try piece("validation", drawn: nil))
    }

    /// What tells apart the examples that are measured on.
    func measuredNames() throws -> ExampleNames {
        let dataset = measured.dataset
        let names: ExampleNames
        if let given {
            names = given.names
        } else {
            let part = config.optional("validation") ?? config.child("train")
            let inputs = part.named("inputs")[0].value.asString
            let file = try HDF5File(config.string("path"))
            let count = try HDF5Dataset(file, inputs).count
            names = try ExampleNames(file, beside: inputs, count: count)
        }
        return ExampleNames(columns: names.columns) { names.of(dataset.storedRow($0)) }
    }

    /// The datasets of all inputs, in the order of their names in `data.train.inputs`.
    static func paths(
        _ part: ConfigValue, _ names: [String]
    ) throws(ConfigError) -> [String] {
        let given = part.named("inputs")
        try checkNames(given, names)
        return try names.map { name throws(ConfigError) in
            guard let path = given.first(where: { $0.name == name }) else {
                throw ConfigError([part.issue("the input '\(name)' is missing", at: "inputs")])
            }
            return path.value.asString
        }
    }

    /// The transforms of all inputs: one list for all, or one for each that has any.
    static func lists(
        _ data: ConfigValue, _ names: [String]
    ) throws(ConfigError) -> [[ConfigValue]] {
        let given = data.named("transforms")
        if given[0].name.isEmpty { return names.map { _ in given[0].value.elements } }
        try checkNames(given, names)
        return names.map { name in
            given.first { $0.name == name }?.value.elements ?? []
        }
    }

    private static func checkNames(
        _ given: [(name: String, value: ConfigValue)], _ names: [String]
    ) throws(ConfigError) {
        guard let extra = given.first(where: { !names.contains($0.name) }) else { return }
        let isNamed = names != [""]
        let known = isNamed ? "names \(names.joined(separator: ", "))" : "names none"
        let problem =
            extra.name.isEmpty
            ? "one dataset without a name" : "there is no input '\(extra.name)'"
        throw ConfigError([extra.value.issue("\(problem); data.train.inputs \(known)")])
    }

    private static func checkPresent(_ path: String, isText: Bool) throws(RunError) {
        guard access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR else { return }
        let drawn = [
            RunConfig.defaultDataPath: "digits", "data/recall.h5": "recall",
            "data/friedman.h5": "friedman",
        ]
        let remedy =
            isText
            ? "make it of texts with: fttrain data text \(path.shellPath) FILE"
            : drawn[path].map { "make it with: fttrain data \($0)" }
                ?? "check data.path, which is relative to the current folder"
        throw RunError(.data, "\(path): there is no such file; \(remedy)")
    }

    private static func checkAlike(_ train: Dataset, _ held: Dataset) throws(DataError) {
        guard train.inputShapes == held.inputShapes, train.targetShape == held.targetShape else {
            func inputs(_ data: Dataset) -> String {
                data.inputShapes.map { Format.shape($0) }.joined(separator: ", ")
            }
            throw DataError(
                held.name,
                "inputs \(inputs(held)) and targets "
                    + "\(Format.shape(held.targetShape)) differ from the training data's "
                    + "\(inputs(train)) and \(Format.shape(train.targetShape));"
                    + " validate on data of the same kind")
        }
    }

    /// What the datasets hold, each under its key of the config and with its name for messages.
    func digests() throws -> [(key: String, name: String, digest: String)] {
        var found: [(key: String, name: String, digest: String)] = []
        let parts: [(name: String, loader: Loader?)] = [
            ("train", train), ("validation", validation),
        ]
        for part in parts {
            guard let dataset = part.loader?.dataset else { continue }
            let keys = inputNames.map { $0.isEmpty ? "inputs" : "inputs.\($0)" } + ["targets"]
            let names = dataset.inputNames + [dataset.targetName]
            for (index, digest) in try dataset.digests().enumerated() {
                let key = "\(part.name).\(keys[index])"
                found.append((key, names[index], XXHash64.digits(of: digest)))
            }
        }
        return found
    }

    /// One hash of what is measured on and, of the data that the config names, of what it trains on.
    func contentHash() throws -> String {
        if let given { return "xxh64:\(given.hash)" }
        return try contentHash(of: digests())
    }

    /// One hash of what all datasets hold. Those of data that is streamed are of samples, and say
    /// so. Digests count without zeros before them, so that it is what older versions noted.
    func contentHash(of digests: [(key: String, name: String, digest: String)]) -> String {
        var hash = XXHash64()
        let text = digests.map { "\($0.key)=\($0.digest.drop { $0 == "0" })" }.sorted().joined(
            separator: "\n")
        Array(text.utf8).withUnsafeBytes { hash.update($0) }
        return (train.dataset.isInMemory ? "xxh64:" : "xxh64-samples:")
            + hash.digits
    }

    private static func describe(_ data: Dataset) -> String {
        "\(data.count) × \(types(data).joined(separator: ", ")) → "
            + "\(data.targetDType) \(Format.shape(data.targetShape))"
    }

    /// The dtype and shape of each input as it is stored.
    private static func types(_ data: Dataset) -> [String] {
        zip(data.inputDTypes, data.inputShapes).map { "\($0) \(Format.shape($1))" }
    }
}
