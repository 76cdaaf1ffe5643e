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

/// Huber's loss divided by `beta`: d²/(2 beta) for d = |x − y| up to `beta`, d − beta/2 beyond; |x
/// − y| where `beta` is 0. Girshick, "Fast R-CNN", 2015.
public struct SmoothL1: ElementwiseLoss {
    /// Where the square turns into a line.
    public let beta: Double
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss that turns from square to line at `beta`, which must not be negative.
    public init(beta: Double = 1, reduction: LossReduction = .mean) {
        guard beta >= 0 else { fail("SmoothL1", "beta is \(beta); it must not be negative") }
        self.beta = beta
        self.reduction = reduction
    }

    /// d²/(2 beta) up to `beta`, d − beta/2 beyond, for each element.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        let distance = (prediction - target).abs()
        guard beta > 0 else { return distance }
        let clipped = distance.minimum(beta)
        return clipped / beta * (distance - clipped * 0.5)
    }
}

/// ln cosh(x − y): about d²/2 for small d = x − y, |d| − ln 2 for large ones.
public struct LogCosh: ElementwiseLoss {
    /// How the losses become one number.
    public var reduction: LossReduction

    /// The mean of the losses, or what else `reduction` makes of them.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// ln cosh(x − y) for each element, exact near 0 and without overflow far from it.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        // ln cosh d = ln(1 + 2 sinh²(d/2)) is exact near 0, d + softplus(−2d) − ln 2 far from it.
        let difference = prediction - target
        let isFar = difference.abs() .> 1
        let near = difference.maskedFill(isFar, 0)
        let small = ((near * 0.5).sinh().square() * 2).log1p()
        let large = difference + (difference * -2).softplus() - 0.6931471805599453
        return Tensor.where(isFar, large, small)
    }
}
