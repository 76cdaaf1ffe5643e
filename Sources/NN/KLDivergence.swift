internal import Autograd
public import Tensor

/// y (ln y − x) for log-probabilities x and probabilities y, 0 where y = 0, whatever x is there;
/// with `logTarget`, eᵗ (t − x) for targets t = ln y.
///
/// The default reduction divides the sum by the batch size, which gives the mean divergence of the
/// distributions; `mean` divides by the number of elements.
public struct KLDivergence: ElementwiseLoss {
    /// Whether targets are logarithms of probabilities.
    public let logTarget: Bool
    /// How the losses become one number.
    public var reduction: LossReduction

    /// The divergence of distributions, summed over classes and averaged over the batch by default.
    public init(logTarget: Bool = false, reduction: LossReduction = .batchMean) {
        self.logTarget = logTarget
        self.reduction = reduction
    }

    /// y (ln y − x) for each element, 0 where y = 0.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        if logTarget {
            // A probability of 0, also one too small for the dtype, counts nothing.
            let share = target.exp()
            let isNothing = share .== 0
            return share.weighing(target.maskedFill(isNothing, 0) - prediction)
        }
        let isZero = target .== 0
        let logarithm = target.maskedFill(isZero, 1).log()
        return target.weighing(logarithm - prediction)
    }

    /// Numbers from 0 to 1, or their logarithms.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { logTarget ? .logShares : .shares }
}
