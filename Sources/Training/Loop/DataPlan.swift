import Datasets
import FTConfig
import FTSupport
import Glibc
import Tensor

/// The examples of a run, opened and checked.
struct DataPlan {
    let train: Loader
    /// nil without validation data.
    let validation: Loader?
    /// What is stored, to notice later that the file is another one.
    let fingerprint: String
    /// The shape and dtype of a stored input and of one that the model sees.
    let storedInput: String
    let modelInput: String
    /// The config value at `data`.
    let config: ConfigValue

    /// Opens what the config names.
    ///
    /// Throws a `ConfigError` for transforms that don't fit and a `DataError` for unusable files.
    init(_ config: RunConfig) throws {
        let data = config.data
        self.config = data
        let path = config.dataPath
        try DataPlan.checkPresent(path)
        let limit = data.int("memoryLimit") << 20
        func open(_ part: ConfigValue) throws -> Dataset {
            try Dataset.open(
                path, inputs: part.string("inputs"), targets: part.string("targets"),
                memoryLimit: limit)
        }
        var examples = try open(data.child("train"))
        var held = try data.optional("validation").map { try open($0) }
        fingerprint =
            DataPlan.describe(examples) + (held.map { "; " + DataPlan.describe($0) } ?? "")
        if let share = data.optionalDouble("split") {
            (examples, held) = try examples.split(second: share)
        }
        if let held { try DataPlan.checkAlike(examples, held) }
        storedInput = "\(examples.inputDType) \(Format.shape(examples.inputShape))"
        (train, validation) = try DataPlan.loaders(config, examples, held)
        modelInput = "\(train.inputs.outputDType) \(Format.shape(train.inputs.outputShape))"
        guard train.batchesPerEpoch > 0 else {
            throw ConfigError([
                data.issue(
                    "with dropLast, \(examples.count) examples make no batch of "
                        + "\(train.batchSize)", at: "batchSize")
            ])
        }
    }

    /// The loaders of both datasets, their transforms checked.
    private static func loaders(
        _ config: RunConfig, _ examples: Dataset, _ held: Dataset?
    ) throws -> (train: Loader, validation: Loader?) {
        let data = config.data
        let inputs = try DataPlan.transforms(
            data.children("transforms"), examples.inputShape, examples.inputDType)
        let targets = try DataPlan.transforms(
            data.children("targetTransforms"), examples.targetShape, examples.targetDType)
        let batchSize = data.int("batchSize")
        let train = try Loader(
            examples, batchSize: batchSize, shuffle: data.bool("shuffle"), seed: config.seed,
            dropLast: data.bool("dropLast"), inputTransforms: inputs, targetTransforms: targets,
            prefetch: data.int("prefetch"))
        let validation = try held.map { held in
            try Loader(
                held, batchSize: batchSize, inputTransforms: inputs, targetTransforms: targets,
                prefetch: data.int("prefetch"))
        }
        return (train, validation)
    }

    /// The transforms of a list, checked one by one against what the ones before them give.
    private static func transforms(
        _ values: [ConfigValue], _ shape: Shape, _ dtype: DType
    ) throws -> [Transform] {
        var (shape, dtype) = (shape, dtype)
        return try values.map { value in
            let transform = try Catalogs.transforms.make(value)
            do throws(TransformError) {
                shape = try transform.outputShape(for: shape)
                dtype = try transform.outputDType(for: dtype)
            } catch {
                throw ConfigError([value.issue(error.description)])
            }
            return transform
        }
    }

    private static func checkPresent(_ path: String) throws(RunError) {
        guard access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR else { return }
        let remedy =
            path == RunConfig.defaultDataPath
            ? "make it with: fttrain data digits"
            : "check data.path, which is relative to the current folder"
        throw RunError(.data, "\(path): there is no such file; \(remedy)")
    }

    private static func checkAlike(_ train: Dataset, _ held: Dataset) throws(DataError) {
        guard train.inputShape == held.inputShape, train.targetShape == held.targetShape else {
            throw DataError(
                held.name,
                "inputs \(Format.shape(held.inputShape)) and targets "
                    + "\(Format.shape(held.targetShape)) differ from the training data's "
                    + "\(Format.shape(train.inputShape)) and \(Format.shape(train.targetShape));"
                    + " validate on data of the same kind")
        }
    }

    private static func describe(_ data: Dataset) -> String {
        "\(data.count) × \(data.inputDType) \(Format.shape(data.inputShape)) → "
            + "\(data.targetDType) \(Format.shape(data.targetShape))"
    }
}
