import Autograd
public import Tensor

// The poolings by their numbers of axes.

/// The largest element of each window of
/// [batch, channels, length].
public final class MaxPool1d: MaxPool {
    package override class var axes: Int { 1 }
}

/// The largest element of each window of
/// [batch, channels, height, width].
public final class MaxPool2d: MaxPool {
    package override class var axes: Int { 2 }
}

/// The largest element of each window of
/// [batch, channels, depth, height, width].
public final class MaxPool3d: MaxPool {
    package override class var axes: Int { 3 }
}

/// The mean of each window of
/// [batch, channels, length].
public final class AvgPool1d: AvgPool {
    package override class var axes: Int { 1 }
}

/// The mean of each window of
/// [batch, channels, height, width].
public final class AvgPool2d: AvgPool {
    package override class var axes: Int { 2 }
}

/// The mean of each window of
/// [batch, channels, depth, height, width].
public final class AvgPool3d: AvgPool {
    package override class var axes: Int { 3 }
}

/// The means of so many windows, which cover the input, of
/// [batch, channels, length].
public final class AdaptiveAvgPool1d: AdaptiveAvgPool {
    package override class var axes: Int { 1 }
}

/// The means of so many windows, which cover the input, of
/// [batch, channels, height, width].
public final class AdaptiveAvgPool2d: AdaptiveAvgPool {
    package override class var axes: Int { 2 }
}

/// The means of so many windows, which cover the input, of
/// [batch, channels, depth, height, width].
public final class AdaptiveAvgPool3d: AdaptiveAvgPool {
    package override class var axes: Int { 3 }
}

/// The largest elements of so many windows, which cover the input, of
/// [batch, channels, length].
public final class AdaptiveMaxPool1d: AdaptiveMaxPool {
    package override class var axes: Int { 1 }
}

/// The largest elements of so many windows, which cover the input, of
/// [batch, channels, height, width].
public final class AdaptiveMaxPool2d: AdaptiveMaxPool {
    package override class var axes: Int { 2 }
}

/// The largest elements of so many windows, which cover the input, of
/// [batch, channels, depth, height, width].
public final class AdaptiveMaxPool3d: AdaptiveMaxPool {
    package override class var axes: Int { 3 }
}

/// The mean of each channel: [batch, channels, …] becomes [batch, channels].
public final class GlobalAveragePool: Layer {
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        x.rank > 2 ? x.mean(axes: Array(2..<x.rank)) : x
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try channelShape(of: input)
    }
}

/// The largest element of each channel: [batch, channels, …] becomes [batch, channels]; elements
/// that are equally large share the gradient.
public final class GlobalMaxPool: Layer {
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        x.rank > 2 ? x.max(axes: Array(2..<x.rank)) : x
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try channelShape(of: input)
    }
}

extension Layer {
    /// The channels of an example; throws where it has none.
    fileprivate final func channelShape(of input: Shape) throws -> Shape {
        guard let channels = input.first else {
            throw ShapeError(layer: describe, problem: "the input \(input) has no channels")
        }
        return [channels]
    }
}
