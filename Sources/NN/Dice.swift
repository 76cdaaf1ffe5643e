internal import Autograd
public import Tensor

/// 1 − (2 Σ q t + s) / (Σ q + Σ t + s) of each example, over its positions: how little the
/// predicted region and the wanted one overlap. Milletari et al., "V-Net", 2016.
///
/// Targets of the logits' shape, from 0 to 1, are regions by themselves, q = σ(logits); the sums
/// are over all axes but the first. Integer targets without the logits' last axis are classes, q =
/// softmax(logits) along it and t their one-hot form; the loss of an example is the mean over the
/// classes. Examples are measured one by one, so the loss doesn't depend on the batch; `mean` is
/// over those in which a target counts.
public struct Dice: Loss {
    /// s: keeps small regions, and empty ones, from counting too much.
    public let smoothing: Double
    /// A target that contributes nothing, even if it is no class.
    public let ignoredIndex: Int?
    /// How the losses of the examples become one number.
    public var reduction: LossReduction

    /// A loss of logits; `smoothing` must not be negative.
    public init(
        smoothing: Double = 1, ignoredIndex: Int? = nil, reduction: LossReduction = .mean
    ) {
        guard smoothing >= 0 else {
            fail("Dice", "smoothing is \(smoothing); it must not be negative")
        }
        self.smoothing = smoothing
        self.ignoredIndex = ignoredIndex
        self.reduction = reduction
    }

    /// The loss, of shape [] or, without a reduction, one for each example; traps where the targets
    /// are neither regions nor classes. Halves become float32.
    public func callAsFunction(_ logits: Tensor, _ target: Tensor) -> Tensor {
        let logits = logits.dtype == .float64 ? logits : logits.cast(to: .float32)
        guard let isOfClasses = Dice.isOfClasses(logits.shape, target.shape, target.dtype),
            logits.rank > 0
        else {
            fail(
                "Dice",
                "a target of \(target.dtype) \(target.shape) doesn't fit logits \(logits.shape)",
                hint: "pass regions of the logits' shape, or integer classes without the last axis")
        }
        let losses = isOfClasses ? ofClasses(logits, target) : ofRegions(logits, target)
        guard reduction == .mean, let isCounted = isCounted(target) else {
            return reduction(losses)
        }
        return losses.meanByWeights(of: isCounted.cast(to: .int64).sum())
    }

    private func ofRegions(_ logits: Tensor, _ target: Tensor) -> Tensor {
        var (x, wanted) = (logits, target.cast(to: logits.dtype))
        let isIgnored = ignoredIndex.map { target.equals(class: $0) }
        if let isIgnored {
            (x, wanted) = (x.maskedFill(isIgnored, 0), wanted.maskedFill(isIgnored, 0))
        }
        let share = x.sigmoid()
        return losses(isIgnored.map { share.maskedFill($0, 0) } ?? share, wanted, 1..<x.rank)
    }

    private func ofClasses(_ logits: Tensor, _ target: Tensor) -> Tensor {
        let labelled = LabelledRows("Dice", logits, target, ignoring: ignoredIndex)
        let isIgnored = (labelled.weights .== 0).unsqueeze(1)
        let numbers = Tensor(NDArray.range(0, labelled.classes, on: logits.data.backend))
        let isOwn = (labelled.labels.unsqueeze(1) .== numbers).cast(to: logits.dtype)
        let share = labelled.rows.softmax().maskedFill(isIgnored, 0)
        let losses = losses(
            share.reshape(logits.shape), isOwn.maskedFill(isIgnored, 0).reshape(logits.shape),
            1..<max(logits.rank - 1, 1))
        return losses.mean(axis: -1)
    }

    private func losses(_ share: Tensor, _ wanted: Tensor, _ positions: Range<Int>) -> Tensor {
        func sum(_ x: Tensor) -> Tensor { positions.isEmpty ? x : x.sum(axes: Array(positions)) }
        let both = sum(share * wanted) * 2 + smoothing
        let all = sum(share) + sum(wanted) + smoothing
        let isEmpty = all .== 0
        return 1 - (both / all.maskedFill(isEmpty, 1)).maskedFill(isEmpty, 1)
    }

    /// Whether a target of each example counts: bool [batch]; nil where all do.
    private func isCounted(_ target: Tensor) -> Tensor? {
        guard let ignoredIndex, target.rank > 0 else { return nil }
        let counts = target.equals(class: ignoredIndex).logicalNot()
        return target.rank > 1 ? counts.any(axes: Array(1..<target.rank)) : counts
    }

    /// The number of examples in which a target counts; nil where all do.
    public func weight(_ logits: Tensor, _ target: Tensor) -> Tensor? {
        guard reduction == .mean else { return nil }
        return isCounted(target).map { $0.cast(to: .int64).sum().cast(to: .float64) }
    }

    /// Whether targets are classes; nil where they don't fit.
    private static func isOfClasses(_ logits: Shape, _ target: Shape, _ type: DType) -> Bool? {
        if logits == target { return false }
        guard logits.rank > 0, type.isInteger, target == logits.removing(at: logits.rank - 1)
        else { return nil }
        return true
    }

    /// Throws where the targets are neither regions of the logits' shape nor integer classes.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard Dice.isOfClasses(prediction, target, targetType) != nil else {
            throw ShapeError(
                layer: "Dice",
                problem: "the model gives \(prediction) an example, which \(targetType) targets "
                    + "\(target) don't fit; regions of its shape or integer classes are needed")
        }
    }

    /// Classes of the model, or numbers from 0 to 1.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { target == prediction ? .shares : .classes(prediction.last ?? 0) }
}
