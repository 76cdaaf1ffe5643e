internal import Autograd
public import Tensor

/// Normal noise on gradients that dies away: variance  scale / (1 + t)^decay  at step t from 0.
///
///     let noise = GradientNoise(scale: 0.3, seed: 1)
///     loss(model(x), y).backward()
///     noise.add(to: optimizer.parameters, step: optimizer.stepCount)
///     optimizer.step()
///
/// The noise of a step depends on the seed and the step alone, so that a resumed run draws what an
/// uninterrupted one would have. Neelakantan et al., "Adding gradient noise improves learning for
/// very deep networks", 2015.
public struct GradientNoise: Sendable, Equatable {
    /// The variance at step 0.
    public let scale: Double
    /// How fast it dies away; 0 keeps it.
    public let decay: Double
    /// Chooses the random numbers.
    public let seed: UInt64

    /// Noise of variance `scale` at first; the paper took 0.01, 0.3 or 1, with a decay of 0.55.
    /// Negative numbers trap.
    public init(scale: Double, decay: Double = 0.55, seed: UInt64) {
        guard scale >= 0, decay >= 0 else {
            fail("GradientNoise", "scale \(scale) and decay \(decay) must not be negative")
        }
        self.scale = scale
        self.decay = decay
        self.seed = seed
    }

    /// The standard deviation at a step.
    public func deviation(step: Int) -> Double {
        (scale / power(1 + Double(step), decay)).squareRoot()
    }

    /// Adds the noise of a step to the gradients of those tensors that have one.
    public func add(to tensors: [some Tensor], step: Int) {
        let random = Random(seed: seed).fork("gradient noise \(step)")
        let deviation = deviation(step: step)
        for tensor in tensors {
            // Drawn also where there is no gradient, so that the others get the same noise.
            let noise = random.normal(
                tensor.shape, deviation: deviation, tensor.dtype, on: tensor.data.backend)
            tensor.grad = tensor.grad.map { $0.detach() + Tensor(noise) }
        }
    }
}
