import Autograd
import Tensor

// Rows of operations that move and choose elements: their results are exact.
extension OpTable {
    static let movement: [OpRow] = [
        shaped("reshape", "Reshape", shapes: [[3, 4], [6, 2], [2, 0]]) {
            $0.reshape([2, $0.count / 2])
        },
        unary("flatten", "Reshape") { $0.flatten() },
        shaped(
            "permute", "Permute", shapes: [[2, 3, 4], [1, 1, 1], [2, 0, 3]], large: [9, 90, 90]
        ) { $0.permute([2, 0, 1]) },
        shaped("transpose", "Permute", shapes: [[3, 4], [1, 1], [0, 2]]) { $0.transpose() },
        shaped(
            "expand", "Expand", shapes: [[3, 1], [1, 1], [1], [], [0, 1]], large: [40_001, 1]
        ) {
            $0.rank == 2 ? $0.expand(to: [2, $0.shape[0], 4]) : $0.expand(to: [2, 4])
        },
        unary("unsqueeze", "Reshape") { $0.unsqueeze(-1) },
        shaped("squeeze", "Reshape", shapes: [[3, 1, 4], [1, 1], [0, 1]], large: [300, 1, 307]) {
            $0.squeeze(1)
        },
        shaped("flip", "Flip", shapes: [[3, 4], [1, 1], [0, 2]]) { $0.flip(0, 1) },
        unary("contiguous", "Contiguous") { $0.contiguous() },
        unary("copy", "Contiguous") { $0.copy() },
    ]

    static let slicing: [OpRow] = [
        shaped("x[1]", "Slice", shapes: [[3, 4], [2, 1], [2, 0]]) { $0[1] },
        shaped("x[-1, 1..<3]", "Slice", shapes: [[3, 4], [1, 3], [1, 0]]) { $0[-1, 1..<3] },
        shaped("x[every 2]", "Slice", shapes: [[5, 3], [1, 1], [0, 2]]) { $0[.every(2), .all] },
        shaped("x[every -2]", "Slice", shapes: [[5, 3], [1, 1], [0, 2]]) {
            $0[.every(-2), .every(-1)]
        },
        shaped("x[ellipsis, new, 0]", "Slice", shapes: [[2, 3], [2, 3, 2], [0, 1]]) {
            $0[.ellipsis, .new, 0]
        },
        shaped("narrow", "Slice", shapes: [[3, 4], [1, 3], [0, 3]]) {
            $0.narrow(axis: 1, start: 1, count: 2)
        },
        shaped("split", "Slice", shapes: [[5, 3], [3, 1], [3, 0]]) { $0.split(size: 2)[1] },
        shaped("pad", "Embed", shapes: [[3, 4], [1, 1], [0, 2], []]) {
            $0.pad($0.rank == 0 ? [] : [(before: 1, after: 0), (before: 2, after: 1)], value: 0.5)
        },
    ]

    private static let real = OpInput.real(-2...2)

    static let joining: [OpRow] = [
        several(
            "concat", "Concat", inputs: [real, real, real],
            shapes: [
                [[3, 4], [3, 1], [3, 2]], [[1, 1], [1, 1], [1, 1]], [[2, 0], [2, 3], [2, 0]],
                [[0, 2], [0, 2], [0, 1]],
            ], large: [[331, 107], [331, 97], [331, 203]]
        ) { Tensor.concat($0, axis: 1) },
        several(
            "stack", "Concat", inputs: [real, real],
            shapes: [[[3, 4], [3, 4]], [[], []], [[1], [1]], [[0], [0]]]
        ) { Tensor.stack($0, axis: -1) },
        shaped("tile", "Expand", shapes: [[3, 4], [4], [], [0, 2]]) { $0.tile([2, 3]) },
        shaped("repeated", "Expand", shapes: [[3, 4], [1, 1], [0, 2]]) { $0.repeated(3, axis: 0) },
        shaped("roll", "Concat", "Slice", shapes: [[3, 4], [1, 1], [2, 0]]) {
            $0.roll(-5, axis: 1)
        },
    ]

    static let indexing: [OpRow] = [
        several(
            "take", "Gather", "ScatterAdd", inputs: [real, .index(below: 3)],
            shapes: [
                [[3, 4], [5]], [[3], [2, 2]], [[3, 2], []], [[3, 2], [0]], [[3, 0], [2]],
            ],
            large: [[3, 307], [400]]
        ) { $0[0].take($0[1]) },
        several(
            "take axis 1", "Gather", "ScatterAdd", inputs: [real, .index(below: 4)],
            shapes: [[[3, 4], [5]], [[3, 4, 2], [2, 3]], [[3, 4], []], [[0, 4], [2]]]
        ) { $0[0].take($0[1], axis: 1) },
        several(
            "x[all, rows]", "Gather", inputs: [real, .index(below: 4)],
            shapes: [[[3, 4], [5]], [[3, 4], []]]
        ) { $0[0][.all, $0[1]] },
        several(
            "gather", "Gather", "ScatterAdd", inputs: [real, .index(below: 4)],
            shapes: [
                [[3, 4], [3, 2]], [[2, 4, 3], [2, 5, 3]], [[4], [0]], [[0, 4], [0, 2]],
            ]
        ) { $0[0].gather($0[1], axis: $0[0].rank == 1 ? 0 : 1) },
        several(
            "scatterAdd", "ScatterAdd", inputs: [real, .index(below: 4), real],
            shapes: [
                [[3, 4], [3, 2], [3, 2]], [[4], [9], [9]], [[4], [0], [0]],
            ], large: [[4], [9001], [9001]], roundings: 3
        ) { $0[0].scatterAdd($0[1], $0[2], axis: -1) },
        several(
            "indexAdd", "ScatterAdd", inputs: [real, .index(below: 3), real],
            shapes: [[[3, 2], [5], [5, 2]], [[3], [1], [1]], [[3, 2], [0], [0, 2]]], roundings: 3
        ) { $0[0].indexAdd($0[1], $0[2]) },
        several(
            "masked", "Gather", inputs: [real, .bool],
            shapes: [[[3, 4], [3, 4]], [[], []], [[0], [0]]], large: [[331, 107], [331, 107]],
            batching: .none("the result's size depends on the values")
        ) { $0[0].masked($0[1]) },
        several(
            "nonzero", inputs: [.bool], shapes: [[[3, 4]], [[]], [[2, 0]]],
            gradient: .none("index"), batching: .none("the result's size depends on the values")
        ) { $0[0].nonzero() },
        several(
            "oneHot", "Positions", "Compare", "Cast", inputs: [.index(below: 4)],
            shapes: [[[3]], [[]], [[0]]],
            gradient: .none("index")
        ) { $0[0].oneHot(4) },
    ]
}
