internal import Autograd
public import Tensor

/// max(0, margin − t x), or its square, for targets t of 1, and −1 or 0 for the other side.
public struct Hinge: ElementwiseLoss {
    /// How far on the right side of 0 predictions should be.
    public let margin: Double
    /// Whether what is missing counts squared.
    public let isSquared: Bool
    /// A target that contributes nothing; nil where all count.
    public let ignoredIndex: Int?
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of scores that should be `margin` on their side of 0.
    public init(
        margin: Double = 1, isSquared: Bool = false, ignoredIndex: Int? = nil,
        reduction: LossReduction = .mean
    ) {
        self.margin = margin
        self.isSquared = isSquared
        self.ignoredIndex = ignoredIndex
        self.reduction = reduction
    }

    /// max(0, margin − t x), or its square, for each element; the slope at the margin is 0.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        let missing = (margin - target.signs * prediction).relu()
        return isSquared ? missing.square() : missing
    }

    /// 1, and −1 or 0 for the other side.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .sides }
}

/// ln(1 + e^(−t x)) for targets t of 1, and −1 or 0 for the other side.
public struct SoftMargin: ElementwiseLoss {
    /// A target that contributes nothing; nil where all count.
    public let ignoredIndex: Int?
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of scores that should be far on their side of 0.
    public init(ignoredIndex: Int? = nil, reduction: LossReduction = .mean) {
        self.ignoredIndex = ignoredIndex
        self.reduction = reduction
    }

    /// ln(1 + e^(−t x)) for each element; finite for finite scores of any size.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        (-(target.signs * prediction)).softplus()
    }

    /// 1, and −1 or 0 for the other side.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .sides }
}

/// Distances x of pairs that should be alike (target 1) or not (−1 or 0):  x  or
/// max(0, margin − x).
public struct HingeEmbedding: ElementwiseLoss {
    /// How far apart unlike things should be.
    public let margin: Double
    /// A target that contributes nothing; nil where all count.
    public let ignoredIndex: Int?
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of distances, of which those of unlike pairs should be `margin` or more.
    public init(
        margin: Double = 1, ignoredIndex: Int? = nil, reduction: LossReduction = .mean
    ) {
        self.margin = margin
        self.ignoredIndex = ignoredIndex
        self.reduction = reduction
    }

    /// x for a target of 1, else max(0, margin − x), for each element.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        Tensor.where(target .> 0, prediction, (margin - prediction).clip(lower: 0.0))
    }

    /// 1, and −1 or 0 for the other side.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .sides }
}

/// w[y] Σ max(0, margin − x[y] + x[j])ᵖ / classes over the classes j ≠ y, for scores x along the
/// last axis, classes y and weights w of the classes; p is 1 or 2. Crammer and Singer, "On the
/// algorithmic implementation of multiclass kernel-based vector machines", 2001, in PyTorch's form.
///
/// `mean` divides by the number of examples whose target isn't ignored, and is 0 of none.
public struct MultiMargin: Loss {
    /// How far the target's score should be ahead.
    public let margin: Double
    /// Whether what is missing counts by its square.
    public let isSquared: Bool
    /// A class target that contributes nothing, even if it is no class.
    public let ignoredIndex: Int?
    /// A weight for each class.
    public let classWeights: [Double]?
    /// How the losses of the examples become one number.
    public var reduction: LossReduction

    /// A loss of scores of which the target's should be `margin` ahead.
    public init(
        margin: Double = 1, isSquared: Bool = false, ignoredIndex: Int? = nil,
        classWeights: [Double]? = nil, reduction: LossReduction = .mean
    ) {
        self.margin = margin
        self.isSquared = isSquared
        self.ignoredIndex = ignoredIndex
        checkWeights("MultiMargin", classWeights)
        self.classWeights = classWeights
        self.reduction = reduction
    }

    /// The loss, of shape [] or, without a reduction, of the targets' shape; traps where the
    /// targets are no integers of the shape without the last axis.
    public func callAsFunction(_ scores: Tensor, _ target: Tensor) -> Tensor {
        let labelled = LabelledRows("MultiMargin", scores, target, ignoring: ignoredIndex)
        let own = labelled.picked(labelled.rows).unsqueeze(1)
        let numbers = Tensor(NDArray.range(0, labelled.classes, on: scores.data.backend))
        let isOwn = labelled.labels.unsqueeze(1) .== numbers
        let missing = (labelled.rows - own + margin).relu().maskedFill(isOwn, 0)
        var losses = (isSquared ? missing.square() : missing).sum(axis: 1)
        losses = losses / Double(labelled.classes)
        if let classWeights {
            guard classWeights.count == labelled.classes else {
                fail(
                    "MultiMargin",
                    "\(classWeights.count) class weights for \(labelled.classes) classes")
            }
            let weights = NDArray(classWeights, on: scores.data.backend.home)
            losses = Tensor(weights.cast(to: losses.dtype)).take(labelled.labels).weighing(losses)
        }
        return labelled.reduce(losses, reduction)
    }

    /// The number of targets that count; nil where all do.
    public func weight(_ scores: Tensor, _ target: Tensor) -> Tensor? {
        CrossEntropy(ignoredIndex: ignoredIndex, reduction: reduction).weight(scores, target)
    }

    /// Throws where the targets are no integer classes, or the class weights not as many as the
    /// classes.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        try LabelledRows.check(
            "MultiMargin", prediction, target, targetType, classWeights: classWeights)
    }

    /// Classes of the model.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .classes(prediction.last ?? 0) }
}

extension Tensor {
    /// Targets 1 and −1 as they are, −1 for 0.
    fileprivate final var signs: Tensor { maskedFill(self .== 0, -1) }
}
