import Autograd
import Tensor

// Rows of products, distances and diagonals.
extension OpTable {
    private static let real = OpInput.real(-2...2)
    private static let squares: [Shape] = [[3, 3], [1, 1], [0, 0], [2, 3, 3]]

    static let products: [OpRow] = [
        several(
            "einsum ij,jk", "MatMul", inputs: [real, real],
            shapes: [
                [[3, 4], [4, 2]], [[1, 1], [1, 1]], [[0, 4], [4, 2]], [[3, 0], [0, 2]],
                [[3, 1], [4, 2]],
            ], large: [[160, 310], [310, 170]], roundings: 3
        ) { einsum("ij,jk", $0) },
        several(
            "einsum bij,bkj->kb", "MatMul", "Sum", inputs: [real, real],
            shapes: [
                [[2, 3, 4], [2, 5, 4]], [[1, 1, 1], [1, 1, 1]], [[1, 3, 4], [2, 5, 4]],
                [[2, 0, 4], [2, 5, 4]],
            ], roundings: 4
        ) { einsum("bij,bkj->kb", $0) },
        several(
            "einsum ...ii->i...", "Diagonal", inputs: [real],
            shapes: [[[2, 3, 3]], [[3, 3]], [[1, 1]], [[0, 2, 2]]]
        ) { einsum("...ii->i...", $0) },
        several(
            "einsum i,...ij,j", "MatMul", inputs: [real, real, real],
            shapes: [
                [[3], [3, 4], [4]], [[3], [2, 3, 4], [4]], [[1], [1, 1], [1]], [[0], [0, 4], [4]],
            ], roundings: 4
        ) { einsum("i,...ij,j", $0) },
        several(
            "inner", "MatMul", inputs: [real, real],
            shapes: [
                [[3, 4], [2, 4]], [[4], [4]], [[2, 3, 4], [4]], [[], [3]], [[1], [1]], [[0], [0]],
            ], roundings: 3
        ) { $0[0].inner($0[1]) },
        several(
            "kron", "Mul", inputs: [real, real],
            shapes: [
                [[2, 3], [4, 2]], [[3], [2, 2]], [[2, 2], [3]], [[1], [1]], [[], [3]],
                [[0, 2], [2, 3]],
            ]
        ) { $0[0].kron($0[1]) },
        several(
            "cross", "Mul", inputs: [real, real],
            shapes: [
                [[3], [3]], [[4, 3], [4, 3]], [[2, 1, 3], [4, 3]], [[0, 3], [0, 3]],
            ],
            roundings: 3
        ) { $0[0].cross($0[1]) },
        several(
            "addMatMul", "MatMul", inputs: [real, real, real],
            shapes: [
                [[3, 2], [3, 4], [4, 2]], [[2], [3, 4], [4, 2]], [[1, 1], [1, 1], [1, 1]],
                [[2, 3, 2], [2, 3, 4], [2, 4, 2]], [[0, 2], [0, 4], [4, 2]],
            ], roundings: 5
        ) { $0[0].addMatMul($0[1], $0[2], beta: 0.5, alpha: 2) },
        several(
            "chainMatMul", "MatMul", inputs: [real, real, real],
            shapes: [
                [[3, 4], [4, 2], [2, 3]], [[2, 3], [3, 4], [4]], [[3], [3, 4], [4, 2]],
                [[1, 1], [1, 1], [1, 1]], [[0, 4], [4, 2], [2, 3]],
            ], roundings: 6
        ) { Tensor.chainMatMul($0) },
        shaped("vander", "Mul", shapes: [[3], [2, 3], [1], [0]], roundings: 3) { $0.vander(3) },
        shaped("vander increasing", "Mul", shapes: [[3], [1]], roundings: 3) {
            $0.vander(4, increasing: true)
        },
        shaped(
            "matrixPower 3", "MatMul", shapes: squares, large: [130, 130], over: -1...1,
            roundings: 8
        ) {
            $0.matrixPower(3)
        },
        shaped(
            "matrixPower -2", "Solve", shapes: squares, large: [24, 24], over: -1...1, roundings: 8
        ) {
            widened([$0]) { shifted($0[0]).matrixPower(-2) }
        },
    ]

    static let distances: [OpRow] = [
        distance("cdist", 2), distance("cdist 1", 1), distance("cdist 3", 3),
        distance("cdist infinity", .infinity),
        several(
            "pairwiseDistance", "Norm", inputs: [real, real],
            shapes: [[[3, 4], [3, 4]], [[3, 4], [4]], [[4], [4]], [[0, 4], [4]]], roundings: 4
        ) { $0[0].pairwiseDistance($0[1], epsilon: 0.125) },
        several(
            "cosineSimilarity", "Norm", inputs: [real, real],
            shapes: [
                [[3, 4], [3, 4]], [[3, 4], [1, 4]], [[1, 2], [1, 2]], [[0, 4], [1, 4]],
            ],
            roundings: 6
        ) { $0[0].cosineSimilarity($0[1]) },
        shaped("normalize", "Norm", shapes: [[3, 4], [2, 3, 2], [1, 2], [0, 4]], roundings: 3) {
            $0.normalize()
        },
        shaped(
            "renorm", "Norm", shapes: [[3, 4], [2, 3, 2], [1, 2], [0, 4]], over: 0.5...2,
            roundings: 4
        ) { $0.renorm(axis: 0, maximum: 2.25) },
        shaped("cov", "MatMul", shapes: [[3, 5], [5], [2, 2], [0, 4]], roundings: 6) { $0.cov() },
        several(
            "cov with weights", "MatMul", inputs: [real, .real(0.5...2)],
            shapes: [[[3, 5], [5]], [[5], [5]], [[1, 2], [2]]], roundings: 10
        ) { $0[0].cov(weights: $0[1]) },
        shaped("corrcoef", "MatMul", "Clip", shapes: [[3, 5], [2, 4], [0, 4]], roundings: 10) {
            $0.corrcoef()
        },
        shaped(
            "matrixNorm", "Norm", shapes: [[3, 4], [2, 3, 2], [1, 1]], over: 0.5...2, roundings: 3
        ) { $0.matrixNorm() },
        shaped(
            "matrixNorm columns", "Norm", "Extreme", shapes: [[3, 4], [2, 3, 2], [1, 1]],
            roundings: 3
        ) { $0.matrixNorm(.columns, keepDims: true) },
        shaped(
            "matrixNorm rows", "Norm", "Extreme", shapes: [[3, 4], [2, 3, 2], [1, 1]],
            roundings: 3
        ) { $0.matrixNorm(.rows) },
        shaped(
            "vectorNorm 0", "Sum", shapes: [[3, 4], [2, 3, 2], [0, 4]], gradient: .none("float")
        ) {
            $0.round().vectorNorm(0, axes: [0])
        },
    ]

    private static func distance(_ name: String, _ order: Double) -> OpRow {
        several(
            name, "PairDistance", "Norm", inputs: [real, real],
            shapes: [
                [[3, 4], [2, 4]], [[2, 3, 4], [2, 4]], [[1, 1], [1, 1]], [[0, 4], [2, 4]],
                [[3, 4], [0, 4]],
            ], large: [[97, 31], [83, 31]], roundings: 4
        ) { $0[0].cdist($0[1], order: order) }
    }

    static let diagonals: [OpRow] = [
        shaped("diagonal", "Diagonal", shapes: [[3, 4], [4, 3, 2], [1, 1], [0, 4]]) {
            $0.diagonal()
        },
        shaped(
            "diagonal 1 of axes 1, 0", "Diagonal", shapes: [[3, 4], [4, 3, 2], [1, 1], [2, 0]]
        ) {
            $0.diagonal(offset: 1, axis1: 1, axis2: 0)
        },
        shaped("diagEmbed", "DiagonalMatrix", shapes: [[3], [2, 3], [1], [0]]) { $0.diagEmbed() },
        shaped("diagEmbed -1 in axes 0, 2", "DiagonalMatrix", shapes: [[2, 3], [1, 1], [2, 0]]) {
            $0.diagEmbed(offset: -1, axis1: 0, axis2: 2)
        },
        shaped("diag", "Diagonal", "DiagonalMatrix", shapes: [[3], [3, 4], [1], [1, 1], [0]]) {
            $0.diag(-1)
        },
        shaped("trace", "Diagonal", "Sum", shapes: [[3, 4], [3, 3, 2], [1, 1], [0, 0]]) {
            $0.trace()
        },
    ]
}
