internal import Autograd
public import Tensor

/// −ln of a Poisson distribution's probability of the count y:  eˣ − y x  for predictions x of the
/// rate's logarithm, or  x − y ln(x + epsilon)  for those of the rate.
///
/// The term that predictions don't change is left out, or with `isFull` approximated by Stirling's
/// y ln y − y + ln(2π y)/2 for counts above 1.
public struct PoissonNLL: ElementwiseLoss {
    /// Whether the model gives the logarithm of the rate.
    public let isLogarithm: Bool
    /// Whether Stirling's term is added.
    public let isFull: Bool
    /// Keeps the logarithm of a rate of 0 finite.
    public let epsilon: Double
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of rates or their logarithms.
    public init(
        isLogarithm: Bool = true, isFull: Bool = false, epsilon: Double = 1e-8,
        reduction: LossReduction = .mean
    ) {
        guard epsilon >= 0 else { fail("PoissonNLL", "epsilon is \(epsilon), not from 0 up") }
        self.isLogarithm = isLogarithm
        self.isFull = isFull
        self.epsilon = epsilon
        self.reduction = reduction
    }

    /// eˣ − y x, or x − y ln(x + epsilon), for each element.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        let rate = isLogarithm ? prediction.exp() : prediction
        let logarithm = isLogarithm ? prediction : (prediction + epsilon).log()
        let losses = rate - target.weighing(logarithm)
        guard isFull else { return losses }
        let isSmall = target .<= 1
        let count = target.maskedFill(isSmall, 1)
        let stirling = count * count.log() - count + (count * (2 * Double.pi)).log() * 0.5
        return losses + stirling.maskedFill(isSmall, 0)
    }

    /// Numbers from 0 up.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .counts }
}

/// −ln of a normal distribution's density:  (ln v + (x − y)²/v) / 2  for predictions x of the mean
/// and v of the variance, and with `isFull` ln(2π)/2 more. Nix and Weigend, "Estimating the mean
/// and variance of the target probability distribution", 1994.
///
/// As a `Loss` of one prediction, its last axis holds the means, then as many logarithms of
/// variances, which can't become negative.
public struct GaussianNLL: Loss {
    /// Whether the constant is added.
    public let isFull: Bool
    /// The least variance, where variances are given; their gradient doesn't know of it.
    public let epsilon: Double
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of means and variances; `epsilon` must be positive.
    public init(
        isFull: Bool = false, epsilon: Double = 1e-6, reduction: LossReduction = .mean
    ) {
        guard epsilon > 0 else {
            fail("GaussianNLL", "epsilon is \(epsilon); it must be positive")
        }
        self.isFull = isFull
        self.epsilon = epsilon
        self.reduction = reduction
    }

    /// The loss of means and variances, reduced.
    ///
    /// - Parameter variance: of the mean's shape, or one that broadcasts to it.
    public func callAsFunction(_ mean: Tensor, _ target: Tensor, variance: Tensor) -> Tensor {
        guard mean.shape == target.shape else {
            fail(
                "GaussianNLL", "mean \(mean.shape) and target \(target.shape) differ in shape",
                hint: "reshape one of them; losses don't broadcast")
        }
        variance.require("GaussianNLL", "a variance is negative") { ($0 .< 0).logicalNot() }
        let raised = variance + (variance.detach().maximum(epsilon) - variance.detach())
        let error = (mean - target.cast(to: mean.dtype)).square() / raised
        return reduced(raised.log() + error)
    }

    /// The loss of means and logarithms of variances, one after the other along the last axis,
    /// reduced.
    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        guard GaussianNLL.fits(prediction.shape, target.shape), let size = target.shape.last else {
            fail(
                "GaussianNLL",
                "prediction \(prediction.shape) doesn't fit target \(target.shape)",
                hint: "its last axis must be twice as long: means, then logarithms of variances")
        }
        let parts = prediction.split(size: size, axis: -1)
        let logarithm = parts[1]
        let difference = parts[0] - target.cast(to: prediction.dtype)
        return reduced(logarithm + difference.square() * (-logarithm).exp())
    }

    private func reduced(_ terms: Tensor) -> Tensor {
        reduction(isFull ? (terms + 1.8378770664093453) * 0.5 : terms * 0.5)
    }

    private static func fits(_ prediction: Shape, _ target: Shape) -> Bool {
        guard let size = target.last, size > 0, prediction.rank == target.rank else { return false }
        return prediction == target.replacing(target.rank - 1, with: 2 * size)
    }

    /// Throws where the predictions' last axis isn't twice as long as the targets'.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard GaussianNLL.fits(prediction, target) else {
            throw ShapeError(
                layer: "GaussianNLL",
                problem: "the model gives \(prediction) an example, the targets are \(target); "
                    + "means and as many logarithms of variances are needed")
        }
    }
}
