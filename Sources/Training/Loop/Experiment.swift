import Datasets
import FTConfig
import FTSupport
public import NN
public import Optim
import Tensor

/// Everything that a config describes, made and checked: nothing that is wrong with it shows up
/// later than here.
public final class Experiment {
    /// The config.
    public let config: RunConfig
    /// The model, its parameters freshly initialized from the seed.
    public let model: Sequential
    /// The loss that training makes small.
    public let loss: any Loss
    /// A target that counts nothing.
    let ignoredTarget: Int?
    /// The shape of what the model says of an example.
    let outputShape: Shape
    /// What is measured besides the loss.
    public let metrics: [any Metric]
    /// What changes the parameters.
    public let optimizer: Optimizer
    /// The average of the weights, where the config asks for one.
    let average: ModelAverage?
    /// What mixes the examples of a batch, where the config asks for it.
    let mixup: Mixup?
    /// What keeps the gradients of float16 in its range; nil for other precisions.
    let lossScale: LossScale?
    let device: DeviceChoice
    private(set) var data: DataPlan
    let rows: [LayerRow]
    /// The stream that the parameters were drawn from.
    let random: Random
    /// Whether every loss so far was finite: one bool on the device, which each step reads and
    /// updates, so that none changes anything after one whose loss wasn't, though the host hears of
    /// it late.
    let isSound: NDArray

    /// Opens the data and builds the model.
    ///
    /// Throws a `ConfigError` where parts don't fit each other, a `DataError` or `RunError` for
    /// files and devices that can't be used.
    public convenience init(_ config: RunConfig) throws { try self.init(config, as: nil) }

    /// - Parameters:
    ///   - kept: what happened to the data before, whose measured numbers stay.
    ///   - given: examples of the same kind, in place of those that the config names.
    init(
        _ config: RunConfig, as kept: Preprocessing?, measuring given: MeasuredExamples? = nil
    ) throws {
        self.config = config
        device = try DeviceChoice(config.deviceName)
        let plan =
            try given.map { try DataPlan(measuring: $0, config, as: kept) }
            ?? DataPlan(config, as: kept)
        let inputs = plan.train.allInputs
        try Experiment.checkInputs(config, plan)
        let builder = ModelBuilder(
            seed: config.seed,
            inputs: zip(plan.inputNames, inputs).map {
                ModelInput(name: $0, shape: $1.outputShape)
            }, vocabulary: plan.vocabulary, memory: try Experiment.memory(config, plan))
        let (model, output) = try builder.build(config.value.child("model"))
        let trains = given == nil
        if trains, let layer = builder.firstOverExamples {
            try Experiment.checkBatches(config, plan.train, for: layer)
        }
        self.model = model
        rows = builder.rows
        random = builder.random
        let lossValue = config.value.child("loss")
        let balanced = try Experiment.balanced(lossValue, plan, as: kept, output: output)
        let chosen = try Catalogs.losses.make(balanced.loss)
        loss = chosen.loss
        outputShape = output
        data = plan
        data.preprocessing.classWeights = balanced.weights
        ignoredTarget = chosen.ignored
        try Experiment.freeze(model, config.value.child("model"))
        try Experiment.checkTrainable(model, config.value.child("model"))
        isSound = NDArray.full([], 1, .bool, on: device.backend)
        lossScale =
            config.precision == .float16 ? LossScale(on: device.backend.device) : nil
        // The parameters were drawn on the CPU, so that they are the same on every device.
        model.to(device.backend)
        optimizer = try Catalogs.optimizers.make(config.value.child("optimizer"), model)
        average = try config.training.optional("average").map { [model] in
            try Catalogs.averages.make($0, model)
        }
        try data.fitTargets(output) { try chosen.loss.check(prediction: output, target: $0, $1) }
        let meaning = try OutputMeaning(config, data.preprocessing, outputRank: output.rank)
        try Experiment.checkMetrics(
            config.value.children("metrics"), meaning, output: output,
            areQuantities: meaning.areOfTable(data.preprocessing))
        let place = MetricPlace(
            loss: chosen, classNames: data.preprocessing.classNames, outputRank: output.rank)
        metrics = try config.value.children("metrics").map {
            meaning.reading(
                try Catalogs.metrics.make($0, place), type: $0.type, outputRank: output.rank)
        }
        mixup =
            !trains
            ? nil
            : try Mixup(
                config, chosen, data.train, output: output,
                looksUp: !IndexInputs(of: model, plan.inputNames).uses.isEmpty)
        try checkTargets(output, lossValue)
        if trains { try checkSearch() }
        try checkRows(output, isTrained: kept != nil)
        if trains { try checkCourse(isNew: kept == nil) }
    }

    private static func checkTrainable(_ model: Module, _ value: ConfigValue) throws {
        guard model.trainableCount == 0 else { return }
        guard model.parameterCount > 0 else {
            throw ConfigError([
                value.issue("no layer has parameters to train; add a linear layer", at: "layers")
            ])
        }
        let byPattern = !value.children("freeze").isEmpty
        throw ConfigError([
            value.issue(
                byPattern
                    ? "no parameter is left to train; freeze fewer"
                    : "every layer is frozen, so nothing is left to train; leave \"frozen\" out of one",
                at: byPattern ? "freeze" : "layers")
        ])
    }

    /// Throws where a new run's average would never begin, or there is nothing to measure on within
    /// epochs.
    private func checkCourse(isNew: Bool) throws(ConfigError) {
        if isNew, let averageProblem, let average = config.training.optional("average") {
            throw ConfigError([average.issue(averageProblem, at: "startEpoch")])
        }
        if config.training.int("validateEverySteps") > 0, data.validation == nil {
            throw ConfigError([
                config.training.issue(
                    "needs examples to measure on; name them in data.validation or data.split",
                    at: "validateEverySteps")
            ])
        }
    }

    /// Throws where a step, or a piece of one, has one example, of which there is no variance.
    private static func checkBatches(
        _ config: RunConfig, _ train: Loader, for layer: ConfigValue
    ) throws(ConfigError) {
        let (count, size) = (train.dataset.count, train.batchSize)
        let last = train.dropLast || count < size ? 0 : count % size
        for batch in [min(count, size), last] where batch > 0 {
            let pieces = min(config.training.int("accumulate"), batch)
            if batch / pieces > 1 { continue }
            let what = pieces > 1 ? "\(batch) examples in \(pieces) pieces" : "1 example"
            let remedy =
                batch == last
                ? "set data.dropLast=true"
                : batch < 4
                    ? "set another data.batchSize"
                    : "set training.accumulate=\(batch / 2) or less"
            throw ConfigError([
                layer.issue(
                    "needs two examples or more at once, and of \(count) a batch has \(what); "
                        + remedy)
            ])
        }
    }

    /// What batches of examples take of memory; throws where that is more than there is.
    private static func memory(_ config: RunConfig, _ data: DataPlan) throws -> MemoryBudget {
        let one = Linear(1, 1, using: Random(seed: 0))
        let ungrouped = config.value.child("optimizer").replacing("groups", with: [])
        let optimizer = try Catalogs.optimizers.make(ungrouped, one)
        let kept = (optimizer as? QuasiNewton)?.numbersPerWeight ?? optimizer.slots.count
        let states = kept + (config.samRadius == nil ? 0 : 1)
        let averages = config.training.optional("average") == nil ? 0 : 1
        let batch = min(data.train.batchSize, data.train.dataset.count)
        let pieces = min(config.training.int("accumulate"), batch)
        var memory = MemoryBudget(
            batchSize: (batch + pieces - 1) / pieces, statesPerWeight: states + averages)
        let shapes = (data.train.allInputs + [data.train.targets]).map { Array($0.outputShape) }
        let batches = min(data.train.prefetch, data.train.batchesPerEpoch) + 1
        memory.addExamples(shapes, ahead: batches * pieces - 1)
        try memory.check(config.data, at: "batchSize")
        return memory
    }

    /// What the model says on a batch of its inputs, in the order of the config: computed in the
    /// config's precision, and float32.
    func output(_ inputs: [Tensor]) -> Tensor {
        let names = data.inputNames
        let output = autocast(config.precision) {
            if names[0].isEmpty { return model(inputs[0]) }
            return model(Dictionary(uniqueKeysWithValues: zip(names, inputs)))
        }
        return output.recast(.float32)
    }

    /// What decides on the best epoch: `loss` or the name of a metric.
    var bestBy: String {
        config.training.optionalString("bestBy") ?? metrics.first?.name ?? "loss"
    }

    /// Whether a higher value of `bestBy` is better.
    var prefersHigher: Bool { metrics.first { $0.name == bestBy }?.prefersHigher ?? false }

    /// What is known before the first step; `path` is the run folder.
    public func info(path: String = "") -> RunInfo {
        var info = RunInfo()
        info.name = config.name
        info.path = path
        info.seed = config.seed
        info.device = device.backend.summary
        info.deviceNote = device.note
        info.dataPath = config.dataPath
        info.trainCount = data.train.sampler.count
        info.validationCount = data.validation?.dataset.count ?? 0
        info.storedInput = data.storedInput
        info.targetNote = data.targetNote
        info.units = TargetUnits(data.preprocessing)
        info.table = data.preprocessing.table
        info.modelInputs = data.modelInputs
        info.isInMemory = data.train.dataset.isInMemory
        info.layers = rows
        info.parameterCount = model.parameterCount
        info.trainableCount = model.trainableCount
        info.parameterBytes = model.parameters.reduce(0) { $0 + $1.data.byteCount }
        info.epochs = config.epochs
        info.stepsPerEpoch = data.train.batchesPerEpoch
        info.batchSize = data.train.batchSize
        info.optimizer = config.value.child("optimizer").type
        info.precision = config.precision.rawValue
        info.schedule = config.value.child("schedule").type
        info.loss = config.value.child("loss").type
        info.metrics = metrics.map(\.name)
        info.metricTitles = MetricTitle.all(of: info.metrics, in: config)
        info.weighting = Weighting.sentence(of: config)
        return info
    }
}

extension Experiment {
    /// What to do where only the order of axes keeps classes from fitting: they come first, as
    /// convolutions give them.
    private func channelRemedy(_ output: Shape, _ target: Shape, _ dtype: DType) -> String {
        guard dtype.isInteger, output.rank > 1, output.removing(at: 0) == target else { return "" }
        let axes = (Array(1..<output.rank) + [0]).map(String.init).joined(separator: ", ")
        return "; the model gives classes along its first axis, which should be the last: end it "
            + "with {\"type\": \"permute\", \"axes\": [\(axes)]}"
    }

    /// Checks the loss and all metrics against the model's output and the targets.
    private func checkTargets(_ output: Shape, _ lossValue: ConfigValue) throws {
        let (target, dtype) = (data.train.targets.outputShape, data.train.targets.outputDType)
        var issues: [ConfigIssue] = []
        func check(_ value: ConfigValue, _ body: (Shape, DType) throws -> Void) throws {
            do {
                try body(target, dtype)
            } catch let error as ShapeError {
                let remedy =
                    error.remedy.map { "; \($0)" }
                    ?? TargetRemedy.all(output, target, dtype)
                    .first { (try? body($0.shape, $0.dtype)) != nil }?.description ?? ""
                let order = remedy.isEmpty ? channelRemedy(output, target, dtype) : remedy
                issues.append(value.issue("\(value.type): \(error.problem)\(order)"))
            }
        }
        try check(lossValue) { try loss.check(prediction: output, target: $0, $1) }
        for (value, metric) in zip(config.value.children("metrics"), metrics) {
            try check(value) { try metric.check(prediction: output, target: $0, $1) }
            let measured = (data.validation ?? data.train).dataset.count
            let count = measured * max(target.elementCount, 1)
            if let capacity = metric.capacity, count > capacity {
                let found = Format.grouped(count)
                issues.append(
                    value.issue(
                        "\(value.type) is exact and keeps at most \(Format.grouped(capacity)) "
                            + "predictions, the data has \(found); measure on fewer examples"))
            }
        }
        if !issues.isEmpty { throw ConfigError(issues) }
    }
}
