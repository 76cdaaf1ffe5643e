internal import Autograd
public import Tensor

/// −α y (1 − q)^γ ln q − (1 − α)(1 − y) q^γ ln(1 − q) for logits x, of which q = σ(x), and targets
/// y in 0...1: cross-entropy in which what is right already counts little. Lin et al., "Focal loss
/// for dense object detection", 2017.
///
/// Without an `alpha` neither side is weighed.
public struct BinaryFocal: ElementwiseLoss {
    /// γ: how much less the right ones count; 0 for plain cross-entropy.
    public let gamma: Double
    /// α, the weight of positive targets; that of the others is 1 − α.
    public let alpha: Double?
    /// A target that contributes nothing; nil where all count.
    public let ignoredIndex: Int?
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of logits; `gamma` must not be negative, and `alpha` lie in 0...1.
    public init(
        gamma: Double = 2, alpha: Double? = 0.25, ignoredIndex: Int? = nil,
        reduction: LossReduction = .mean
    ) {
        guard gamma >= 0 else { fail("BinaryFocal", "gamma is \(gamma); it must not be negative") }
        if let alpha, alpha < 0 || alpha > 1 {
            fail("BinaryFocal", "alpha is \(alpha), not in 0...1")
        }
        self.gamma = gamma
        self.alpha = alpha
        self.ignoredIndex = ignoredIndex
        self.reduction = reduction
    }

    /// The loss of each logit; finite for finite logits of any size.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        // −ln q and −ln(1 − q), and the powers of q and 1 − q made of them: exact for any logit.
        let (missed, alarmed) = ((-prediction).softplus(), prediction.softplus())
        func side(_ share: Tensor, _ loss: Tensor, _ other: Tensor, _ weight: Double) -> Tensor {
            let factor = gamma == 0 ? share : share * (other * -gamma).exp()
            let side = factor.weighing(loss)
            return weight == 1 ? side : side * weight
        }
        return side(target, missed, alarmed, alpha ?? 1)
            + side(1 - target, alarmed, missed, alpha.map { 1 - $0 } ?? 1)
    }

    /// Numbers from 0 to 1.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .shares }
}

/// −w[y] (1 − p)^γ ln p for the probability p that softmax gives the class y; logits along the last
/// axis. Weights, ignored targets and reduction are those of `CrossEntropy`, which it is for γ = 0.
/// Lin et al., "Focal loss for dense object detection", 2017.
public struct Focal: Loss {
    /// γ: how much less examples count that are right already.
    public let gamma: Double
    /// A class target that contributes nothing, even if it is no class.
    public let ignoredIndex: Int?
    /// A weight for each class.
    public let classWeights: [Double]?
    /// How the losses of the examples become one number.
    public var reduction: LossReduction

    /// A loss of logits; `gamma` must not be negative.
    public init(
        gamma: Double = 2, ignoredIndex: Int? = nil, classWeights: [Double]? = nil,
        reduction: LossReduction = .mean
    ) {
        guard gamma >= 0 else { fail("Focal", "gamma is \(gamma); it must not be negative") }
        self.gamma = gamma
        self.ignoredIndex = ignoredIndex
        checkWeights("Focal", classWeights)
        self.classWeights = classWeights
        self.reduction = reduction
    }

    /// The loss, of shape [] or, without a reduction, of the targets' shape; traps where the
    /// targets are no integers of the shape without the last axis. Halves become float32.
    public func callAsFunction(_ logits: Tensor, _ target: Tensor) -> Tensor {
        let labelled = LabelledRows(
            "Focal", logits.dtype == .float64 ? logits : logits.cast(to: .float32), target,
            ignoring: ignoredIndex, classWeights: classWeights)
        let logarithm = labelled.picked(labelled.rows.logSoftmax())
        if gamma == 0 { return labelled.reduce(-logarithm, reduction) }
        let missing = -(logarithm.expm1())
        let isCertain = missing .== 0
        let factor = missing.maskedFill(isCertain, 1).pow(gamma).maskedFill(isCertain, 0)
        return labelled.reduce(factor.weighing(-logarithm), reduction)
    }

    /// The sum of the weights of the targets that count, as `CrossEntropy` gives it.
    public func weight(_ logits: Tensor, _ target: Tensor) -> Tensor? {
        let loss = CrossEntropy(
            ignoredIndex: ignoredIndex, classWeights: classWeights, reduction: reduction)
        return loss.weight(logits, target)
    }

    /// Throws where the targets are no integer classes, or the class weights not as many as the
    /// classes.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try LabelledRows.check(
            "Focal", prediction, target, targetType, classWeights: classWeights)
    }

    /// Classes of the model.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .classes(prediction.last ?? 0) }
}
