internal import Autograd
public import Tensor

/// −Σ q ln softmax(x) over the classes, which are the last axis of the logits x.
///
/// Targets are classes, integers of the logits' shape without its last axis, or probabilities of
/// the logits' shape. It is exact for logits of any size. Half precision logits are computed, and
/// their loss given, in float32.
///
/// `mean` divides by the number of examples; with class targets, by the sum of their weights, those
/// ignored not counted, as PyTorch does, except that the mean of nothing is 0 with a gradient of 0
/// (PyTorch: NaN): a batch in which all is ignored says nothing, and training goes on.
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

    /// A cross-entropy. `labelSmoothing` is in 0...1; `classWeights` has a weight for each class.
    public init(
        labelSmoothing: Double = 0, ignoredIndex: Int? = nil, classWeights: [Double]? = nil,
        reduction: LossReduction = .mean
    ) {
        guard labelSmoothing >= 0, labelSmoothing <= 1 else {
            fail("CrossEntropy", "labelSmoothing is \(labelSmoothing), not in 0...1")
        }
        self.labelSmoothing = labelSmoothing
        self.ignoredIndex = ignoredIndex
        checkWeights("CrossEntropy", classWeights)
        self.classWeights = classWeights
        self.reduction = reduction
    }

    /// The loss, of shape [] or, without a reduction, of the logits' shape without its last axis;
    /// traps where the target doesn't fit the logits. A label that is no class is reported when the
    /// loss is read.
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
                "a target of \(target.dtype) \(target.shape) doesn't fit logits \(logits.shape)",
                hint: "pass integer classes without the last axis, or probabilities with it")
        }
        return ofProbabilities(logits, target.cast(to: logits.dtype))
    }

    /// Logits [rows, classes] by labels of the shape of `target`.
    private func ofClasses(_ logits: Tensor, _ target: Tensor) -> Tensor {
        let rule = LabelRule(
            smoothing: labelSmoothing, ignored: ignoredIndex,
            classWeights: classWeights.map { NDArray($0, on: logits.data.backend.home) })
        let labels = target.reshape([target.count]).asIndex
        switch reduction {
        case .none:
            return logits.crossEntropy(labels, rule, isSummed: false).reshape(target.shape)
        case .sum: return logits.crossEntropy(labels, rule, isSummed: true)
        case .batchMean:
            let size = Double(target.shape.first ?? 1)
            return logits.crossEntropy(labels, rule, divisor: size, isSummed: true)
        case .mean where classWeights == nil && ignoredIndex == nil:
            let rows = Double(target.count)
            return logits.crossEntropy(labels, rule, divisor: rows, isSummed: true)
        case .mean:
            return logits.crossEntropy(labels, rule, isSummed: true)
                .meanByWeight(weight(labels, logits.shape[1], logits.dtype))
        }
    }

    /// The sum of the weights of the labels that count: nil for probabilities, other reductions
    /// than `mean`, and where neither class weights nor an ignored class are given.
    public func weight(_ logits: Tensor, _ target: Tensor) -> Tensor? {
        guard classWeights != nil || ignoredIndex != nil, reduction == .mean,
            target.dtype.isInteger, target.rank == logits.rank - 1
        else { return nil }
        let type: DType = logits.dtype == .float64 ? .float64 : .float32
        return weight(
            target.reshape([target.count]).asIndex, logits.shape[logits.rank - 1], type)
    }

    /// The sum of what labels weigh, smoothing aside.
    private func weight(_ labels: Tensor, _ classes: Int, _ dtype: DType) -> Tensor {
        let rule = LabelRule(
            smoothing: 0, ignored: ignoredIndex,
            classWeights: classWeights.map { NDArray($0, on: labels.data.backend.home) })
        return labels.labelWeights(rule, classes: classes, dtype).sum()
    }

    private func ofProbabilities(_ logits: Tensor, _ target: Tensor) -> Tensor {
        var target = target
        if labelSmoothing > 0 {
            let share = labelSmoothing / Double(max(logits.shape[logits.rank - 1], 1))
            target = target * (1 - labelSmoothing) + share
        }
        return reduction(-target.weighing(weighted(logits.logSoftmax())).sum(axis: -1))
    }

    private func weighted(_ logarithms: Tensor) -> Tensor {
        guard let classWeights else { return logarithms }
        let weights = NDArray(classWeights, on: logarithms.data.backend.home)
        return Tensor(weights.cast(to: logarithms.dtype)).weighing(logarithms)
    }

    /// Throws where the model gives no logits, the class weights are not as many as its classes, or
    /// the targets are neither classes nor probabilities.
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

    /// Classes of the model, or probabilities of them.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { target == prediction ? .distributions : .classes(prediction.last ?? 0) }
}
