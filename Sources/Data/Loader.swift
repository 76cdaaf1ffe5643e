public import Tensor

/// Examples that a model sees together.
public struct Batch: Sendable {
    /// The first input: [count, …] after the transforms, on the CPU.
    public var inputs: NDArray { allInputs[0] }
    /// Every input, each [count, …].
    public let allInputs: [NDArray]
    /// [count, …] after the transforms, on the CPU.
    public let targets: NDArray
    /// How many examples: the batch size, or less in the last batch of an epoch.
    public let count: Int
    /// Where the sampler stands after this batch.
    public let end: SamplerState
}

/// Turns a dataset into batches, made on a thread of their own while the model trains.
public struct Loader: Sendable {
    /// Where the examples come from.
    public let dataset: Dataset
    /// What decides their order.
    public let sampler: Sampler
    /// How many examples make a batch.
    public let batchSize: Int
    /// Whether an epoch ends before a batch that would be short.
    public let dropLast: Bool
    /// How many batches are made ahead.
    public let prefetch: Int
    /// What happens to the first input, and the shape and dtype that the model sees.
    public var inputs: TransformPipeline { allInputs[0] }
    /// What happens to each input.
    public let allInputs: [TransformPipeline]
    /// What happens to targets, and the shape and dtype that the loss sees.
    public let targets: TransformPipeline
    /// Whether random transforms happen, as in training.
    public let augments: Bool

    /// Throws a `TransformError` where a transform doesn't fit the examples, or a random one stands
    /// among those of targets.
    ///
    /// - Parameter inputTransforms: of every input. Random ones draw by the seed, the epoch and
    ///   each example's place in it.
    public init(
        _ dataset: Dataset, batchSize: Int, shuffle: Bool = false, seed: UInt64 = 0,
        dropLast: Bool = false, inputTransforms: [Transform] = [],
        targetTransforms: [Transform] = [], prefetch: Int = 4
    ) throws {
        try self.init(
            dataset, batchSize: batchSize, shuffle: shuffle, seed: seed, dropLast: dropLast,
            transformsByInput: dataset.inputs.map { _ in inputTransforms },
            targetTransforms: targetTransforms, prefetch: prefetch)
    }

    /// As above, with a list of transforms for each input.
    public init(
        _ dataset: Dataset, batchSize: Int, shuffle: Bool = false, seed: UInt64 = 0,
        dropLast: Bool = false, transformsByInput: [[Transform]],
        targetTransforms: [Transform] = [], prefetch: Int = 4
    ) throws {
        guard transformsByInput.count == dataset.inputs.count else {
            fail(
                "Loader",
                "\(transformsByInput.count) lists of transforms for \(dataset.inputs.count) inputs")
        }
        guard batchSize > 0 else {
            fail("Loader", "the batch size is \(batchSize)", hint: "it is 1 or more")
        }
        if let random = targetTransforms.first(where: \.isRandom) {
            throw TransformError("\(random.name): is for inputs, not for targets")
        }
        augments = true
        self.dataset = dataset
        self.batchSize = batchSize
        self.dropLast = dropLast
        self.prefetch = prefetch
        let order = shuffle || dataset.drawn != nil ? dataset.shuffledOrder : .sequential
        sampler = Sampler(count: dataset.drawn ?? dataset.count, order: order, seed: seed)
        var pipelines: [TransformPipeline] = []
        for (source, transforms) in zip(dataset.inputs, transformsByInput) {
            pipelines.append(
                try TransformPipeline(transforms, shape: source.rowShape, source.dtype))
        }
        allInputs = pipelines
        targets = try TransformPipeline(
            targetTransforms, shape: dataset.targetShape, dataset.targetDType)
    }

    /// The same with another order of the examples, with other transforms of targets, or without
    /// what is random.
    init(
        _ other: Loader, _ sampler: Sampler? = nil, targets: TransformPipeline? = nil,
        augments: Bool? = nil, dropLast: Bool? = nil
    ) {
        self.augments = augments ?? other.augments
        dataset = other.dataset
        self.sampler = sampler ?? other.sampler
        batchSize = other.batchSize
        self.dropLast = dropLast ?? other.dropLast
        prefetch = other.prefetch
        allInputs = other.allInputs
        self.targets = targets ?? other.targets
    }

    /// The same without random transforms, each example once and in the order of the file: for
    /// measuring. Of a text it is the windows that are drawn.
    public var withoutRandomTransforms: Loader {
        if case .drawn = sampler.order { return Loader(self, augments: false, dropLast: false) }
        let plain = Sampler(count: dataset.count, order: .sequential, seed: sampler.seed)
        return Loader(self, plain, augments: false, dropLast: false)
    }

    /// The same with further transforms of targets at the end.
    package func addingTargetTransforms(_ more: [Transform]) throws -> Loader {
        let pipeline = try TransformPipeline(
            targets.transforms + more, shape: dataset.targetShape, dataset.targetDType)
        return Loader(self, targets: pipeline)
    }

    /// Batches of a whole epoch.
    public var batchesPerEpoch: Int { batches(from: 0) }

    /// Batches of a whole epoch, if they had another size.
    package func batches(of size: Int) -> Int {
        dropLast ? sampler.count / size : (sampler.count + size - 1) / size
    }

    /// Batches that are left of an epoch of which `position` examples were used.
    public func batches(from position: Int) -> Int {
        let left = max(0, sampler.count - position)
        return dropLast ? left / batchSize : (left + batchSize - 1) / batchSize
    }

    /// Starts making the batches of an epoch from where `state` stands in it.
    public func epoch(from state: SamplerState = SamplerState()) -> BatchStream {
        BatchStream(self, from: state)
    }
}

/// The batches of one epoch, in order. Letting go of it stops the thread that makes them.
public final class BatchStream {
    private let batches: Prefetcher<Batch>

    /// Seconds that `next` has spent waiting for batches that were not ready.
    public private(set) var waitSeconds = 0.0

    init(_ loader: Loader, from state: SamplerState) {
        batches = Prefetcher(ahead: loader.prefetch) { emit in
            var maker = BatchMaker(loader, state)
            while let batch = try maker.next(), emit(batch) {}
        }
    }

    /// The next batch; nil at the end of the epoch.
    ///
    /// Throws where reading the data fails, after the batches that were made before.
    public func next() throws -> Batch? {
        let (batch, waited) = try batches.next()
        waitSeconds += waited
        return batch
    }
}
