internal import Autograd
public import Tensor

/// In training, whole parts of an example zero with probability `rate`, the others scaled by
/// 1 / (1 − rate); in evaluation, its input.
public class PartDropout: ShapePreservingLayer {
    /// The probability of zero.
    public final let rate: Double
    /// The stream the masks come from. Its position is part of the state of a training run.
    public final let random: Random

    /// A layer that drops parts while its module is trained, and nothing else; the rate is in
    /// 0..<1, and a stream of its own is forked from `random`.
    public init(_ rate: Double, using random: Random) {
        guard rate >= 0, rate < 1 else {
            fail("\(Self.self)", "the rate \(rate) is not in 0..<1")
        }
        self.rate = rate
        self.random = random.ownStream("dropout")
    }

    /// How many of the first axes count parts.
    package class var axes: Int { 1 }

    package final override var draws: Bool { rate > 0 }

    public final override func callAsFunction(_ x: Tensor) -> Tensor {
        guard isTraining else { return x }
        let axes = Self.axes
        guard x.rank >= axes else { fail("\(Self.self)", "\(x.shape) has no \(axes) axes") }
        let sizes = x.shape.prefix(axes) + Array(repeating: 1, count: x.rank - axes)
        let dtype = x.dtype.isFloat ? x.dtype : .float32
        let parts = Tensor(NDArray.full(Shape(sizes), 1, dtype, on: x.data.backend))
        return x * parts.dropout(rate, using: random)
    }

    public final override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank >= Self.axes - 1 else {
            throw ShapeError(
                layer: describe, problem: "the input \(input) should have channels")
        }
        return input
    }

    /// The rate.
    public final override var describe: String { "\(Self.self)(\(rate))" }
}

/// Drops channels of [batch, channels, …]: Tompson et al., "Efficient Object Localization Using
/// Convolutional Networks", 2015.
public final class Dropout2d: PartDropout {
    package override class var axes: Int { 2 }
}

/// Drops examples, for what a residual adds: Huang et al., "Deep Networks with Stochastic Depth",
/// 2016.
public final class DropPath: PartDropout {}
