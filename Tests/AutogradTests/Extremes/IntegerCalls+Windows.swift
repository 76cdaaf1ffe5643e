import Autograd
import Tensor

// What moves over images.

extension IntegerCall {
    static func convolutions() -> [IntegerCall] {
        let on = Operands()
        let weight1 = Tensor.ones([4, 4, 2])
        let weight2 = Tensor.ones([4, 4, 2, 2])
        let weight3 = Tensor.ones([4, 4, 2, 2, 2])
        return [
            IntegerCall("conv1d") { _ = on.signal.conv1d(weight1, stride: PerAxis($0)) },
            IntegerCall("conv1d") { _ = on.signal.conv1d(weight1, padding: .both(PerAxis($0))) },
            IntegerCall("conv1d") { _ = on.signal.conv1d(weight1, dilation: PerAxis($0)) },
            IntegerCall("conv1d") {
                _ = on.signal.conv1d(weight1, padding: .ends(low: [$0], high: [$0]))
            },
            IntegerCall("conv1d") {
                _ = on.signal.conv1d(
                    weight1, stride: PerAxis($0), padding: .same, dilation: PerAxis($0))
            },
            IntegerCall("conv1d") { _ = on.signal.conv1d(weight1, groups: $0) },
            IntegerCall("convTranspose1d") {
                _ = on.signal.convTranspose1d(weight1, stride: PerAxis($0))
            },
            IntegerCall("convTranspose1d") {
                _ = on.signal.convTranspose1d(weight1, padding: PerAxis($0))
            },
            IntegerCall("convTranspose1d") {
                _ = on.signal.convTranspose1d(weight1, outputPadding: PerAxis($0))
            },
            IntegerCall("convTranspose1d") {
                _ = on.signal.convTranspose1d(weight1, dilation: PerAxis($0))
            },
            IntegerCall("convTranspose1d") {
                _ = on.signal.convTranspose1d(
                    weight1, stride: PerAxis($0), outputPadding: PerAxis($0), dilation: PerAxis($0))
            },
            IntegerCall("convTranspose1d") { _ = on.signal.convTranspose1d(weight1, groups: $0) },
            IntegerCall("conv2d") { _ = on.image.conv2d(weight2, stride: PerAxis($0)) },
            IntegerCall("conv2d") { _ = on.image.conv2d(weight2, padding: .both(PerAxis($0))) },
            IntegerCall("conv2d") { _ = on.image.conv2d(weight2, dilation: PerAxis($0)) },
            IntegerCall("conv2d") {
                _ = on.image.conv2d(weight2, padding: .ends(low: [$0, $0], high: [$0, $0]))
            },
            IntegerCall("conv2d") {
                _ = on.image.conv2d(
                    weight2, stride: PerAxis($0), padding: .same, dilation: PerAxis($0))
            },
            IntegerCall("conv2d") { _ = on.image.conv2d(weight2, groups: $0) },
            IntegerCall("convTranspose2d") {
                _ = on.image.convTranspose2d(weight2, stride: PerAxis($0))
            },
            IntegerCall("convTranspose2d") {
                _ = on.image.convTranspose2d(weight2, padding: PerAxis($0))
            },
            IntegerCall("convTranspose2d") {
                _ = on.image.convTranspose2d(weight2, outputPadding: PerAxis($0))
            },
            IntegerCall("convTranspose2d") {
                _ = on.image.convTranspose2d(weight2, dilation: PerAxis($0))
            },
            IntegerCall("convTranspose2d") {
                _ = on.image.convTranspose2d(
                    weight2, stride: PerAxis($0), outputPadding: PerAxis($0), dilation: PerAxis($0))
            },
            IntegerCall("convTranspose2d") { _ = on.image.convTranspose2d(weight2, groups: $0) },
            IntegerCall("conv3d") { _ = on.volume.conv3d(weight3, stride: PerAxis($0)) },
            IntegerCall("conv3d") { _ = on.volume.conv3d(weight3, padding: .both(PerAxis($0))) },
            IntegerCall("conv3d") { _ = on.volume.conv3d(weight3, dilation: PerAxis($0)) },
            IntegerCall("conv3d") {
                _ = on.volume.conv3d(
                    weight3, padding: .ends(low: [$0, $0, $0], high: [$0, $0, $0]))
            },
            IntegerCall("conv3d") {
                _ = on.volume.conv3d(
                    weight3, stride: PerAxis($0), padding: .same, dilation: PerAxis($0))
            },
            IntegerCall("conv3d") { _ = on.volume.conv3d(weight3, groups: $0) },
            IntegerCall("convTranspose3d") {
                _ = on.volume.convTranspose3d(weight3, stride: PerAxis($0))
            },
            IntegerCall("convTranspose3d") {
                _ = on.volume.convTranspose3d(weight3, padding: PerAxis($0))
            },
            IntegerCall("convTranspose3d") {
                _ = on.volume.convTranspose3d(weight3, outputPadding: PerAxis($0))
            },
            IntegerCall("convTranspose3d") {
                _ = on.volume.convTranspose3d(weight3, dilation: PerAxis($0))
            },
            IntegerCall("convTranspose3d") {
                _ = on.volume.convTranspose3d(
                    weight3, stride: PerAxis($0), outputPadding: PerAxis($0), dilation: PerAxis($0))
            },
            IntegerCall("convTranspose3d") { _ = on.volume.convTranspose3d(weight3, groups: $0) },
        ]
    }

    static func pooling() -> [IntegerCall] {
        let on = Operands()
        return [
            IntegerCall("maxPool1d") { _ = on.signal.maxPool1d(PerAxis($0)) },
            IntegerCall("maxPool1d") { _ = on.signal.maxPool1d(2, stride: PerAxis($0)) },
            IntegerCall("maxPool1d") {
                _ = on.signal.maxPool1d(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("maxPool1d") { _ = on.signal.maxPool1d(2, padding: .both(PerAxis($0))) },
            IntegerCall("maxPool1d") {
                _ = on.signal.maxPool1d(PerAxis($0), stride: PerAxis($0), padding: .same)
            },
            IntegerCall("maxPool1d") { _ = on.signal.maxPool1d(2, dilation: PerAxis($0)) },
            IntegerCall("avgPool1d") { _ = on.signal.avgPool1d(PerAxis($0)) },
            IntegerCall("avgPool1d") { _ = on.signal.avgPool1d(2, stride: PerAxis($0)) },
            IntegerCall("avgPool1d") {
                _ = on.signal.avgPool1d(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("avgPool1d") { _ = on.signal.avgPool1d(2, padding: .both(PerAxis($0))) },
            IntegerCall("avgPool1d") {
                _ = on.signal.avgPool1d(PerAxis($0), stride: PerAxis($0), padding: .same)
            },
            IntegerCall("avgPool1d") { _ = on.signal.avgPool1d(2, divisor: $0) },
            IntegerCall("adaptiveAvgPool1d") { _ = on.signal.adaptiveAvgPool1d(PerAxis($0)) },
            IntegerCall("adaptiveMaxPool1d") { _ = on.signal.adaptiveMaxPool1d(PerAxis($0)) },
            IntegerCall("adaptiveMaxPool1d") {
                _ = on.signal.adaptiveMaxPool1dWithIndices(PerAxis($0))
            },
            IntegerCall("maxPool1d") { _ = on.signal.maxPool1dWithIndices(PerAxis($0)) },
            IntegerCall("maxPool1d") {
                _ = on.signal.maxPool1dWithIndices(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("maxPool1d") {
                _ = on.signal.maxPool1dWithIndices(2, padding: .both(PerAxis($0)))
            },
            IntegerCall("maxPool1d") {
                _ = on.signal.maxPool1dWithIndices(2, dilation: PerAxis($0))
            },
            IntegerCall("maxPool2d") { _ = on.image.maxPool2d(PerAxis($0)) },
            IntegerCall("maxPool2d") { _ = on.image.maxPool2d(2, stride: PerAxis($0)) },
            IntegerCall("maxPool2d") {
                _ = on.image.maxPool2d(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("maxPool2d") { _ = on.image.maxPool2d(2, padding: .both(PerAxis($0))) },
            IntegerCall("maxPool2d") {
                _ = on.image.maxPool2d(PerAxis($0), stride: PerAxis($0), padding: .same)
            },
            IntegerCall("maxPool2d") { _ = on.image.maxPool2d(2, dilation: PerAxis($0)) },
            IntegerCall("avgPool2d") { _ = on.image.avgPool2d(PerAxis($0)) },
            IntegerCall("avgPool2d") { _ = on.image.avgPool2d(2, stride: PerAxis($0)) },
            IntegerCall("avgPool2d") {
                _ = on.image.avgPool2d(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("avgPool2d") { _ = on.image.avgPool2d(2, padding: .both(PerAxis($0))) },
            IntegerCall("avgPool2d") {
                _ = on.image.avgPool2d(PerAxis($0), stride: PerAxis($0), padding: .same)
            },
            IntegerCall("avgPool2d") { _ = on.image.avgPool2d(2, divisor: $0) },
            IntegerCall("adaptiveAvgPool2d") { _ = on.image.adaptiveAvgPool2d(PerAxis($0)) },
            IntegerCall("adaptiveMaxPool2d") { _ = on.image.adaptiveMaxPool2d(PerAxis($0)) },
            IntegerCall("adaptiveMaxPool2d") {
                _ = on.image.adaptiveMaxPool2dWithIndices(PerAxis($0))
            },
            IntegerCall("maxPool2d") { _ = on.image.maxPool2dWithIndices(PerAxis($0)) },
            IntegerCall("maxPool2d") {
                _ = on.image.maxPool2dWithIndices(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("maxPool2d") {
                _ = on.image.maxPool2dWithIndices(2, padding: .both(PerAxis($0)))
            },
            IntegerCall("maxPool2d") {
                _ = on.image.maxPool2dWithIndices(2, dilation: PerAxis($0))
            },
            IntegerCall("maxPool3d") { _ = on.volume.maxPool3d(PerAxis($0)) },
            IntegerCall("maxPool3d") { _ = on.volume.maxPool3d(2, stride: PerAxis($0)) },
            IntegerCall("maxPool3d") {
                _ = on.volume.maxPool3d(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("maxPool3d") { _ = on.volume.maxPool3d(2, padding: .both(PerAxis($0))) },
            IntegerCall("maxPool3d") {
                _ = on.volume.maxPool3d(PerAxis($0), stride: PerAxis($0), padding: .same)
            },
            IntegerCall("maxPool3d") { _ = on.volume.maxPool3d(2, dilation: PerAxis($0)) },
            IntegerCall("avgPool3d") { _ = on.volume.avgPool3d(PerAxis($0)) },
            IntegerCall("avgPool3d") { _ = on.volume.avgPool3d(2, stride: PerAxis($0)) },
            IntegerCall("avgPool3d") {
                _ = on.volume.avgPool3d(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("avgPool3d") { _ = on.volume.avgPool3d(2, padding: .both(PerAxis($0))) },
            IntegerCall("avgPool3d") {
                _ = on.volume.avgPool3d(PerAxis($0), stride: PerAxis($0), padding: .same)
            },
            IntegerCall("avgPool3d") { _ = on.volume.avgPool3d(2, divisor: $0) },
            IntegerCall("adaptiveAvgPool3d") { _ = on.volume.adaptiveAvgPool3d(PerAxis($0)) },
            IntegerCall("adaptiveMaxPool3d") { _ = on.volume.adaptiveMaxPool3d(PerAxis($0)) },
            IntegerCall("adaptiveMaxPool3d") {
                _ = on.volume.adaptiveMaxPool3dWithIndices(PerAxis($0))
            },
            IntegerCall("maxPool3d") { _ = on.volume.maxPool3dWithIndices(PerAxis($0)) },
            IntegerCall("maxPool3d") {
                _ = on.volume.maxPool3dWithIndices(2, stride: PerAxis($0), ceilMode: true)
            },
            IntegerCall("maxPool3d") {
                _ = on.volume.maxPool3dWithIndices(2, padding: .both(PerAxis($0)))
            },
            IntegerCall("maxPool3d") {
                _ = on.volume.maxPool3dWithIndices(2, dilation: PerAxis($0))
            },
        ]
    }
}
