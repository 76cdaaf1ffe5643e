import Checkpoint
import FTConfig
import NN
import Optim
import Tensor

// Averaged weights in checkpoints. A model's tensors there are what is measured and used, the
// average; what training goes on from stands beside the optimizer's arrays.
extension Trainer {
    /// The slot of the weights that training goes on from, where the model's are an average.
    private static let currentSlot = "current"
    /// The number of the average's updates, among the optimizer's.
    private static let updatesKey = "averageUpdates"

    /// The tensors of a checkpoint, and the numbers that belong to them.
    struct CheckpointTensors {
        var model: [TrainingCheckpoint.ModelTensor]
        var optimizer: [TrainingCheckpoint.OptimizerTensor]
        var numbers: [String: Double] = [:]
    }

    /// What a checkpoint holds now.
    var checkpointTensors: CheckpointTensors {
        var tensors = CheckpointTensors(
            model: experiment.model.modelTensors, optimizer: optimizerTensors)
        guard let average = experiment.average, average.isBegun else { return tensors }
        let values = Dictionary(
            uniqueKeysWithValues: average.weights.stateDictionary.map { ($0.name, $0.value) })
        for (index, tensor) in tensors.model.enumerated() {
            guard let value = values["\(tensor.name)/average"] else { continue }
            tensors.optimizer.append(
                TrainingCheckpoint.OptimizerTensor(
                    tensor.name, Trainer.currentSlot, tensor.array))
            tensors.model[index].array = value
        }
        tensors.numbers[Trainer.updatesKey] = Double(average.weights.updateCount)
        return tensors
    }

    /// The optimizer's own arrays in a checkpoint.
    func optimizerState(_ checkpoint: TrainingCheckpoint) -> [(name: String, value: NDArray)] {
        checkpoint.optimizer.filter { $0.slot != Trainer.currentSlot }.map {
            ("\($0.parameter)/\($0.slot)", $0.array)
        }
    }

    /// Throws where a resumed run would mix averages of two kinds.
    func checkAverage(
        _ checkpoint: TrainingCheckpoint, _ changes: [ConfigDifference]
    ) throws(RunError) {
        let saved = checkpoint.state.optimizerValues[Trainer.updatesKey] ?? 0
        let mixed = changes.first {
            ["training.average.type", "training.average.startEpoch"].contains($0.path)
        }
        guard saved > 0, let mixed else { return }
        throw RunError(
            .usage,
            "\(mixed.description): the run's average has begun and can't become another; start a new "
                + "run, whose model.from may take these weights")
    }

    /// Gives the model the weights that training goes on from, and the average its own.
    func loadWeights(_ checkpoint: TrainingCheckpoint) throws {
        let current = Dictionary(
            checkpoint.optimizer.filter { $0.slot == Trainer.currentSlot }
                .map { ($0.parameter, $0.array) }
        ) { first, _ in first }
        try experiment.model.load(
            checkpoint.model.map { ($0.name, current[$0.name] ?? $0.array) })
        guard let average = experiment.average else { return }
        let saved = checkpoint.state.optimizerValues[Trainer.updatesKey]
        let updates = saved.flatMap { Int64(exactly: $0) } ?? 0
        let averages = checkpoint.model.filter { average.names.contains($0.name) }
        try average.weights.load(
            [("step", NDArray([updates], []))]
                + averages.map { ("\($0.name)/average", $0.array) })
    }
}
