public import Autograd
public import Tensor

/// What the layers have in common that make one number of each window over the last axes, of
/// channels for themselves.
public class PoolingLayer: Layer {
    /// The number of axes that windows have.
    package class var axes: Int {
        fail("PoolingLayer", "has no axes", hint: "make a MaxPool2d or another subclass")
    }

    /// The windows over axes of these sizes.
    func windows(over size: [Int]) throws(PoolProblem) -> Pooling {
        fail("\(type(of: self))", "has no windows")
    }

    /// [channels, sizes…] of one example; throws where there are too few axes, or windows don't
    /// fit.
    public final override func outputShape(for input: Shape) throws -> Shape {
        let axes = Self.axes
        guard input.rank > axes else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should have channels and \(axes) more axes")
        }
        do {
            let pooling = try windows(over: Array(input.suffix(axes)))
            return Shape(input.dropLast(axes) + pooling.counts)
        } catch {
            throw ShapeError(layer: describe, problem: error.text)
        }
    }
}

/// A pooling whose window moves in steps.
public class MovingPool: PoolingLayer {
    package final let movement: PoolMovement

    init(_ movement: PoolMovement) { self.movement = movement }

    final override func windows(over size: [Int]) throws(PoolProblem) -> Pooling {
        try movement.windows(over: size, describe)
    }

    /// The window and its steps.
    public final override var describe: String {
        let axes = Self.axes
        func words(_ numbers: PerAxis) -> String {
            let each = numbers.each(axes, "\(type(of: self))")
            let isOne = each.allSatisfy { $0 == each[0] }
            return isOne ? "\(each[0])" : each.map(String.init).joined(separator: "×")
        }
        let stride = movement.stride.map { ", stride: \(words($0))" } ?? ""
        return "\(type(of: self))(\(words(movement.kernel))\(stride))"
    }
}

/// The largest element of each window; NaN is the largest, and of equal ones the first gets the
/// gradient.
public class MaxPool: MovingPool {
    /// A window of this size that moves by `stride`, its size without. Padding is at most half of
    /// it; with `ceilMode` a last window may reach beyond the end. Traps where a number isn't
    /// positive.
    public required init(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false
    ) {
        super.init(
            PoolMovement(
                kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode))
    }

    public final override func callAsFunction(_ x: Tensor) -> Tensor {
        x.pooledByMax(Self.axes, movement)
    }
}

/// The mean of each window.
public class AvgPool: MovingPool {
    /// A window of this size that moves by `stride`, its size without. Padding is at most half of
    /// it and counts as zeros, unless told otherwise; with `ceilMode` a last window may reach
    /// beyond the end.
    public required init(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, ceilMode: Bool = false,
        countIncludesPadding: Bool = true
    ) {
        super.init(
            PoolMovement(
                kernel, stride: stride, padding: padding, ceilMode: ceilMode,
                countsPadding: countIncludesPadding))
    }

    public final override func callAsFunction(_ x: Tensor) -> Tensor {
        x.pooledByMean(Self.axes, movement)
    }
}

/// A pooling to a number of windows, which cover the input.
public class AdaptivePool: PoolingLayer {
    /// How many windows there are along each axis.
    public final let size: PerAxis

    /// So many windows, one number for all axes or one for each.
    public required init(_ size: PerAxis) { self.size = size }

    final override func windows(over size: [Int]) throws(PoolProblem) -> Pooling {
        try PoolMovement.adaptive(over: size, to: self.size, describe)
    }

    public final override var describe: String {
        let each = size.each(Self.axes, "\(type(of: self))")
        return "\(type(of: self))(\(each.map(String.init).joined(separator: "×")))"
    }
}

/// The means of so many windows, which cover the input.
public class AdaptiveAvgPool: AdaptivePool {
    public final override func callAsFunction(_ x: Tensor) -> Tensor {
        x.pooledByMean(Self.axes, to: size)
    }
}

/// The largest elements of so many windows, which cover the input.
public class AdaptiveMaxPool: AdaptivePool {
    public final override func callAsFunction(_ x: Tensor) -> Tensor {
        x.pooledByMax(Self.axes, to: size)
    }
}
