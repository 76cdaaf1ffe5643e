import Autograd
import Datasets
import FTConfig
import FTSupport
import Tensor

extension DataPlan {
    /// The loaders of both datasets, their transforms checked and what they lack measured.
    ///
    /// - Parameter trains: whether the first is trained on, by what the config says of that.
    static func loaders(
        _ config: RunConfig, _ names: [String], _ examples: Dataset, _ held: Dataset?,
        _ kept: Preprocessing?, trains: Bool
    ) throws -> (train: Loader, validation: Loader?) {
        let data = config.data
        let inputs = try DataPlan.lists(data, names).enumerated().map { index, list in
            try TransformReading(examples, input: index, as: kept).transforms(list)
                + (data.optional("text") == nil ? [] : [.cast(.float32)])
        }
        let targets = try TransformReading(examples, input: nil, as: kept).transforms(
            data.children("targetTransforms"))
        let batchSize = data.int("batchSize")
        var train = try Loader(
            examples, batchSize: batchSize, shuffle: trains && data.bool("shuffle"),
            seed: config.seed,
            dropLast: trains && data.bool("dropLast"), transformsByInput: inputs,
            targetTransforms: targets, prefetch: data.int("prefetch"))
        if trains, data.string("sampling") == balancedSampling {
            train = train.balanced(try classes(examples, config))
        }
        let validation = try held.map { held in
            try Loader(
                held, batchSize: batchSize, transformsByInput: inputs, targetTransforms: targets,
                prefetch: data.int("prefetch")
            ).withoutRandomTransforms
        }
        return (train, validation)
    }

    /// What `data.sampling` says of epochs that visit each class as often.
    static let balancedSampling = "balanced"

    /// The rows of each class, for sampling.
    private static func classes(_ examples: Dataset, _ config: RunConfig) throws -> ClassRows {
        func problem(_ text: String) -> ConfigError {
            ConfigError([config.data.issue(text, at: "sampling")])
        }
        guard examples.isInMemory else {
            throw problem(
                "balanced needs the examples in memory; raise data.memoryLimit, or use "
                    + "loss.classWeights=balanced")
        }
        let loss = config.value.child("loss")
        let ignored = loss.hasKey("ignoreIndex") ? loss.optionalInt("ignoreIndex") : nil
        guard let rows = try examples.classRows(ignoring: ignored), rows.count > 1 else {
            throw problem(
                "balanced needs targets that are one of several classes each, stored as whole "
                    + "numbers; remove it")
        }
        return rows
    }
}

/// Makes the transforms of an input, or of targets, from what a config says.
private struct TransformReading {
    private let examples: Dataset
    /// nil for targets.
    private let input: Int?
    /// What was measured before, by its place among the transforms that aren't random.
    private let known: [Transform]
    /// The shape of the examples that a model was trained on; nil for targets.
    private let trained: [Int]?
    private var shape: Shape
    private var dtype: DType
    private var made: [Transform] = []

    init(_ examples: Dataset, input: Int?, as kept: Preprocessing?) {
        self.examples = examples
        self.input = input
        guard let input else {
            (known, trained) = (kept?.target.transforms ?? [], nil)
            (shape, dtype) = (examples.targetShape, examples.targetDType)
            return
        }
        let inputs = kept?.inputs ?? []
        known = inputs.indices.contains(input) ? inputs[input].transforms : []
        trained = inputs.indices.contains(input) ? inputs[input].shape : nil
        (shape, dtype) = (examples.inputShapes[input], examples.inputDTypes[input])
    }

    /// The transforms of a list, checked one by one against what the ones before them give.
    func transforms(_ values: [ConfigValue]) throws -> [Transform] {
        var reading = self
        do {
            for value in values { try reading.add(value) }
        } catch let error as ConfigError {
            if let other = reading.otherShape { throw other }
            throw error
        }
        let isNarrow = reading.dtype.isFloat && reading.dtype != .float32
        return reading.made
            + (input != nil && (isNarrow || reading.dtype == .bool) ? [.cast(.float32)] : [])
    }

    /// That examples have another shape than those that a model was trained on, for which the
    /// config was written; nil where they have the same, or nothing was trained.
    private var otherShape: RunError? {
        guard let input, let trained, trained != Array(examples.inputShapes[input]) else {
            return nil
        }
        return RunError(
            .data,
            "\(examples.inputNames[input]): the model was trained on examples of shape "
                + "\(Format.shape(trained)), these have the shape "
                + "\(Format.shape(Array(examples.inputShapes[input]))); give it data of the same kind"
        )
    }

    private mutating func add(_ value: ConfigValue) throws {
        var transform = try Catalogs.transforms.make(value)
        if transform.isRandom, input == nil {
            throw ConfigError([value.issue("\(transform.name): is for inputs, not for targets")])
        }
        if case .normalize(_, _, let axis) = transform {
            if input == nil, shape.rank > 1, value.optionalInt("axis") != nil {
                throw ConfigError([
                    value.issue(
                        "normalize: an axis is for inputs, or for targets of one axis", at: "axis")
                ])
            }
            guard axis == 0 || Transform.place(of: axis, in: shape) != nil else {
                throw ConfigError([
                    value.issue(
                        "normalize: \(Transform.noAxis(axis, in: shape))", at: "axis")
                ])
            }
        }
        if case .normalize(let mean, _, _) = transform, mean.isEmpty {
            transform = try keptNormalize ?? measuredNormalize(value)
        }
        do throws(TransformError) {
            shape = try transform.outputShape(for: shape)
            dtype = try transform.outputDType(for: dtype)
        } catch {
            throw ConfigError([value.issue(error.description)])
        }
        made.append(transform)
    }

    private var keptNormalize: Transform? {
        let place = made.count { !$0.isRandom }
        guard known.indices.contains(place), case .normalize = known[place] else { return nil }
        return known[place]
    }

    /// Mean and deviation over all training rows: of each index of the axis that a config names, else
    /// of each channel of examples of three axes or more, and of all elements of others.
    private func measuredNormalize(_ value: ConfigValue) throws -> Transform {
        let named = value.optionalInt("axis")
        let axis = named.flatMap { Transform.place(of: $0, in: shape) } ?? 0
        let channels = shape.rank >= 3 || named != nil && shape.rank > 0 ? shape[axis] : 1
        guard channels <= Catalogs.mostChannels else {
            throw ConfigError([
                value.issue(
                    "normalize: axis \(axis) has \(Format.grouped(channels)) indices, and "
                        + "\(Format.grouped(Catalogs.mostChannels)) means can be kept; name another"
                )
            ])
        }
        let count = Double(examples.count * (shape.elementCount / max(channels, 1)))
        let mean = try sums(channels, axis) { $0 }.map { $0 / count }
        let centre = Tensor(NDArray(mean, channels == 1 ? [] : aligned(channels, axis)))
        let squares = try sums(channels, axis) { ($0 - centre) * ($0 - centre) }
        let deviations = squares.map { ($0 / count).squareRoot() }
        // What equal numbers differ by from their mean, as it is rounded.
        let rounding = mean.map { abs($0).ulp * count.squareRoot() }
        for (channel, deviation) in deviations.enumerated() where !(deviation > rounding[channel]) {
            let place = named.map { "index \(channel) of axis \($0)" } ?? "channel \(channel)"
            let which = channels == 1 ? "they all are" : "\(place) is always"
            let found =
                deviation.isNaN
                ? "the data hold NaN or infinity; correct them"
                : "\(which) \(Format.short(mean[channel])), which has no deviation to divide by; give "
                    + "mean and std, or leave it out"
            throw ConfigError([value.issue("normalize: \(found)")])
        }
        return .normalize(mean: mean, std: deviations, axis: named ?? 0)
    }

    private func aligned(_ channels: Int, _ axis: Int) -> Shape {
        var aligned = Shape(repeating: 1, count: shape.rank)
        aligned[axis] = channels
        return aligned
    }

    /// The sums over all rows of what `change` makes of the elements, block by block.
    private func sums(
        _ channels: Int, _ axis: Int, _ change: (Tensor) -> Tensor
    ) throws -> [Double] {
        var lists = examples.inputShapes.map { _ in [Transform]() }
        if let input { lists[input] = made }
        let loader = try Loader(
            examples, batchSize: 1, transformsByInput: lists,
            targetTransforms: input == nil ? made : [])
        var total = [Double](repeating: 0, count: channels)
        func add(_: Int, _ block: NDArray) {
            let axes = (0..<block.rank).filter { channels == 1 || $0 != axis + 1 }
            let part = change(Tensor(block).cast(to: .float64)).sum(axes: axes)
            for (channel, sum) in part.values(as: Double.self).enumerated() {
                total[channel] += sum
            }
        }
        if let input {
            try loader.scanInput(input, add)
        } else {
            try loader.scanTargets(add)
        }
        return total
    }
}
