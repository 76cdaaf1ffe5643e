public import Autograd
import Datasets
import NN
import Optim
public import Tensor

/// A config's model, loss and one batch of its data, for commands that look inside.
struct ModelProbe {
    let experiment: Experiment
    let inputs: [Tensor]
    let targets: Tensor
    /// How many examples the batch has.
    let count: Int
    private let positions: [UInt64]

    /// Takes the first batch of the training data, or as many examples of it as are asked for.
    ///
    /// Throws where the data can't be read or has no batch.
    init(_ experiment: Experiment, examples: Int? = nil, dtype: DType = .float32) throws {
        self.experiment = experiment
        guard let batch = try experiment.data.train.epoch().next() else {
            throw RunError(.data, "\(experiment.config.dataPath): there are no examples")
        }
        count = min(batch.count, examples ?? batch.count)
        let count = count
        inputs = zip(experiment.data.inputNames, batch.allInputs).map { name, array in
            let label = name.isEmpty ? "inputs" : name
            return ModelProbe.tensor(array, count, dtype, experiment, label)
        }
        targets = ModelProbe.tensor(batch.targets, count, dtype, experiment, "targets")
        positions = experiment.model.namedRandoms.map(\.random.position)
        experiment.model.labelParameters()
        experiment.model.train()
    }

    private static func tensor(
        _ array: NDArray, _ count: Int, _ dtype: DType, _ experiment: Experiment, _ label: String
    ) -> Tensor {
        let rows = array.slice(axis: 0, start: 0, count: count, step: 1)
        let typed = array.dtype.isFloat ? rows.cast(to: dtype) : rows
        return Tensor(typed.contiguous().on(experiment.device.backend), label: label)
    }

    /// The loss of the batch in training, the same in every call: dropout drops what it dropped
    /// before.
    func loss() -> Tensor {
        for ((_, random), position) in zip(experiment.model.namedRandoms, positions) {
            random.position = position
        }
        return experiment.namedLoss(inputs, targets)
    }
}

extension Experiment {
    /// The loss of a batch; what watches operations learns which belong to the loss.
    func namedLoss(_ inputs: [Tensor], _ targets: Tensor) -> Tensor {
        let output = output(inputs)
        return named("loss") { loss(output, targets) }
    }

    /// The operation whose forward or backward makes the first NaN or infinity for a batch; nil if
    /// all is finite.
    public func anomaly(_ inputs: [NDArray], _ targets: NDArray) -> Anomaly? {
        model.labelParameters()
        defer { optimizer.zeroGrad() }
        do {
            try detectAnomalies {
                let inputs = zip(data.inputNames, inputs).map { name, array in
                    Tensor(array, label: name.isEmpty ? "inputs" : name)
                }
                let loss = namedLoss(inputs, Tensor(targets))
                loss.backward()
            }
            return nil
        } catch {
            return error as? Anomaly
        }
    }
}
