internal import Autograd
public import Tensor

/// x where positive, else weight · x, where the weight is learned.  He et al., 2015.
public final class PReLU: ShapePreservingLayer {
    /// The slopes below zero: one, or one for each channel, which is axis 1 of a batch.
    public let weight: Parameter

    /// One slope for all elements, or one for each channel, all `initial` at first.
    public init(channels: Int = 1, initial: Double = 0.25, dtype: DType = .float32) {
        if channels < 1 { fail("PReLU", "\(channels) channels; there must be one at least") }
        weight = Parameter(NDArray.full([channels], Scalar(initial), dtype))
    }
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.prelu(weight) }
    public override func outputShape(for input: Shape) throws -> Shape {
        let channels = weight.shape[0]
        guard channels == 1 || (input.rank > 0 && input[0] == channels) else {
            throw ShapeError(
                layer: describe, problem: "inputs \(input) should have \(channels) channels")
        }
        return input
    }
    public override var describe: String { "PReLU(channels: \(weight.shape[0]))" }
}

/// x limited to 0...6.
public final class ReLU6: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.relu6() }
}

/// x · hardsigmoid x.  Howard et al., 2019.
public final class Hardswish: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.hardswish() }
}

/// (x + 3) / 6 limited to 0...1.
public final class Hardsigmoid: ShapePreservingLayer {
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.hardsigmoid() }
}

/// x limited to lower...upper.
public final class Hardtanh: ShapePreservingLayer {
    /// The least output.
    public let lower: Double
    /// The largest output.
    public let upper: Double

    /// A limit to lower...upper, by default −1...1 as in PyTorch.
    public init(lower: Double = -1, upper: Double = 1) {
        self.lower = lower
        self.upper = upper
    }
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        x.hardtanh(lower: lower, upper: upper)
    }
    public override var describe: String { "Hardtanh(\(lower)...\(upper))" }
}

/// 0 where |x| ≤ λ, else x.
public final class Hardshrink: ShapePreservingLayer {
    /// λ
    public let lambda: Double

    /// A hard threshold; λ = 0.5 is PyTorch's.
    public init(lambda: Double = 0.5) { self.lambda = lambda }
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.hardshrink(lambda: lambda) }
    public override var describe: String { "Hardshrink(lambda: \(lambda))" }
}

/// 0 where |x| ≤ λ, else x moved toward 0 by λ.
public final class Softshrink: ShapePreservingLayer {
    /// λ
    public let lambda: Double

    /// A soft threshold; λ = 0.5 is PyTorch's.
    public init(lambda: Double = 0.5) { self.lambda = lambda }
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.softshrink(lambda: lambda) }
    public override var describe: String { "Softshrink(lambda: \(lambda))" }
}

/// x where above a threshold, else a value.
public final class Threshold: ShapePreservingLayer {
    /// The largest x that is replaced.
    public let threshold: Double
    /// What replaces it.
    public let value: Double

    /// A layer that replaces what is not above `threshold` by `value`.
    public init(_ threshold: Double, value: Double) {
        self.threshold = threshold
        self.value = value
    }
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        x.threshold(threshold, value: value)
    }
    public override var describe: String { "Threshold(\(threshold), value: \(value))" }
}
