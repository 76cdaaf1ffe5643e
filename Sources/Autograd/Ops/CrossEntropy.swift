internal import CKernels
public import Tensor

// Cross-entropy of rows of logits by class labels. Labels are an operand like any other: a step
// that is replayed trains on the labels it is given. Rows whose label is ignored are selected out,
// so they may hold anything.

/// y = Σᵢ ℓᵢ / divisor, or each ℓᵢ / divisor, with
/// ℓ = −(1 − ε) w[label] ln p[label] − ε/C Σ w ln p,  p = softmax(x),  0 for ignored rows;
/// dx = (a p − (1 − ε) w[label] onehot − ε/C w) dy / divisor,  a = (1 − ε) w[label] + ε mean(w)
final class CrossEntropyOp: BinaryOp {
    private let rule: LabelRule
    private let divisor: Double
    private let isSummed: Bool

    init(_ rule: LabelRule, divisor: Double = 1, isSummed: Bool) {
        self.rule = rule
        self.divisor = divisor
        self.isSummed = isSummed
    }

    override var autocast: AutocastRule { .float32 }
    override var name: String { "CrossEntropy" }
    override var saves: Saved { .inputs }

    override func forward(_ x: NDArray, _ labels: NDArray) -> NDArray {
        let losses = x.crossEntropy(rule, labels)
        let result = isSummed ? losses.reduce(.sum, AxisSet(all: 1)) : losses
        return divisor == 1 ? result : result.divided(by: divisor)
    }

    override func backwardLeft(_ dy: Tensor, a x: Tensor, b labels: Tensor, y: Tensor) -> Tensor {
        CrossEntropyGrad(rule)([x, labels, divisor == 1 ? dy : dy / divisor])
    }

    override func tangent(
        _ dx: Tensor?, _: Tensor?, a x: Tensor, b labels: Tensor, y: Tensor
    ) -> Tensor? {
        dx.map { dx in
            // Rows don't depend on each other: the gradient of their sum has every derivative.
            let slopes = CrossEntropyGrad(rule)([x, labels, x.constant(1 / divisor)])
            let moved = (slopes * rule.counted(dx, labels)).sum(axis: 1)
            return isSummed ? moved.sum() : moved
        }
    }

    override func batch(_ x: Tensor, _ labels: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        let (rows, flat) = LabelRule.flattened(x, labels, isBatched)
        let losses = CrossEntropyOp(rule, divisor: divisor, isSummed: false)(rows, flat)
        let size = isBatched.a ? x.shape[0] : labels.shape[0]
        let perExample = losses.reshape([size, isBatched.a ? x.shape[1] : x.shape[0]])
        return isSummed ? perExample.sum(axis: 1) : perExample
    }
}

/// z = (a p − (1 − ε) w[label] onehot − ε/C w) dy of each row;  dy is one number a row, or one for
/// all.
final class CrossEntropyGrad: NaryOp {
    private let rule: LabelRule
    init(_ rule: LabelRule) { self.rule = rule }

    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let (x, labels, dy) = (inputs[0], inputs[1], inputs[2])
        let out = NDArray(uninitialized: x.shape, x.dtype, on: x.backend)
        Kernel.crossEntropyBackward(rule.target, weights: rule.weights).run(
            x.contiguous(), labels.contiguous(), dy.contiguous(), into: out)
        return out
    }

    /// By x  dy a p (u − Σ u p),  by dy  Σ u z / dy.
    override func backward(_ u: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (x, labels, dy) = (inputs[0], inputs[1], inputs[2])
        var byDy: Tensor?
        if dy.needsGradient {
            let slopes = CrossEntropyGrad(rule)([x, labels, x.constant(1)])
            let rows = (rule.counted(u, labels) * slopes).sum(axis: 1)
            byDy = dy.rank == 0 ? rows.sum() : rows
        }
        return [x.needsGradient ? curvature(x, labels, dy, u) : nil, nil, byDy]
    }

    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let (x, labels, dy) = (inputs[0], inputs[1], inputs[2])
        return Dual.sum(
            [
                tangents[0].map { curvature(x, labels, dy, $0) },
                tangents[2].map { CrossEntropyGrad(rule)([x, labels, $0]) },
            ], like: y)
    }

    /// The softmax's Jacobian, which is symmetric, times u, for rows that count. The others are
    /// selected out before anything is computed of them, so that derivatives of every order are 0.
    private func curvature(
        _ x: Tensor, _ labels: Tensor, _ dy: Tensor, _ u: Tensor
    ) -> Tensor {
        let weights = LabelWeights(rule, classes: x.shape[1], x.dtype)(labels).unsqueeze(1)
        let scale = weights * (dy.rank == 0 ? dy : dy.unsqueeze(1))
        return SoftmaxGrad()(rule.counted(x, labels).softmax(), rule.counted(u, labels)) * scale
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let (x, labels, dy) = (inputs[0], inputs[1], inputs[2])
        let size = zip(inputs, isBatched).first { $1 }.map { $0.0.shape[0] } ?? 1
        let rows = isBatched[0] ? x.shape[1] : x.shape[0]
        let (flat, flatLabels) = LabelRule.flattened(
            isBatched[0] ? x : x.unsqueeze(0).expand(to: x.shape.inserting(size, at: 0)), labels,
            (true, isBatched[1]))
        var slopes = dy
        if isBatched[2] && dy.rank == 1 { slopes = dy.unsqueeze(1) }
        if !isBatched[2] && dy.rank == 1 { slopes = dy.unsqueeze(0) }
        slopes = slopes.expand(to: [size, rows]).reshape([size * rows])
        return CrossEntropyGrad(rule)([flat, flatLabels, slopes])
            .reshape([size, rows, flat.shape[1]])
    }
}

/// y = (1 − ε) w[label] + ε mean(w) for each label, 0 where it is ignored. It checks the labels.
final class LabelWeights: UnaryOp {
    private let rule: LabelRule
    private let classes: Int
    private let dtype: DType

    init(_ rule: LabelRule, classes: Int, _ dtype: DType) {
        self.rule = rule
        self.classes = classes
        self.dtype = dtype
    }

    override var isDifferentiable: Bool { false }

    override func forward(_ labels: NDArray) -> NDArray {
        let out = NDArray(uninitialized: labels.shape, dtype, on: labels.backend)
        Kernel.labelWeights(rule.target, weights: rule.weights, classes: classes).run(
            labels.contiguous(), into: out)
        return out
    }

    override func batch(_ labels: Tensor) -> Tensor? { self(labels) }
}

/// How class labels become targets: see `Kernel.crossEntropy`.
package struct LabelRule {
    let target: LabelTarget
    let weights: ArrayList?

    /// - Parameters:
    ///   - classWeights: float64, one of each class.
    ///   - loss: whose rule it is, for messages.
    package init(
        smoothing: Double, ignored: Int?, classWeights: NDArray?, of loss: String = "CrossEntropy"
    ) {
        target = LabelTarget(smoothing: smoothing, ignored: ignored, of: loss)
        weights = classWeights.map { ArrayList([$0]) }
    }

    /// Which labels are ignored; nil where none is.
    package func isIgnored(_ labels: Tensor) -> Tensor? {
        target.ignored.map { labels .== $0 }
    }

    /// Rows [rows, classes] with 0 in those whose label is ignored.
    fileprivate func counted(_ x: Tensor, _ labels: Tensor) -> Tensor {
        isIgnored(labels).map { Tensor.where($0.unsqueeze(1), x.constant(0), x) } ?? x
    }

    /// Batches of rows as rows one after the other, with their labels.
    fileprivate static func flattened(
        _ x: Tensor, _ labels: Tensor, _ isBatched: (a: Bool, b: Bool)
    ) -> (Tensor, Tensor) {
        let size = isBatched.a ? x.shape[0] : labels.shape[0]
        let all = isBatched.a ? x : x.unsqueeze(0).expand(to: x.shape.inserting(size, at: 0))
        let given = isBatched.b ? labels : labels.unsqueeze(0)
        let rows = all.shape[1]
        return (
            all.reshape([size * rows, all.shape[2]]),
            given.expand(to: [size, rows]).reshape([size * rows])
        )
    }
}

extension NDArray {
    fileprivate func crossEntropy(_ rule: LabelRule, _ labels: NDArray) -> NDArray {
        let out = NDArray(uninitialized: [shape[0]], dtype, on: backend)
        Kernel.crossEntropy(rule.target, weights: rule.weights).run(
            contiguous(), labels.contiguous(), into: out)
        return out
    }

    fileprivate func divided(by number: Double) -> NDArray { zip(.div, Scalar(number)) }
}

extension Tensor {
    /// The cross-entropy of each row of these logits [rows, classes] by integer labels [rows]; 0,
    /// with a gradient of 0, for rows whose label is `ignored`. Half precision is computed, and
    /// given, in float32. A label that is no class traps.
    public final func crossEntropy(
        labels: Tensor, smoothing: Double = 0, ignoring ignored: Int? = nil
    ) -> Tensor {
        guard rank == 2, labels.dtype.isInteger, labels.shape == [shape[0]] else {
            fail(
                "crossEntropy",
                "\(labels.dtype) labels \(labels.shape) don't fit logits \(shape)",
                hint: "pass logits [rows, classes] and integer labels [rows]")
        }
        let rule = LabelRule(
            smoothing: smoothing, ignored: ignored, classWeights: nil, of: "crossEntropy")
        let logits = dtype == .float64 ? self : cast(to: .float32)
        return logits.crossEntropy(labels.asIndex, rule, isSummed: false)
    }

    /// The cross-entropy of these logits [rows, classes], float32 or float64, by int64 labels
    /// [rows]: each row's, or their sum, divided by `divisor`.
    package final func crossEntropy(
        _ labels: Tensor, _ rule: LabelRule, divisor: Double = 1, isSummed: Bool
    ) -> Tensor {
        CrossEntropyOp(rule, divisor: divisor, isSummed: isSummed)(self, labels)
    }

    /// What each of these labels counts; traps where one is no class.
    package final func labelWeights(_ rule: LabelRule, classes: Int, _ dtype: DType) -> Tensor {
        LabelWeights(rule, classes: classes, dtype)(self)
    }
}
