internal import Autograd
public import Tensor

/// exp(x) / Σ exp(x) along an axis, counted with the batch axis as 0. Before `CrossEntropy` none is
/// needed: that takes logits.
public final class Softmax: ShapePreservingLayer {
    /// The axis that sums to 1.
    public let axis: Int

    /// A softmax along an axis, by default the last; 0 would be the batch.
    public init(axis: Int = -1) { self.axis = axis }
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
    public override func outputShape(for input: Shape) throws -> Shape {
        guard axis >= -(input.rank + 1), axis <= input.rank else {
            throw ShapeError(
                layer: describe, problem: "a batch of inputs \(input) has no axis \(axis)")
        }
        return input
    }
    public override var describe: String { "Softmax(axis: \(axis))" }
}

/// x − ln Σ exp(x) along the last axis: the logarithms of what `Softmax` gives, exact where those
/// are small, as `NegativeLogLikelihood` and `KLDivergence` want them.
public final class LogSoftmax: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.logSoftmax(axis: -1) }
    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank > 0 else {
            throw ShapeError(
                layer: describe, problem: "the input \(input) should have at least one axis")
        }
        return input
    }
}

/// softmax(−x) along the last axis.
public final class Softmin: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.softmin() }
}
