import Autograd
import Tensor

extension OpTable {
    private static let real = OpInput.real(-2...2)

    /// Convolutions, by shapes of the input, the weight and the bias.
    static let convolution: [OpRow] = [
        row(
            "conv1d", [[2, 3, 7], [4, 3, 3], [4]], [[1, 1, 1], [1, 1, 1], [1]],
            [[0, 3, 7], [4, 3, 3], [4]]
        ) {
            $0[0].conv1d($0[1], $0[2], padding: 1)
        },
        row(
            "conv2d", [[2, 3, 5, 6], [4, 3, 3, 2], [4]], [[1, 1, 1, 1], [1, 1, 1, 1], [1]],
            [[3, 5, 6], [4, 3, 3, 2], [4]], [[0, 3, 5, 6], [4, 3, 3, 2], [4]],
            large: [[3, 40, 21, 33], [35, 40, 3, 3], [35]]
        ) { $0[0].conv2d($0[1], $0[2]) },
        row(
            "conv2d with ReLU", [[2, 3, 5, 6], [4, 3, 3, 2], [4]],
            large: [[3, 40, 21, 33], [35, 40, 3, 3], [35]]
        ) {
            $0[0].convolve(
                2, $0[1], $0[2], KernelMovement(stride: 1, padding: 0, dilation: 1, groups: 1),
                rectified: true)
        },
        row(
            "conv2d strided, dilated, in groups", [[1, 4, 7, 8], [6, 2, 2, 3], [6]],
            [[2, 2, 5, 6], [2, 1, 3, 2], [2]], large: [[3, 30, 31, 33], [34, 15, 3, 3], [34]]
        ) {
            $0[0].conv2d(
                $0[1], $0[2], stride: [2, 1], padding: .ends(low: [1, 0], high: [2, 1]),
                dilation: [1, 2], groups: 2)
        },
        row("conv1d stepping over", [[2, 2, 9], [3, 2, 1], [3]]) {
            $0[0].conv1d($0[1], $0[2], stride: 4)
        },
        row("conv2d same", [[2, 1, 5, 6], [1, 1, 3, 2], [1]]) {
            $0[0].conv2d($0[1], $0[2], stride: 2, padding: .same)
        },
        // Flat, for a Jacobian has the axes of both sides, and there are eight at most.
        row("conv3d", [[72], [32], [2]]) {
            let y = $0[0].reshape([1, 2, 3, 4, 3]).conv3d($0[1].reshape([2, 2, 2, 2, 2]), $0[2])
            return y.flatten()
        },
        row("convTranspose1d", [[2, 3, 4], [3, 2, 3], [2]]) {
            $0[0].convTranspose1d($0[1], $0[2], stride: 2)
        },
        row(
            "convTranspose2d", [[1, 4, 3, 4], [4, 2, 3, 2], [4]],
            [[0, 2, 3, 4], [2, 2, 3, 2], [4]]
        ) {
            $0[0].convTranspose2d(
                $0[1], $0[2], stride: [2, 3], padding: [1, 0], outputPadding: [1, 2],
                dilation: [2, 1], groups: 2)
        },
        row("convTranspose3d", [[24], [16], [1]]) {
            let (x, weight) = ($0[0].reshape([1, 2, 2, 3, 2]), $0[1].reshape([2, 1, 2, 2, 2]))
            return x.convTranspose3d(weight, $0[2]).flatten()
        },
    ]

    private static func row(
        _ name: String, _ shapes: [Shape]..., large: [Shape]? = nil,
        apply: @escaping @Sendable ([Tensor]) -> Tensor
    ) -> OpRow {
        several(
            name, "Convolution", inputs: [real, real, real], shapes: shapes,
            large: large ?? shapes[0], roundings: 3, apply)
    }
}
