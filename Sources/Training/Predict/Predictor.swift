import Autograd
import Checkpoint
package import Datasets
import FTConfig
import FTSupport
public import NN
public import Tensor

/// A trained model with all that happened to its data, ready for new ones.
///
///     let predictor = try Predictor("runs/mlp-001")
///     let predictions = try predictor(images)         // stored as the training data were
///     print(predictions.labels)
public final class Predictor {
    /// The checkpoint.
    public let path: String
    /// The config that the model was trained by.
    public let config: RunConfig
    /// The model, in evaluation mode.
    public let model: Sequential
    /// Epochs and steps that it was trained for.
    public let epoch, step: Int
    /// What is done to examples before the model sees them.
    package private(set) var preprocessing: Preprocessing
    /// What the checkpoint says of the data that it was trained on.
    package let digests: [String: String]
    /// From which probabilities on an example is of one of two classes, or a yes; nil for what is
    /// likelier.
    package private(set) var thresholds: Thresholds?
    let meaning: OutputMeaning
    let units: TargetUnits
    /// The layers of the model, those inside others after them.
    let rows: [LayerRow]
    /// Which inputs the model looks up in tables.
    let lookUps: [IndexInputs.Use]
    private let pipelines: [TransformPipeline]
    private let backend: any Backend

    /// Loads the best checkpoint of a run folder, or a checkpoint file.
    ///
    /// Throws where there is none that holds its config, or the config and the weights differ.
    public convenience init(_ target: String) throws { try self.init(target, overrides: []) }

    /// - Parameter overrides: `key=value` arguments for the config that the checkpoint holds.
    package init(_ target: String, overrides: [String]) throws {
        path = try Evaluation.checkpoint(target).path
        let checkpoint = try TrainingCheckpoint(path: path)
        let state = checkpoint.state
        guard let text = state.config else {
            throw RunError(.data, "\(path): holds no config, so its model can't be built again")
        }
        config = try RunConfig(recorded: text, file: "\(path) (config)", overrides: overrides)
        (epoch, step) = (state.epoch, state.step)
        digests = state.extra.filter { $0.key.hasPrefix("digest.") }
        let saved = Preprocessing(of: state)
        // Checkpoints of older versions don't say what their data were.
        let preprocessing = try saved ?? DataPlan(config).preprocessing
        self.preprocessing = preprocessing
        units = TargetUnits(preprocessing)
        pipelines = try preprocessing.inputPipelines
        let builder = ModelBuilder(
            seed: config.seed,
            inputs: zip(preprocessing.inputs, pipelines).map {
                ModelInput(name: $0.name, shape: $1.outputShape)
            }, vocabulary: Predictor.vocabulary(checkpoint),
            memory: MemoryBudget(batchSize: 1, statesPerWeight: 0))
        do {
            model = try builder.build(config.value.child("model")).model
        } catch let error as ConfigError where overrides.isEmpty {
            throw RunError(.data, "\(path): its config can't be used: \(error)")
        }
        rows = builder.rows
        backend = CPUBackend.shared
        do {
            try model.load(checkpoint.model.map { ($0.name, $0.array) })
        } catch let error as StateError {
            throw RunError(.data, "\(path): \(error)")
        }
        meaning = try OutputMeaning(config, preprocessing, outputRank: rows.outputRank)
        lookUps = IndexInputs(of: model, preprocessing.inputs.map(\.name)).uses
        model.eval()
    }

    /// The model that was loaded to be measured, on its device.
    init(_ loaded: Evaluation.Loaded) throws {
        let experiment = loaded.experiment
        let preprocessing = loaded.preprocessing
        (path, config, model) = (loaded.path, experiment.config, experiment.model)
        (epoch, step) = (loaded.state.epoch, loaded.state.step)
        digests = loaded.state.extra.filter { $0.key.hasPrefix("digest.") }
        self.preprocessing = preprocessing
        units = TargetUnits(preprocessing)
        pipelines = try preprocessing.inputPipelines
        rows = experiment.rows
        backend = experiment.device.backend
        meaning = try OutputMeaning(config, preprocessing, outputRank: rows.outputRank)
        lookUps = IndexInputs(of: model, preprocessing.inputs.map(\.name)).uses
        model.eval()
    }

    /// How many tokens a language model was trained with; nil of other models.
    private static func vocabulary(_ checkpoint: TrainingCheckpoint) -> Int? {
        checkpoint.model.first { $0.name.hasSuffix("tokens.weight") }?.array.shape.first
    }

    /// Has the decimals of numbers in tables stand after a mark, whatever those of the training table
    /// did.
    package func readDecimals(after mark: DecimalMark) throws(RunError) {
        try preprocessing.readDecimals(after: mark, of: path)
    }

    /// Has the model say the second of two classes, or yes, from a probability on: the lower, the
    /// more of them are found, and the more of what is found is wrong.
    ///
    /// Throws where the model says neither, or gives no probabilities.
    ///
    /// - Parameter probability: from 0 to 1; at 1/2 it says what is likelier, and of equals yes.
    public func decide(from probability: Double) throws(RunError) {
        try decide(by: "\(probability)")
    }

    /// The same by `0.3`, or by `rainy=0.3,windy=0.6`: for one of two classes by its name, or for
    /// some of several labels, whose others stay at what is likelier.
    ///
    /// Throws also where there are no such names.
    public func decide(by text: String) throws(RunError) {
        thresholds = try Thresholds(
            text,
            of: Thresholds.Subject(
                meaning: meaning, shape: rows.last { $0.depth == 0 }?.outputShape ?? [],
                names: classNames, loss: config.value.child("loss").type))
    }

    /// What the model says of examples [N, …] that are stored as the training data were.
    ///
    /// Throws where their shape is another one.
    public func callAsFunction(_ inputs: NDArray) throws -> Predictions { try self([inputs]) }

    /// What the model says of examples of several inputs, in the order of the config.
    public func callAsFunction(_ inputs: [NDArray]) throws -> Predictions {
        predictions(try outputs(inputs))
    }

    /// What outputs of the model [N, …] say.
    func predictions(_ output: Tensor) -> Predictions {
        let values = meaning.values(output).data
        let decisions = meaning.decisions(values, by: thresholds)
        let original = decisions == nil ? inTableUnits(values) : values
        return Predictions(
            values: original, classes: decisions, classNames: classNames,
            outputNames: preprocessing.outputNames, answerWords: preprocessing.answerWords,
            areProbabilities: meaning.hasProbabilities)
    }

    /// What the model says of the rows of a table: CSV, TSV or JSON lines, encoded as the training
    /// table was.
    ///
    /// Throws where the model wasn't trained on a table, or the file lacks what it needs.
    public func callAsFunction(table path: String) throws -> Predictions {
        let source = try PredictionSource.table(path, as: preprocessing)
        return try self(source.read(0..<source.count))
    }

    /// What the model says of images: files, or folders of them, in the order of their names, which
    /// are scaled and normalized as the training images were.
    ///
    /// Throws where the model wasn't trained on images, or a file is none or doesn't fit.
    public func callAsFunction(images paths: [String]) throws -> Predictions {
        try PredictionWriter(self, PredictionSource.images(paths, for: self)).all()
    }

    /// How to predict other data by this checkpoint, as a command.
    ///
    /// - Parameter skipsBad: whether rows that can't be used are left out.
    func command(_ data: String, skipsBad: Bool = false) -> String {
        let data = data == PredictionSource.standardInput ? "-" : data.shellPath
        return "fttrain predict \(path.shellPath) \(data)" + (skipsBad ? " --skip-bad" : "")
    }

    /// The names of the classes; empty where they have none.
    public var classNames: [String] { preprocessing.classNames }

    /// The shapes of examples that the model sees, in the order of the config.
    var inputShapes: [Shape] { pipelines.map(\.outputShape) }

    /// The model's outputs, as they are.
    func outputs(_ inputs: [NDArray]) throws -> Tensor {
        let expected = preprocessing.inputs
        let batches = try batches(inputs)
        if let (row, problem) = outlier(inModelInputs: batches) {
            throw RunError(.data, "\(path): example \(row): \(problem)\(Predictor.outlierRemedy)")
        }
        let tensors = batches.map { Tensor($0.sent(to: backend)) }
        return noGrad {
            let output = EvenBatch.output(tensors) { tensors in
                autocast(config.precision) {
                    if expected.count == 1, expected[0].name.isEmpty { return model(tensors[0]) }
                    let names = expected.map(\.name)
                    return model(Dictionary(uniqueKeysWithValues: zip(names, tensors)))
                }.recast(.float32)
            }
            return Tensor(output.data.on(.cpu))
        }
    }

    /// Inputs as the model sees them, on the CPU.
    ///
    /// Throws where their shape is another one than it was trained on.
    func batches(_ inputs: [NDArray]) throws -> [NDArray] {
        let expected = preprocessing.inputs
        guard inputs.count == expected.count else {
            throw RunError(
                .data, "\(path): the model takes \(expected.count) inputs, not \(inputs.count)")
        }
        return try expected.indices.map { index in
            let (input, array) = (expected[index], inputs[index])
            try check(input, array)
            let stored = try self.stored(array, input).contiguous()
            return try pipelines[index].batch(stored, rows: 0..<array.shape[0])
                .cast(to: .float32)
        }
    }

    /// Numbers of the type that the model was trained on.
    ///
    /// Throws where others would become others: shades from 0 to 1 are no bytes.
    private func stored(
        _ array: NDArray, _ input: Preprocessing.Input
    ) throws(RunError) -> NDArray {
        if let problem = Predictor.otherNumber(array, input) {
            throw RunError(.data, "\(path): \(problem)")
        }
        return array.dtype == input.dtype ? array : array.cast(to: input.dtype)
    }

    /// That the type that a model was trained on doesn't hold one of the numbers; nil where it does.
    static func otherNumber(_ array: NDArray, _ input: Preprocessing.Input) -> String? {
        guard !input.dtype.isFloat, array.dtype != input.dtype else { return nil }
        let cast = array.cast(to: input.dtype)
        let pairs = zip(array.values(as: Double.self), cast.values(as: Double.self))
        guard let (number, _) = pairs.first(where: { $0 != $1 }) else { return nil }
        let name = input.name.isEmpty ? "" : " '\(input.name)'"
        return "the model was trained on inputs\(name) of \(input.dtype), which don't hold "
            + "\(Format.number(number)); give it numbers as those of its data"
    }

    private func check(_ input: Preprocessing.Input, _ array: NDArray) throws(RunError) {
        guard array.rank > 0, Array(array.shape.removing(at: 0)) == input.shape else {
            let name = input.name.isEmpty ? "" : " of '\(input.name)'"
            throw RunError(
                .data,
                "\(path): the model was trained on examples\(name) of shape "
                    + "\(Format.shape(input.shape)), these have the shape "
                    + "\(Format.shape(Array(array.shape.dropFirst()))); give it data of the same kind"
            )
        }
    }

    /// In the units of the data, of no more digits than the model's.
    private func inTableUnits(_ values: NDArray) -> NDArray {
        if units.areOwn { return values }
        let original = NDArray(units.original(values.values(as: Double.self)), values.shape)
        return values.dtype == .float64 ? original : original.cast(to: .float32)
    }

    /// Numbers as the loss sees them in the units of the data.
    func original(_ numbers: [Double]) -> [Double] { units.original(numbers) }

    /// Stored targets as the loss sees them.
    func targets(_ stored: NDArray) throws -> [Double] {
        let target = preprocessing.target
        guard stored.rank > 0, Array(stored.shape.removing(at: 0)) == target.shape else {
            throw RunError(
                .data,
                "\(path): the model was trained on targets of shape \(Format.shape(target.shape)), "
                    + "these have the shape \(Format.shape(Array(stored.shape.dropFirst())))")
        }
        let typed = stored.dtype == target.dtype ? stored : stored.cast(to: target.dtype)
        return try preprocessing.targetPipeline.batch(typed.contiguous(), rows: 0..<stored.shape[0])
            .values(as: Double.self)
    }
}

extension [LayerRow] {
    /// How many axes what a model gives for an example has; nil without layers.
    fileprivate var outputRank: Int? { last { $0.depth == 0 }?.outputShape.count }
}
