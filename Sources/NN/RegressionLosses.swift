internal import Autograd
public import Tensor

/// (x − y)²
public struct MeanSquaredError: ElementwiseLoss {
    /// How the losses become one number.
    public var reduction: LossReduction

    /// The mean of squares, or what else `reduction` makes of them.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// (x − y)² for each element.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        (prediction - target).square()
    }
}

/// |x − y|
public struct MeanAbsoluteError: ElementwiseLoss {
    /// How the losses become one number.
    public var reduction: LossReduction

    /// The mean of distances, or what else `reduction` makes of them.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// |x − y| for each element; the slope where they are equal is 0.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        (prediction - target).abs()
    }
}

/// d²/2 for d = |x − y| up to `delta`, delta (d − delta/2) beyond. Huber, "Robust estimation of a
/// location parameter", 1964.
public struct Huber: ElementwiseLoss {
    /// Where the square turns into a line.
    public let delta: Double
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A Huber loss that turns from square to line at `delta`, which must be positive.
    public init(delta: Double = 1, reduction: LossReduction = .mean) {
        guard delta > 0 else { fail("Huber", "delta is \(delta); it must be positive") }
        self.delta = delta
        self.reduction = reduction
    }

    /// d²/2 up to `delta`, delta (d − delta/2) beyond, for each element.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        // With c = min(d, delta) both pieces are c (d − c/2).
        let distance = (prediction - target).abs()
        let clipped = distance.minimum(delta)
        return clipped * (distance - clipped * 0.5)
    }
}

/// −p y ln σ(x) − (1 − y) ln(1 − σ(x)) for logits x, targets y in 0...1 and a weight p of the
/// positive ones. An infinite logit on the target's side gives 0.
public struct BinaryCrossEntropy: ElementwiseLoss {
    /// The weight of positive targets: above 1 where they are rare.
    public let positiveWeight: Double
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of logits; `positiveWeight` must be positive.
    public init(positiveWeight: Double = 1, reduction: LossReduction = .mean) {
        guard positiveWeight > 0 else {
            fail("BinaryCrossEntropy", "positiveWeight is \(positiveWeight); it must be positive")
        }
        self.positiveWeight = positiveWeight
        self.reduction = reduction
    }

    /// The loss of each logit; finite for finite logits of any size.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        // Two softplus terms that never cancel: exact for logits of any size.
        let missed = target.weighing((-prediction).softplus())
        let alarmed = (1 - target).weighing(prediction.softplus())
        return (positiveWeight == 1 ? missed : missed * positiveWeight) + alarmed
    }
}

/// y (ln y − x) for log-probabilities x and probabilities y, 0 where y = 0, whatever x is there.
///
/// The default reduction divides the sum by the batch size, which gives the mean divergence of the
/// distributions; `mean` divides by the number of elements.
public struct KLDivergence: ElementwiseLoss {
    /// How the losses become one number.
    public var reduction: LossReduction

    /// The divergence of distributions, summed over classes and averaged over the batch by default.
    public init(reduction: LossReduction = .batchMean) { self.reduction = reduction }

    /// y (ln y − x) for each element, 0 where y = 0.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        let isZero = target .== 0
        let logarithm = target.maskedFill(isZero, 1).log()
        return target.weighing(logarithm - prediction)
    }
}
