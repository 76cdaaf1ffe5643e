import Autograd
import Tensor

extension OpTable {
    /// Images of other sizes.
    static let upsampling: [OpRow] = [
        shaped(
            "upsample nearest by 3", "Expand", shapes: [[2, 3, 4], [1, 1], [0, 2]],
            large: [30, 41, 35]
        ) { $0.upsample(by: [3]) },
        shaped(
            "upsample nearest to sizes", "Gather", "ScatterAdd", shapes: [[2, 3, 4], [1, 1]],
            large: [30, 41, 35]
        ) { $0.upsample(to: [5, 3]) },
        shaped(
            "upsample linear", "Gather", "ScatterAdd", shapes: [[2, 3, 4], [1, 1], [0, 2, 3]],
            large: [9, 41, 35], roundings: 6
        ) { $0.upsample(by: [2, 1.5], .linear()) },
        shaped(
            "upsample linear, corners aligned", "Gather", "ScatterAdd",
            shapes: [[2, 3, 4], [1, 1]], large: [9, 41, 35], roundings: 6
        ) { $0.upsample(to: [7, 3], .linear(alignCorners: true)) },
        shaped(
            "pixelShuffle", "Permute", shapes: [[2, 8, 3, 2], [4, 1, 1], [0, 4, 2, 2]],
            large: [12, 40, 41]
        ) { $0.pixelShuffle(2) },
        shaped(
            "pixelUnshuffle", "Permute", shapes: [[2, 2, 4, 6], [1, 2, 2]], large: [3, 80, 82]
        ) { $0.pixelUnshuffle(2) },
        shaped("maxOut", "Extreme", shapes: [[2, 6], [3], [0, 3]], large: [300, 303]) {
            $0.maxOut(3)
        },
    ]
}
