import Autograd
import Checkpoint
import Datasets
import FTSupport
import Glibc
import NN
import Optim
import Tensor

/// Why training can't go on, in one sentence.
struct Divergence: Error, CustomStringConvertible {
    let description: String
}

extension Trainer {
    /// What to say of a loss that is not finite: where it comes from, as far as can be seen.
    func divergence(_ value: Double, _ batch: Batch) -> Divergence {
        divergence(
            "the loss is \(Format.measure(value)) at step \(Format.grouped(cursor.step + 1)); "
                + origin(batch))
    }

    /// A sentence with the learning rate and the checkpoint to go back to.
    func divergence(_ problem: String) -> Divergence {
        let good: String
        if cursor.sampler.epoch == 0, access(store.lastPath, F_OK) != 0 {
            good = "no checkpoint was saved before"
        } else {
            good = "the last good checkpoint is \(store.lastPath)"
        }
        return Divergence(
            description: "\(problem); learning rate \(Format.rate(optimizer.learningRate)); \(good)"
        )
    }

    private func origin(_ batch: Batch) -> String {
        if batch.allInputs.contains(where: { $0.dtype.isFloat && !$0.isAllFinite }) {
            return "the inputs of this batch hold NaN or infinity"
        }
        if batch.targets.dtype.isFloat, !batch.targets.isAllFinite {
            return "the targets of this batch hold NaN or infinity"
        }
        if let name = nonFiniteParameter { return "parameter \(name) holds NaN or infinity" }
        let targets = batch.targets.on(backend)
        if let anomaly = experiment.anomaly(batch.allInputs.map { $0.on(backend) }, targets) {
            return anomaly.description
        }
        optimizer.zeroGrad()
        experiment.loss(experiment.output(batch.tensors(on: backend)), Tensor(targets)).backward()
        if let name = optimizer.nonFiniteGradient {
            return "the gradient of \(name) holds NaN or infinity"
        }
        return "all parameters and gradients are finite"
    }

    /// The first parameter with NaN or infinity.
    var nonFiniteParameter: String? {
        experiment.model.namedParameters.first { !$0.parameter.data.isAllFinite }?.name
    }
}
