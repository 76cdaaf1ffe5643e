internal import CKernels
public import Tensor

// Draws from the gamma distribution, those made of them, and counts. Beside each parameter stands a
// number uniform in [0, 1), the seed of a stream of its own.

/// y = ln of a draw from the gamma distribution of concentration a, by a seed,
/// da = dy · −(∂P/∂a) / (∂P/∂y), P being the distribution function. Figurnov, Mohamed and Mnih,
/// "Implicit reparameterization gradients", 2018.
final class LogGammaDraw: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .log_gamma_draw }
    override var saves: Saved { [.first, .output] }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        dy * LogGammaSlope()(a, y)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        .zeros(like: dy)
    }
}

/// The derivative by the concentration of a draw's logarithm, at its place in the distribution. It
/// has no derivative of its own.
final class LogGammaSlope: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .log_gamma_slope }
}

/// A count drawn from the Poisson distribution of a rate, by a seed.
final class PoissonDraw: ElementwiseBinaryOp {
    override var kernel: BinaryFunction { .poisson_draw }
    override var saves: Saved { .nothing }
}

extension Tensor {
    /// Draws from the gamma distributions of these concentrations a, of rate 1: density
    /// xᵃ⁻¹ e⁻ˣ / Γ(a). Divide by a rate to have it.
    ///
    /// The gradient by the concentrations is that at the same place of the distribution; it has no
    /// gradient itself. NaN where a concentration isn't positive and finite; 0 where the draw is
    /// below what the dtype can hold.
    public final func gamma(using random: Random) -> Tensor {
        logGammaDraws("gamma", using: random).exp().cast(to: dtype)
    }

    /// Draws from the gamma distribution, on `device` or the scope's: density ∝ xᵃ⁻¹ e^(−rate x), a
    /// being the concentration.
    public static func gamma(
        _ shape: Shape, concentration: Double, rate: Double = 1, _ dtype: DType = .float32,
        using random: Random, on device: Device? = nil
    ) -> Tensor {
        guard concentration > 0, rate > 0 else {
            fail("gamma", "concentration \(concentration) and rate \(rate) must be positive")
        }
        let each = full(shape, concentration, .float64, on: device)
        return (each.gamma(using: random) / rate).cast(to: dtype)
    }

    /// Draws from the beta distributions of these concentrations a and others b: density
    /// ∝ xᵃ⁻¹ (1 − x)ᵇ⁻¹. Both are broadcast; gradients as those of `gamma(using:)`.
    public final func beta(_ other: Tensor, using random: Random) -> Tensor {
        guard let common = Shape.broadcast(shape, other.shape) else {
            fail("beta", "concentrations \(shape) and \(other.shape) don't broadcast")
        }
        let (a, b) = Tensor.promoted(self, other, "beta")
        let left = a.expand(to: common).logGammaDraws("beta", using: random)
        let right = b.expand(to: common).logGammaDraws("beta", using: random)
        return (left - right).sigmoid().cast(to: a.dtype)
    }

    /// Draws from the beta distribution, on `device` or the scope's: density ∝ xᵃ⁻¹ (1 − x)ᵇ⁻¹.
    public static func beta(
        _ shape: Shape, _ a: Double, _ b: Double, _ dtype: DType = .float32, using random: Random,
        on device: Device? = nil
    ) -> Tensor {
        guard a > 0, b > 0 else { fail("beta", "concentrations \(a) and \(b) must be positive") }
        let left = full(shape, a, .float64, on: device)
        return left.beta(full(shape, b, .float64, on: device), using: random).cast(to: dtype)
    }

    /// Draws from the Dirichlet distributions of the concentrations along the last axis: shares
    /// that add up to 1. Gradients as those of `gamma(using:)`.
    public final func dirichlet(using random: Random) -> Tensor {
        if rank == 0 { fail("dirichlet", "a scalar has no axis of concentrations") }
        return logGammaDraws("dirichlet", using: random).softmax().cast(to: dtype)
    }

    /// Counts of events that come at these rates, by the Poisson distribution: e⁻ʳ rᵏ / k!, in this
    /// dtype; no gradient. NaN where a rate is negative or infinite.
    public final func poisson(using random: Random) -> Tensor {
        guard dtype.isFloat else { fail("poisson", "rates must be floats, not \(dtype)") }
        return noGrad {
            PoissonDraw()(detach().cast(to: .float64), seeds(random)).cast(to: dtype)
        }
    }

    /// Counts of events that come at a rate, on `device` or the scope's: see `poisson(using:)`.
    public static func poisson(
        _ shape: Shape, rate: Double, _ dtype: DType = .float32, using random: Random,
        on device: Device? = nil
    ) -> Tensor {
        guard rate >= 0 else { fail("poisson", "the rate \(rate) is negative") }
        return full(shape, rate, .float64, on: device).poisson(using: random).cast(to: dtype)
    }

    /// Logarithms, in float64, of draws by these concentrations.
    private func logGammaDraws(_ operation: String, using random: Random) -> Tensor {
        guard dtype.isFloat else {
            fail(operation, "concentrations must be floats, not \(dtype)")
        }
        return LogGammaDraw()(cast(to: .float64), seeds(random))
    }

    private func seeds(_ random: Random) -> Tensor {
        Tensor.uniform(shape, .float64, using: random, on: data.backend)
    }
}
