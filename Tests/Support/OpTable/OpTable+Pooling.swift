import Autograd
import Tensor

extension OpTable {
    /// The largest elements and means of windows.
    static let pooling: [OpRow] = [
        shaped(
            "maxPool1d", "MaxPool", "MaxPoolMove",
            shapes: [[2, 3, 7], [1, 3], [0, 2, 5]], large: [40, 7, 401]
        ) { $0.maxPool1d(3, stride: 2, padding: 1) },
        shaped(
            "maxPool2d", "MaxPool", "MaxPoolMove",
            shapes: [[1, 2, 4, 6], [2, 2, 2], [1, 5, 3]], large: [3, 40, 22, 34]
        ) { $0.maxPool2d(2) },
        shaped(
            "maxPool2d overlapping, dilated", "MaxPool", "MaxPoolMove",
            shapes: [[2, 7, 6]], large: [40, 41, 35]
        ) {
            $0.maxPool2d(
                [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 3], ceilMode: true)
        },
        shaped("maxPool3d", "MaxPool", shapes: [[2, 3, 4, 3]], large: [24, 9, 14, 21]) {
            $0.maxPool3d(2, stride: [1, 2, 1])
        },
        shaped("adaptiveMaxPool2d", "MaxPool", shapes: [[2, 5, 7]], large: [20, 31, 33]) {
            $0.adaptiveMaxPool2d([2, 3])
        },
        shaped(
            "maxPool2d indices", "MaxPoolPlaces", shapes: [[1, 2, 4, 6], [2, 7, 6], [0, 5, 4]],
            large: [40, 41, 35], gradient: .none("index")
        ) {
            $0.maxPool2dWithIndices(
                [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 3], ceilMode: true
            ).indices
        },
        shaped(
            "adaptiveMaxPool1d indices", "MaxPoolPlaces", shapes: [[2, 3, 7], [1, 1]],
            large: [40, 7, 401], gradient: .none("index")
        ) { $0.adaptiveMaxPool1dWithIndices(3).indices },
        shaped(
            "avgPool1d", "MeanPool", shapes: [[2, 3, 7], [1, 3], [0, 2, 5]], large: [40, 7, 401],
            roundings: 2
        ) { $0.avgPool1d(3, stride: 2, padding: 1) },
        shaped(
            "avgPool2d", "MeanPool", shapes: [[2, 5, 7]], large: [40, 41, 35], roundings: 2
        ) {
            $0.avgPool2d(
                [3, 2], stride: [2, 3], padding: [1, 0], ceilMode: true,
                countIncludesPadding: false)
        },
        shaped("avgPool3d", "MeanPool", shapes: [[2, 3, 4, 3]], large: [24, 9, 14, 21]) {
            $0.avgPool3d(2, stride: 1, divisor: 5)
        },
        shaped("adaptiveAvgPool2d", "MeanPool", shapes: [[2, 5, 7]], large: [20, 31, 33]) {
            $0.adaptiveAvgPool2d([2, 3])
        },
    ]

    /// Channels brought to mean 0 and variance 1.
    static let channels: [OpRow] = [
        several(
            "batchNorm", "ChannelMoments", "BatchNormalize", "BatchNormalizeGrad",
            inputs: [.real(-2...2), .real(-2...2), .real(-2...2)],
            shapes: [[[3, 2, 2], [2], [2]], [[4, 3], [3], [3]]],
            large: [[5, 40, 401], [40], [40]], roundings: 8
        ) { $0[0].batchNorm(weight: $0[1], bias: $0[2], epsilon: 0.1) },
        shaped(
            "batchNorm of large planes", "ChannelMoments", "BatchNormalize", "BatchNormalizeGrad",
            shapes: [[2, 1, 4, 9]], large: [5, 40, 20, 21], roundings: 8
        ) { $0.batchNorm(epsilon: 0.1) },
        several(
            "batchNorm with ReLU", "ChannelMoments", "BatchNormalize", "BatchNormalizeGrad",
            inputs: [.real(-2...2), .real(-2...2), .real(-2...2)],
            shapes: [[[3, 2, 2], [2], [2]], [[4, 3], [3], [3]]],
            large: [[5, 40, 401], [40], [40]], roundings: 8
        ) {
            $0[0].batchNormWithMoments(
                weight: $0[1], bias: $0[2], epsilon: 0.1, rectified: true
            ).y
        },
        several(
            "batchNorm, sum and ReLU", "ChannelMoments", "BatchNormalize", "BatchNormalizeGrad",
            "ActivationGrad",
            inputs: [.real(-2...2), .real(-2...2), .real(-2...2), .real(-2...2)],
            shapes: [[[3, 2, 2], [2], [2], [3, 2, 2]], [[4, 3], [3], [3], [4, 3]]],
            large: [[5, 40, 401], [40], [40], [5, 40, 401]], roundings: 8
        ) {
            $0[0].batchNormWithMoments(
                weight: $0[1], bias: $0[2], epsilon: 0.1, added: $0[3], rectified: true
            ).y
        },
        several(
            "batchNorm and sum of large planes", "ChannelMoments", "BatchNormalize",
            "BatchNormalizeGrad", inputs: [.real(-2...2), .real(-2...2)],
            shapes: [[[2, 1, 4, 9], [2, 1, 4, 9]]], large: [[5, 40, 20, 21], [5, 40, 20, 21]],
            roundings: 8
        ) {
            $0[0].batchNormWithMoments(weight: nil, bias: nil, epsilon: 0.1, added: $0[1]).y
        },
        several(
            "batchNorm by given moments", "Rsqrt",
            inputs: [.real(-2...2), .real(-1...1), .real(0.5...2)],
            shapes: [[[3, 2, 2], [2], [2]]], large: [[5, 40, 401], [40], [40]], roundings: 8
        ) { $0[0].batchNorm(mean: $0[1], variance: $0[2], epsilon: 0.1) },
        several(
            "groupNorm", "Normalize", "NormalizeGrad",
            inputs: [.real(-2...2), .real(-2...2), .real(-2...2)],
            shapes: [[[2, 4, 3], [4], [4]]], large: [[5, 40, 401], [40], [40]], roundings: 8
        ) { $0[0].groupNorm(2, weight: $0[1], bias: $0[2], epsilon: 0.1) },
        shaped(
            "instanceNorm", "Normalize", "NormalizeGrad", shapes: [[2, 2, 3, 2]],
            large: [5, 40, 20, 21], roundings: 8
        ) { $0.instanceNorm(epsilon: 0.1) },
    ]
}
