public import Tensor

// Windows over the last one, two or three axes. All axes before them are kept, so a single image
// needs no axis for examples.

extension Tensor {
    /// `maxPool2d` of […, channels, length].
    public final func maxPool1d(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false
    ) -> Tensor {
        pooledByMax(1, .largest(kernel, stride, padding, dilation, ceilMode))
    }

    /// The largest element of each window of […, channels, height, width], in its dtype; NaN is the
    /// largest, and of equal ones the first gets the gradient. `stride` is the window's size
    /// without; with `ceilMode` a last window may reach beyond the end. Traps where windows don't
    /// fit.
    public final func maxPool2d(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false
    ) -> Tensor {
        pooledByMax(2, .largest(kernel, stride, padding, dilation, ceilMode))
    }

    /// `maxPool2d` of […, channels, depth, height, width].
    public final func maxPool3d(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false
    ) -> Tensor {
        pooledByMax(3, .largest(kernel, stride, padding, dilation, ceilMode))
    }

    /// `avgPool2d` of […, channels, length].
    public final func avgPool1d(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, ceilMode: Bool = false,
        countIncludesPadding: Bool = true, divisor: Int? = nil
    ) -> Tensor {
        pooledByMean(
            1, .mean(kernel, stride, padding, ceilMode, countIncludesPadding, divisor))
    }

    /// The mean of each window of […, channels, height, width], in which places around the input
    /// count as zeros unless told otherwise; or the sum divided by `divisor`. Traps where windows
    /// don't fit.
    public final func avgPool2d(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, ceilMode: Bool = false,
        countIncludesPadding: Bool = true, divisor: Int? = nil
    ) -> Tensor {
        pooledByMean(
            2, .mean(kernel, stride, padding, ceilMode, countIncludesPadding, divisor))
    }

    /// `avgPool2d` of […, channels, depth, height, width].
    public final func avgPool3d(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, ceilMode: Bool = false,
        countIncludesPadding: Bool = true, divisor: Int? = nil
    ) -> Tensor {
        pooledByMean(
            3, .mean(kernel, stride, padding, ceilMode, countIncludesPadding, divisor))
    }

    /// The means of `size` windows that cover […, channels, length].
    public final func adaptiveAvgPool1d(_ size: PerAxis) -> Tensor {
        pooledByMean(1, to: size)
    }

    /// The largest elements of `size` windows that cover […, channels, length].
    public final func adaptiveMaxPool1d(_ size: PerAxis) -> Tensor {
        pooledByMax(1, to: size)
    }

    /// The means of `size` windows that cover […, channels, height, width].
    public final func adaptiveAvgPool2d(_ size: PerAxis) -> Tensor {
        pooledByMean(2, to: size)
    }

    /// The largest elements of `size` windows that cover […, channels, height, width].
    public final func adaptiveMaxPool2d(_ size: PerAxis) -> Tensor {
        pooledByMax(2, to: size)
    }

    /// The means of `size` windows that cover […, channels, depth, height, width].
    public final func adaptiveAvgPool3d(_ size: PerAxis) -> Tensor {
        pooledByMean(3, to: size)
    }

    /// The largest elements of `size` windows that cover […, channels, depth, height, width].
    public final func adaptiveMaxPool3d(_ size: PerAxis) -> Tensor {
        pooledByMax(3, to: size)
    }

    package final func pooledByMax(_ axes: Int, _ movement: PoolMovement) -> Tensor {
        MaxPool(windows(axes, "maxPool\(axes)d", movement.windows))(self)
    }

    package final func pooledByMean(_ axes: Int, _ movement: PoolMovement) -> Tensor {
        let x = floating
        return MeanPool(x.windows(axes, "avgPool\(axes)d", movement.windows))(x)
    }

    package final func pooledByMax(_ axes: Int, to size: PerAxis) -> Tensor {
        MaxPool(windows(axes, "adaptiveMaxPool\(axes)d", to: size))(self)
    }

    package final func pooledByMean(_ axes: Int, to size: PerAxis) -> Tensor {
        let x = floating
        return MeanPool(x.windows(axes, "adaptiveAvgPool\(axes)d", to: size))(x)
    }

    final func windows(_ axes: Int, _ name: String, to size: PerAxis) -> Pooling {
        windows(axes, name) { sizes, name throws(PoolProblem) in
            try PoolMovement.adaptive(over: sizes, to: size, name)
        }
    }

    final func windows(
        _ axes: Int, _ name: String,
        _ make: ([Int], String) throws(PoolProblem) -> Pooling
    ) -> Pooling {
        guard rank > axes else {
            fail(name, "shape \(shape) has no channels and \(axes) more axes")
        }
        do {
            return try make(Array(shape.suffix(axes)), name)
        } catch {
            fail(name, error.text)
        }
    }
}

extension PoolMovement {
    static func largest(
        _ kernel: PerAxis, _ stride: PerAxis?, _ padding: Padding, _ dilation: PerAxis,
        _ ceilMode: Bool
    ) -> PoolMovement {
        PoolMovement(
            kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    fileprivate static func mean(
        _ kernel: PerAxis, _ stride: PerAxis?, _ padding: Padding, _ ceilMode: Bool,
        _ countsPadding: Bool, _ divisor: Int?
    ) -> PoolMovement {
        PoolMovement(
            kernel, stride: stride, padding: padding, ceilMode: ceilMode,
            countsPadding: countsPadding, divisor: divisor)
    }
}
