internal import Autograd
public import Tensor

/// −p y ln q − (1 − y) ln(1 − q), for targets y in 0...1, a weight p of the positive ones and what
/// is predicted: logits x, of which q = σ(x), or probabilities q.
///
/// It is exact for logits of any size; an infinite logit on the target's side gives 0. Logarithms
/// of probabilities end at −100, with slopes of at most 10¹², as PyTorch's do, and are NaN of what is
/// no share; logits need no such bounds.
///
/// `mean` divides by the number of elements, as PyTorch does, those ignored not counted.
public struct BinaryCrossEntropy: ElementwiseLoss {
    /// What a model gives.
    public enum Predictions: String, Sendable, CaseIterable {
        /// Numbers x of any size, of which q = σ(x).
        case logits
        /// Shares q from 0 to 1.
        case probabilities
    }

    /// What the model gives.
    public let predictions: Predictions
    /// The weight of positive targets: above 1 where they are rare.
    public let positiveWeight: Double
    /// A further weight of positive targets for each class, which are the last axis.
    public let positiveWeights: [Double]?
    /// A weight of both terms for each class; what weighs 0 may be infinite or NaN.
    public let classWeights: [Double]?
    /// A target that contributes nothing; nil where all count.
    public let ignoredIndex: Int?
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of logits or probabilities; `positiveWeight` must be positive, and weights of classes
    /// as many as the last axis is long.
    public init(
        predictions: Predictions = .logits, positiveWeight: Double = 1,
        positiveWeights: [Double]? = nil, classWeights: [Double]? = nil, ignoredIndex: Int? = nil,
        reduction: LossReduction = .mean
    ) {
        guard positiveWeight > 0 else {
            fail("BinaryCrossEntropy", "positiveWeight is \(positiveWeight); it must be positive")
        }
        self.predictions = predictions
        self.positiveWeight = positiveWeight
        self.positiveWeights = positiveWeights
        checkWeights("BinaryCrossEntropy", classWeights)
        checkWeights("BinaryCrossEntropy", positiveWeights, "positive weight")
        self.classWeights = classWeights
        self.ignoredIndex = ignoredIndex
        self.reduction = reduction
    }

    /// The loss with a weight for each element, reduced.
    ///
    /// - Parameter weights: of the single elements, of a shape that broadcasts to theirs; what
    ///   weighs 0 may be infinite or NaN. The mean is over the number of elements.
    public func callAsFunction(
        _ prediction: Tensor, _ target: Tensor, weights: Tensor
    ) -> Tensor {
        reduced(prediction, target, weights: weights)
    }

    /// The loss of each element; finite for finite logits of any size.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        var (missed, alarmed) = negativeLogarithms(prediction)
        if let weights = along(prediction, positiveWeights, "positive weights") {
            missed = weights.weighing(missed)
        }
        missed = target.weighing(missed)
        alarmed = (1 - target).weighing(alarmed)
        let losses = (positiveWeight == 1 ? missed : missed * positiveWeight) + alarmed
        return along(prediction, classWeights, "class weights").map { $0.weighing(losses) }
            ?? losses
    }

    /// −ln q and −ln(1 − q).
    private func negativeLogarithms(_ x: Tensor) -> (Tensor, Tensor) {
        switch predictions {
        // Two softplus terms that never cancel.
        case .logits: ((-x).softplus(), x.softplus())
        case .probabilities: negativeLogarithms(ofShares: x)
        }
    }

    private func negativeLogarithms(ofShares x: Tensor) -> (Tensor, Tensor) {
        let q = x.maskedFill((x .< 0).logicalOr(x .> 1), Double.nan)
        return (-q.boundedLogarithm { $0.log() }, -(1 - q).boundedLogarithm { ($0 - 1).log1p() })
    }

    /// Weights for the last axis of the prediction.
    private func along(_ prediction: Tensor, _ weights: [Double]?, _ what: String) -> Tensor? {
        guard let weights else { return nil }
        if let problem = misfit(prediction.shape, weights, what) {
            fail("BinaryCrossEntropy", problem)
        }
        return Tensor(NDArray(weights, on: prediction.data.backend.home).cast(to: prediction.dtype))
    }

    private func misfit(_ prediction: Shape, _ weights: [Double], _ what: String) -> String? {
        let classes = prediction.last ?? 1
        return weights.count == classes
            ? nil : "\(weights.count) \(what) for predictions whose last axis is \(classes)"
    }

    /// Throws where the targets don't have the predictions' shape, or weights of classes not the
    /// length of its last axis.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard prediction == target else {
            throw ShapeError(
                layer: "BinaryCrossEntropy",
                problem: "the model gives \(prediction) an example, the targets are \(target)",
                remedy: ShapeError.ofTargets(prediction, target))
        }
        for (weights, what) in [
            (positiveWeights, "positive weights"), (classWeights, "class weights"),
        ] {
            if let weights, let problem = misfit(prediction, weights, what) {
                throw ShapeError(layer: "BinaryCrossEntropy", problem: problem)
            }
        }
    }

    /// Numbers from 0 to 1.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .shares }
}

extension Tensor {
    /// The logarithm of these shares, at least −100; its slope is that of ln x, at most 10¹².
    ///
    /// - Parameter logarithm: ln x in the form that suits how x was computed.
    fileprivate final func boundedLogarithm(_ logarithm: (Tensor) -> Tensor) -> Tensor {
        let isTiny = self .< 1e-12
        let line = self * 1e12
        let value = detach().log().clip(lower: -100.0)
        return Tensor.where(
            isTiny, line + (value - line.detach()), logarithm(maskedFill(isTiny, 1)))
    }
}
