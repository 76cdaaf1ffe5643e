import Autograd
import Datasets
import FTConfig
import NN
import Optim
import Tensor

/// What a step gives.
struct StepOutcome: TensorTree {
    var loss: Tensor
    /// What the loss is the mean over; nil for the number of examples.
    var weight: Tensor?
    /// What the model said; nil where nobody asks for it.
    var output: Tensor?
    /// The norm of all gradients, before they are clipped; nil where nobody asks for it.
    var gradientNorm: Tensor?
    /// Whether all gradients were finite; nil where no loss scale asks.
    var isFinite: Tensor?
    /// Whether the step changed anything, for an average of weights that can't wait to know it; nil
    /// where the host decides.
    var counts: Tensor?

    func mapLeaves(_ transform: (Tensor) -> Tensor) -> StepOutcome {
        StepOutcome(
            loss: transform(loss), weight: weight.map(transform), output: output.map(transform),
            gradientNorm: gradientNorm.map(transform), isFinite: isFinite.map(transform),
            counts: counts.map(transform))
    }
}

/// A step that was launched, and where training stood before it.
struct UnreadStep {
    let batch: Batch
    let numbers: StepNumbers
    /// By what the optimizer and the average know it, where they don't know whether it counts.
    let launch: Int
    let update: Int
    let step: Int
    let sampler: SamplerState
    let samples: Int
    let rate: Double
}

/// The numbers of a step that the host wants, on their way from the device.
struct StepNumbers {
    typealias Read = (loss: Double, weight: Double?, gradientNorm: Double?, isFinite: Bool?)

    /// Which of them are known, in their order.
    private let isKnown: [Bool]
    private let reading: Reading

    init(of outcome: StepOutcome) {
        let given = [outcome.loss, outcome.weight, outcome.gradientNorm, outcome.isFinite]
        isKnown = given.map { $0 != nil }
        reading = noGrad {
            let columns = given.compactMap { $0?.cast(to: .float64).reshape([1]) }
            return (columns.count == 1 ? columns[0] : .concat(columns)).data.reading()
        }
    }

    /// Whether the step tells if its gradients were finite.
    var tellsIfFinite: Bool { isKnown[3] }

    /// Waits for them, not for what was launched since.
    func read() -> Read {
        var values = reading.values
        let read = isKnown.map { $0 ? values.removeFirst() : nil }
        return (read[0] ?? .nan, read[1], read[2], read[3].map { $0 != 0 })
    }
}

extension Experiment {
    /// Whether somebody asks what the model says: the metrics of an epoch without validation data.
    var givesOutput: Bool { data.validation == nil && !metrics.isEmpty }

    /// One step of training on a batch, as a function of its tensors alone: it changes the
    /// parameters, except where the loss is not finite, or that of a step before wasn't, or nothing
    /// in the batch counts, or a loss scale was too large.
    func trainStep(_ inputs: [Tensor], _ targets: Tensor) -> StepOutcome {
        if let search = optimizer as? QuasiNewton { return searchStep(search, inputs, targets) }
        var outcome = gradients(inputs, targets)
        if let radius = config.samRadius { moveGradients(by: radius, &outcome, inputs, targets) }
        if config.training.bool("gradientNorm") {
            outcome.gradientNorm = optimizer.parameters.gradientNormTensor
        }
        let gate = noGrad {
            let isSound = outcome.loss.isFinite().logicalAnd(Tensor(isSound))
            self.isSound.assign(isSound.data)
            return outcome.weight.map { isSound.logicalAnd($0 .!= 0) } ?? isSound
        }
        if let lossScale {
            let isFinite = Tensor(lossScale.step(optimizer, gate: gate.data))
            outcome.isFinite = isFinite
            if average != nil { outcome.counts = noGrad { isFinite.logicalAnd(gate) } }
        } else {
            optimizer.step(gate: gate.data)
        }
        optimizer.zeroGrad()
        return outcome
    }

    /// The inputs and targets of a batch on the device, as a step takes them: mixed, where the
    /// config says so.
    ///
    /// - Parameters:
    ///   - targets: those of the batch, on the device.
    ///   - place: where the batch begins in the epoch.
    func prepared(
        _ batch: Batch, _ targets: NDArray, at place: SamplerState
    ) -> (inputs: [Tensor], targets: Tensor) {
        let (inputs, targets) = (batch.tensors(on: device.backend), Tensor(targets))
        return mixup?(inputs, targets, at: place) ?? (inputs, targets)
    }

    /// What a step of training would give, without one: the parameters stay.
    func measureStep(_ inputs: [Tensor], _ targets: Tensor) -> StepOutcome {
        defer {
            optimizer.zeroGrad()
            lossScale?.forget()
        }
        return gradients(inputs, targets)
    }

    /// Leaves the gradients of a batch's mean loss, computed in as many pieces as the config says.
    func gradients(_ inputs: [Tensor], _ targets: Tensor) -> StepOutcome {
        // Backward computes as forward did, but for TF32, which is no dtype.
        autocast(config.precision.ofKernels) {
            let outcome = scaledGradients(inputs, targets)
            lossScale?.unscale(optimizer)
            return outcome
        }
    }

    private func scaledGradients(_ inputs: [Tensor], _ targets: Tensor) -> StepOutcome {
        let count = targets.shape[0]
        let pieces = min(config.training.int("accumulate"), count)
        guard pieces > 1 else { return gradients(inputs, targets, of: nil) }
        let parts = (0..<pieces).map { piece in
            let rows = count * piece / pieces..<count * (piece + 1) / pieces
            let outcome = gradients(
                inputs.map { $0[rows] }, targets[rows], of: Double(rows.count) / Double(count))
            return (outcome: outcome, rows: rows.count)
        }
        return noGrad {
            joined(parts.map(\.outcome), by: parts.map { Double($0.rows) / Double(count) })
        }
    }

    /// Adds the gradients of some examples' mean loss, times what they weigh.
    ///
    /// - Parameter share: theirs of a batch, where its examples weigh the same; nil for all of it.
    private func gradients(
        _ inputs: [Tensor], _ targets: Tensor, of share: Double?
    ) -> StepOutcome {
        let output = output(inputs)
        let loss = loss(output, targets)
        let weight = noGrad { self.loss.weight(output, targets) }
        if let share {
            let factor = weight?.cast(to: loss.dtype).reshape(loss.shape)
            backward(loss, by: factor ?? .full(like: loss, share))
        } else {
            backward(loss, by: nil)
        }
        return StepOutcome(
            loss: loss.detach(), weight: weight, output: givesOutput ? output.detach() : nil)
    }

    /// - Parameter factor: what the gradients are multiplied by, beside a loss scale; nil for 1.
    private func backward(_ loss: Tensor, by factor: Tensor?) {
        if let lossScale {
            loss.backward(noGrad { lossScale.scaled(factor ?? .ones(like: loss)) })
        } else {
            loss.backward(factor)
        }
    }

    /// What the pieces of a batch are together:  mean = Σ w · mean of a piece / Σ w,  and its
    /// gradient alike. Where weights are given by the loss, their sum is known at the end only.
    private func joined(_ parts: [StepOutcome], by shares: [Double]) -> StepOutcome {
        let outputs = parts.compactMap(\.output)
        let output = outputs.isEmpty ? nil : Tensor.concat(outputs)
        let means = parts.map { $0.loss.cast(to: .float64) }
        func sum(_ terms: [Tensor]) -> Tensor { terms.dropFirst().reduce(terms[0]) { $0 + $1 } }
        let weights = parts.compactMap { $0.weight?.cast(to: .float64) }
        guard weights.count == parts.count else {
            let loss = sum(zip(means, shares).map { $0 * $1 })
            return StepOutcome(loss: loss, weight: nil, output: output)
        }
        let weight = sum(weights)
        // What counts nothing changes nothing; it must only not become NaN.
        let divisor = weight.maskedFill(weight .== 0, 1)
        for parameter in optimizer.parameters {
            parameter.grad = parameter.grad.map { $0.detach() / divisor.cast(to: $0.dtype) }
        }
        let loss = sum(zip(means, weights).map { $0 * $1 }) / divisor
        return StepOutcome(loss: loss, weight: weight, output: output)
    }
}
