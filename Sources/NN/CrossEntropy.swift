internal import Autograd
public import Tensor

/// −Σ q ln softmax(x) over the classes, which are the last axis of the logits x.
///
/// Targets are classes, integers of the logits' shape without its last axis, or probabilities of
/// the logits' shape. It is exact for logits of any size. Half precision logits are computed, and
/// their loss given, in float32.
///
/// `mean` divides by the number of examples; with class targets, by the sum of their weights, those
/// ignored not counted, as PyTorch does.
public struct CrossEntropy: Loss {
    /// The share of the target probability that is spread evenly over all classes. Szegedy et al.,
    /// "Rethinking the inception architecture", 2016.
    public let labelSmoothing: Double
    /// A class target that contributes nothing, even if it is no class.
    public let ignoredIndex: Int?
    /// A weight for each class.
    public let classWeights: [Double]?
    /// How the losses of the examples become one number.
    public var reduction: LossReduction

    public init(
        labelSmoothing: Double = 0, ignoredIndex: Int? = nil, classWeights: [Double]? = nil,
        reduction: LossReduction = .mean
    ) {
        guard labelSmoothing >= 0, labelSmoothing <= 1 else {
            fail("CrossEntropy", "labelSmoothing is \(labelSmoothing), not in 0...1")
        }
        self.labelSmoothing = labelSmoothing
        self.ignoredIndex = ignoredIndex
        self.classWeights = classWeights
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ target: Tensor) -> Tensor {
        let logits = logits.dtype == .float64 ? logits : logits.cast(to: .float32)
        guard logits.rank > 0 else { fail("CrossEntropy", "the logits are a scalar") }
        let classes = logits.shape[logits.rank - 1]
        if let classWeights, classWeights.count != classes {
            fail("CrossEntropy", "\(classWeights.count) class weights for \(classes) classes")
        }
        if target.dtype.isInteger, target.shape == logits.shape.removing(at: logits.rank - 1) {
            return ofClasses(logits.reshape([target.count, classes]), target)
        }
        guard target.shape == logits.shape else {
            fail(
                "CrossEntropy",
                "a \(target.dtype) target \(target.shape) doesn't fit logits \(logits.shape)",
                hint: "pass integer classes without the last axis, or probabilities with it")
        }
        return ofProbabilities(logits, target.cast(to: logits.dtype))
    }

    private func ofClasses(_ logits: Tensor, _ target: Tensor) -> Tensor {
        if target.isExample { return ofExampleClasses(logits, target) }
        let targets = ClassTargets(
            target.data, classes: logits.shape[1], ignoring: ignoredIndex, weights: classWeights,
            dtype: logits.dtype, on: logits.data.backend, "CrossEntropy")
        if labelSmoothing == 0, reduction != .none {
            let scale = 1 / divisor(targets, target.shape)
            return CrossEntropyOfClasses(targets, scale: scale, isSummed: true)(logits)
        }
        var losses = CrossEntropyOfClasses(targets, scale: 1, isSummed: false)(logits)
        if labelSmoothing > 0 {
            let uniform = weighted(logits.logSoftmax()).mean(axis: 1) * -labelSmoothing
            let kept = targets.weights.map { (Tensor($0) .!= 0).cast(to: logits.dtype) }
            losses = losses * (1 - labelSmoothing) + (kept.map { uniform * $0 } ?? uniform)
        }
        if reduction == .none { return losses.reshape(target.shape) }
        return losses.sum() / divisor(targets, target.shape)
    }

    private func divisor(_ targets: ClassTargets, _ shape: Shape) -> Double {
        switch reduction {
        case .mean: targets.totalWeight
        case .sum, .none: 1
        case .batchMean: Double(shape.first ?? 1)
        }
    }

    private func ofProbabilities(_ logits: Tensor, _ target: Tensor) -> Tensor {
        var target = target
        if labelSmoothing > 0 {
            let share = labelSmoothing / Double(max(logits.shape[logits.rank - 1], 1))
            target = target * (1 - labelSmoothing) + share
        }
        return reduction(-(target * weighted(logits.logSoftmax())).sum(axis: -1))
    }

    func weighted(_ logarithms: Tensor) -> Tensor {
        guard let classWeights else { return logarithms }
        let weights = NDArray(classWeights, on: logarithms.data.backend)
        return logarithms * Tensor(weights.cast(to: logarithms.dtype))
    }

    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard let classes = prediction.last else {
            throw ShapeError(
                layer: "CrossEntropy", problem: "the model gives one number an example, no logits")
        }
        if let classWeights, classWeights.count != classes {
            throw ShapeError(
                layer: "CrossEntropy",
                problem:
                    "\(classWeights.count) class weights for the \(classes) classes of the model")
        }
        let isClass = targetType.isInteger && target == prediction.removing(at: prediction.rank - 1)
        guard isClass || target == prediction else {
            throw ShapeError(
                layer: "CrossEntropy",
                problem: "the model gives \(prediction) an example, which \(targetType) targets "
                    + "\(target) don't fit; integer classes or probabilities are needed")
        }
    }
}
