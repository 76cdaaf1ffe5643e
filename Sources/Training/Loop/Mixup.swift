import Autograd
import Datasets
import FTConfig
import NN
import Tensor

/// Batches in which each example is mixed with another:  x = λ xᵢ + (1 − λ) xⱼ,  targets alike,
/// λ ~ Beta(α, α).  Zhang et al., "mixup: Beyond empirical risk minimization", 2018.
///
/// What is drawn follows from the seed and the batch's place alone.
struct Mixup {
    let alpha: Double
    let seed: UInt64
    /// How many classes there are, where targets are classes; nil where they are numbers.
    let classes: Int?

    /// What a config asks for; nil where it doesn't.
    ///
    /// Throws a `ConfigError` where the targets or inputs can't be mixed.
    ///
    /// - Parameters:
    ///   - output: what the model gives for an example.
    ///   - looksUp: whether an input is looked up in a table.
    init?(
        _ config: RunConfig, _ loss: ChosenLoss, _ train: Loader, output: Shape, looksUp: Bool
    ) throws(ConfigError) {
        guard let alpha = config.training.optionalDouble("mixup") else { return nil }
        func problem(_ text: String) -> ConfigError {
            ConfigError([config.training.issue(text, at: "mixup")])
        }
        if looksUp {
            throw problem("inputs are numbers of tokens, which can't be mixed; remove it")
        }
        if loss.ignored != nil {
            throw problem("can't be combined with loss.ignoreIndex; remove one")
        }
        self.alpha = alpha
        seed = config.seed
        let areClasses = !train.targets.outputDType.isFloat
        let isOneClass = areClasses && train.targets.outputShape.rank == output.rank - 1
        switch loss.facts.shares {
        case .ofClasses where isOneClass: classes = output.last
        case .none(let remedy):
            throw problem(
                "the loss \(config.value.child("loss").type) takes no shares of targets; remove it, "
                    + "or \(remedy)")
        case .ofClasses, .ofNumbers:
            guard !areClasses else {
                throw problem(
                    "mixes classes for the loss crossEntropy alone, or targets that are floats; "
                        + "remove it, or cast the targets to float32 in data.targetTransforms")
            }
            classes = nil
        }
    }

    /// A draw from Beta(α, α). Where α is so small that both of its logarithms are infinite, all of
    /// one example or of the other, which is what the distribution comes to.
    private static func share(_ alpha: Double, _ random: Random) -> Double {
        let share = Tensor.beta([], alpha, alpha, .float64, using: random, on: .cpu).item
        return share.isFinite ? share : random.uniform([], .float64).scalar.rounded()
    }

    /// The batch at a place, mixed on its device.
    func callAsFunction(
        _ inputs: [Tensor], _ targets: Tensor, at place: SamplerState
    ) -> (inputs: [Tensor], targets: Tensor) {
        noGrad {
            let random = Random(seed: seed).fork("mixup-\(place.epoch)-\(place.position)")
            let share = Mixup.share(alpha, random)
            let count = targets.shape[0]
            let partners = random.permutation(count).map { Int64($0) }
            let index = NDArray(partners).on(targets.data.backend)
            func mixed(_ tensor: Tensor) -> Tensor {
                tensor * share + Tensor(tensor.data.gather(index)) * (1 - share)
            }
            let soft = classes.map { targets.oneHot($0) } ?? targets
            return (inputs.map(mixed), mixed(soft))
        }
    }
}
