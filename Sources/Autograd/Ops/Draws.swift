import Glibc
public import Tensor

// Draws from distributions, made of uniform and normal ones on the tensor's device.

extension Tensor {
    /// 1 with the probability that each element gives, else 0, in this dtype; no gradient.
    public final func bernoulli(using random: Random) -> Tensor {
        guard dtype.isFloat else {
            fail("bernoulli", "probabilities must be floats, not \(dtype)")
        }
        return noGrad {
            let drawn = Tensor.uniform(shape, .float64, using: random, on: data.backend)
            return (drawn .< detach().cast(to: .float64)).cast(to: dtype)
        }
    }

    /// 1 with a probability, else 0, on `device` or the scope's.
    public static func bernoulli(
        _ shape: Shape, probability: Double, _ dtype: DType = .float32, using random: Random,
        on device: Device? = nil
    ) -> Tensor {
        guard probability >= 0, probability <= 1 else {
            fail("bernoulli", "the probability \(probability) is not in 0...1")
        }
        return (uniform(shape, .float64, using: random, on: device) .< probability)
            .cast(to: dtype)
    }

    /// The time to an event that comes `rate` times per unit of time: density λ e^(−λx).
    public static func exponential(
        _ shape: Shape, rate: Double = 1, _ dtype: DType = .float32, using random: Random,
        on device: Device? = nil
    ) -> Tensor {
        guard rate > 0 else { fail("exponential", "the rate \(rate) is not positive") }
        return logarithms(shape, using: random, on: device) { $0 / -rate }.cast(to: dtype)
    }

    /// The number of trials up to the first success, each of which has a probability: 1, 2, …
    public static func geometric(
        _ shape: Shape, probability: Double, _ dtype: DType = .float32, using random: Random,
        on device: Device? = nil
    ) -> Tensor {
        guard probability > 0, probability <= 1 else {
            fail("geometric", "the probability \(probability) is not in 0...1, without 0")
        }
        if probability == 1 { return ones(shape, dtype, on: device) }
        let scale = Glibc.log1p(-probability)
        return logarithms(shape, using: random, on: device) { ($0 / scale).floor() + 1 }
            .cast(to: dtype)
    }

    /// The Cauchy distribution about a median; half of it lies within `scale`.
    public static func cauchy(
        _ shape: Shape, median: Double = 0, scale: Double = 1, _ dtype: DType = .float32,
        using random: Random, on device: Device? = nil
    ) -> Tensor {
        guard scale > 0 else { fail("cauchy", "the scale \(scale) is not positive") }
        let turns = uniform(shape, low: -0.5, high: 0.5, .float64, using: random, on: device)
        return ((turns * Double.pi).tan() * scale + median).cast(to: dtype)
    }

    /// What has a normally distributed logarithm, whose mean and deviation these are.
    public static func logNormal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ dtype: DType = .float32,
        using random: Random, on device: Device? = nil
    ) -> Tensor {
        normal(shape, mean: mean, deviation: deviation, .float64, using: random, on: device)
            .exp().cast(to: dtype)
    }

    /// The Gumbel distribution, −ln(−ln u): the largest of logits plus such noise is a draw from
    /// their softmax.
    public static func gumbel(
        _ shape: Shape, _ dtype: DType = .float32, using random: Random, on device: Device? = nil
    ) -> Tensor {
        // No draw is 0: its logarithm would be infinite.
        logarithms(shape, using: random, on: device) { -(-$0).maximum(0x1p-54).log() }
            .cast(to: dtype)
    }

    /// The Laplace distribution about a mean: density e^(−|x − μ| / b) / 2b.
    public static func laplace(
        _ shape: Shape, mean: Double = 0, scale: Double = 1, _ dtype: DType = .float32,
        using random: Random, on device: Device? = nil
    ) -> Tensor {
        guard scale > 0 else { fail("laplace", "the scale \(scale) is not positive") }
        let side = uniform(shape, low: -1, high: 1, .float64, using: random, on: device)
        return (side.sign() * (-side.abs()).log1p() * -scale + mean).cast(to: dtype)
    }

    /// What `change` makes of ln(1 − u), u uniform in [0, 1): finite, and at most 0.
    private static func logarithms(
        _ shape: Shape, using random: Random, on device: Device?, _ change: (Tensor) -> Tensor
    ) -> Tensor {
        change((-uniform(shape, .float64, using: random, on: device)).log1p())
    }
}
