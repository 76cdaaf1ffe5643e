import Autograd
import Datasets
import NN
import Optim
import Tensor

/// What a step gives.
struct StepOutcome: TensorTree {
    var loss: Tensor
    /// What the loss is the mean over; nil for the number of examples.
    var weight: Tensor?
    /// What the model said.
    var output: Tensor

    func mapLeaves(_ transform: (Tensor) -> Tensor) -> StepOutcome {
        StepOutcome(
            loss: transform(loss), weight: weight.map(transform), output: transform(output))
    }
}

/// A step that was launched, and where training stood before it.
struct UnreadStep {
    let batch: Batch
    let loss: Tensor
    let weight: Tensor?
    let step: Int
    let sampler: SamplerState
    let samples: Int
    let rate: Double
}

extension Experiment {
    /// One step of training on a batch, as a function of its tensors alone: it changes the
    /// parameters, except where the loss is not finite, or that of a step before wasn't, or nothing
    /// in the batch counts.
    func trainStep(_ inputs: [Tensor], _ targets: Tensor) -> StepOutcome {
        let output = output(inputs)
        let loss = loss(output, targets)
        let weight = noGrad { self.loss.weight(output, targets) }
        loss.backward()
        let gate = noGrad {
            let isSound = loss.isFinite().logicalAnd(Tensor(isSound))
            self.isSound.assign(isSound.data)
            return weight.map { isSound.logicalAnd($0 .!= 0) } ?? isSound
        }
        optimizer.step(gate: gate.data)
        optimizer.zeroGrad()
        return StepOutcome(loss: loss.detach(), weight: weight, output: output.detach())
    }
}
