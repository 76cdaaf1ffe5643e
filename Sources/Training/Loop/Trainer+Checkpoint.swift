import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import NN
import Optim
import Tensor

extension Trainer {
    /// Saves everything as the last checkpoint, as the best if told, and after each
    /// `checkpointEverySteps` as one that is kept, at the end of an epoch too.
    ///
    /// Throws a `Divergence` instead of keeping parameters that are not finite.
    func save(isBest: Bool = false) throws {
        // What the device met shows here, and not in a file.
        try onDevice { backend.synchronize() }
        if let name = nonFiniteParameter {
            throw divergence(
                "parameter \(name) holds NaN or infinity after step \(cursor.step)")
        }
        readTallies()
        try stop.during(.saving) {
            try store.save(checkpoint, isBest: isBest, keepsStep: isKeptStep)
        }
        lastSave = Clock.seconds()
        savedStep = cursor.step
        savedSeconds = cursor.seconds
        emit(.saved(path: store.lastPath, step: cursor.step))
    }

    /// Whether the checkpoint of the step that was reached is one that is kept.
    var isKeptStep: Bool {
        let every = config.training.int("checkpointEverySteps")
        return every > 0 && cursor.step > 0 && cursor.step.isMultiple(of: every)
            && cursor.restoredEpoch == nil
    }

    private var checkpoint: TrainingCheckpoint {
        let model = experiment.model
        let tensors = checkpointTensors
        var state = TrainingState()
        state.name = config.name
        state.frameworkVersion = FrameworkVersion.current
        state.created = TrainingState.timestamp()
        state.device = backend.device.description
        state.seed = config.seed
        state.optimizer = config.value.child("optimizer").type
        state.optimizerValues = ["step": Double(optimizer.stepCount)]
        state.optimizerValues.merge(tensors.numbers) { $1 }
        state.schedule = rates.state
        state.random["initialization"] = experiment.random.key
        for (name, random) in model.namedRandoms { state.random["model.\(name)"] = random.key }
        state.config = config.effective.text()
        state.extra["data"] = data.fingerprint
        state.extra[Preprocessing.key] = data.preprocessing.text
        for (key, _, digest) in digests { state.extra["digest.\(key)"] = digest }
        state.extra["arithmetic"] = backend.arithmetic
        state.extra["processor"] = backend.summary
        state.extra["dataHash"] = dataHash
        state.extra["from"] = originDigest
        if config.precision != .float32 { state.extra["precision"] = config.precision.rawValue }
        state.extra["lossScale"] = lossScaleText
        cursor.save(into: &state, bestBy: experiment.bestBy)
        return TrainingCheckpoint(
            model: tensors.model, aliases: model.namesByAlias, optimizer: tensors.optimizer,
            state: state)
    }

    /// The optimizer's arrays; its step count is among the numbers.
    var optimizerTensors: [TrainingCheckpoint.OptimizerTensor] {
        let memory = (optimizer as? QuasiNewton)?.memory ?? []
        return (optimizer.stateDictionary + memory).compactMap { name, value in
            guard let slash = name.lastIndex(of: "/") else { return nil }
            return TrainingCheckpoint.OptimizerTensor(
                String(name[..<slash]), String(name[name.index(after: slash)...]), value)
        }
    }

    /// Goes back to where a checkpoint was made.
    ///
    /// Throws where it doesn't fit the experiment; nothing is trained then.
    ///
    /// - Parameter checksData: whether other data is an error.
    func restore(
        _ checkpoint: TrainingCheckpoint, path: String, checksData: Bool = true
    ) throws {
        let state = checkpoint.state
        if checksData { try checkData(state) }
        func fitting(_ body: () throws -> Void) throws {
            do {
                try body()
            } catch let error as StateError {
                throw RunError(.data, "\(path): \(error)")
            }
        }
        try fitting { try loadWeights(checkpoint) }
        let saved = state.optimizerValues["step"].flatMap { Int64(exactly: $0) } ?? 0
        let steps = min(max(saved, 0), Int64(TrainingCursor.limit))
        let counted = [(name: "step", value: NDArray([steps], []))]
        try fitting { try load(counted, optimizerState(checkpoint)) }
        for (name, random) in experiment.model.namedRandoms {
            guard let key = state.random["model.\(name)"], key.block < 1 << 62 else {
                throw RunError(.data, "\(path): lacks the random state of \(name)")
            }
            random.position = key.block
        }
        originDigest = state.extra["from"]
        rates.restore(state.schedule)
        cursor = try TrainingCursor(state, path: path)
        let rate = rates.rate(after: cursor.changes)
        guard rate >= 0, rate.isFinite else {
            throw RunError(
                .data,
                "\(path): its schedule is at a rate of \(rate); it is damaged, resume from "
                    + "another checkpoint")
        }
        try restoreLossScale(state, path: path)
        resumedStep = cursor.step
    }

    private typealias OptimizerState = [(name: String, value: NDArray)]

    /// Gives the optimizer its state, and a search what it remembers.
    private func load(_ counted: OptimizerState, _ state: OptimizerState) throws {
        guard let search = optimizer as? QuasiNewton else {
            return try optimizer.load(counted + state)
        }
        try search.load(memory: state.filter { QuasiNewton.isMemory($0.name) })
        try optimizer.load(counted + state.filter { !QuasiNewton.isMemory($0.name) })
    }

    /// Throws where the data are not those that a checkpoint was made on.
    private func checkData(_ state: TrainingState) throws(RunError) {
        if let saved = state.extra["data"], saved != data.fingerprint {
            throw RunError(
                .data,
                "\(config.dataPath): the data has changed since the run began: it was \(saved), "
                    + "now it is \(data.fingerprint); \(remedyOfData)")
        }
        for (key, name, digest) in digests {
            guard let saved = state.extra["digest.\(key)"], XXHash64.padded(saved) != digest else {
                continue
            }
            throw RunError(
                .data,
                "\(name) (data.\(key)) holds other elements than when the run began; "
                    + remedyOfData)
        }
        if let saved = Preprocessing(of: state)?.tokens, saved != data.preprocessing.tokens {
            throw RunError(
                .data,
                "\(config.dataPath): its tokens stand for other characters than when the run "
                    + "began; \(remedyOfData)")
        }
    }
}

extension Random {
    /// Where the stream stands.
    fileprivate var key: RandomKey { RandomKey(seed: seed, stream: stream, block: position) }
}
