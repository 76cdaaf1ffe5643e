public import Tensor

// Largest elements of windows, and where they are: the place of each in its plane, the last one,
// two or three axes in row-major order, int64, −1 where a window holds padding alone.

extension Tensor {
    /// `maxPool2dWithIndices` of […, channels, length].
    public final func maxPool1dWithIndices(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        placed(1, .largest(kernel, stride, padding, dilation, ceilMode))
    }

    /// `maxPool2d`, and where each largest element lies in its plane of height × width: int64, of
    /// equal ones the first. −1 where a window holds nothing but padding.
    public final func maxPool2dWithIndices(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        placed(2, .largest(kernel, stride, padding, dilation, ceilMode))
    }

    /// `maxPool2dWithIndices` of […, channels, depth, height, width].
    public final func maxPool3dWithIndices(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        placed(3, .largest(kernel, stride, padding, dilation, ceilMode))
    }

    /// `adaptiveMaxPool1d`, and where each largest element lies in its row: int64.
    public final func adaptiveMaxPool1dWithIndices(
        _ size: PerAxis
    ) -> (values: Tensor, indices: Tensor) {
        placed(windows(1, "adaptiveMaxPool1d", to: size))
    }

    /// `adaptiveMaxPool2d`, and where each largest element lies in its plane: int64.
    public final func adaptiveMaxPool2dWithIndices(
        _ size: PerAxis
    ) -> (values: Tensor, indices: Tensor) {
        placed(windows(2, "adaptiveMaxPool2d", to: size))
    }

    /// `adaptiveMaxPool3d`, and where each largest element lies in its volume: int64.
    public final func adaptiveMaxPool3dWithIndices(
        _ size: PerAxis
    ) -> (values: Tensor, indices: Tensor) {
        placed(windows(3, "adaptiveMaxPool3d", to: size))
    }

    private final func placed(
        _ axes: Int, _ movement: PoolMovement
    ) -> (values: Tensor, indices: Tensor) {
        placed(windows(axes, "maxPool\(axes)d", movement.windows))
    }

    private final func placed(_ pooling: Pooling) -> (values: Tensor, indices: Tensor) {
        (MaxPool(pooling)(self), MaxPoolPlaces(pooling)(self))
    }
}
