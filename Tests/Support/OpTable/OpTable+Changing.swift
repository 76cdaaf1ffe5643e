import Autograd
import Tensor

// Rows of operations that choose elements by several tensors, or change those chosen.
extension OpTable {
    private static let real = OpInput.real(-2...2)
    private static let threes = OpInput.index(below: 3)
    private static let fours = OpInput.index(below: 4)

    static let changing: [OpRow] = choosing + scattering + writing

    private static let choosing: [OpRow] = [
        several(
            "x[i, j]", "Gather", "ScatterAdd", inputs: [real, threes, fours],
            shapes: [
                [[3, 4, 2], [2, 1], [3]], [[3, 4], [5], []], [[3, 4], [], []], [[3, 4], [0], [1]],
            ], large: [[3, 4, 307], [400], [400]]
        ) { $0[0][$0[1], $0[2]] },
        several(
            "x[all, i, j]", "Gather", "ScatterAdd", inputs: [real, threes, fours],
            shapes: [[[2, 3, 4, 2], [5], [5]], [[0, 3, 4], [2], [2]]]
        ) { $0[0][.all, $0[1], $0[2]] },
        several(
            "x[i, all, j]", "Gather", "ScatterAdd", inputs: [real, threes, fours],
            shapes: [[[3, 2, 4], [5], [2, 1]], [[3, 1, 4], [], [1]]]
        ) { $0[0][$0[1], .all, $0[2]] },
        several(
            "gather of fewer", "Gather", "ScatterAdd", inputs: [real, fours],
            shapes: [[[3, 4], [2, 6]], [[1, 4], [1, 1]], [[3, 4], [0, 2]]]
        ) { $0[0].gather($0[1], axis: 1) },
        several(
            "takeAlong axis 1", "Gather", "ScatterAdd", inputs: [real, fours],
            shapes: [[[3, 4], [1, 2]], [[1, 4, 2], [3, 1, 1]], [[3, 4], [3, 0]]]
        ) { $0[0].takeAlong($0[1], axis: 1) },
        several(
            "where else n", "Where", inputs: [.bool, real],
            shapes: [[[3, 4], [3, 4]], [[4], [3, 1]], [[], []], [[0], [1]]]
        ) { Tensor.where($0[0], $0[1], 1.5) },
        several(
            "where n else", "Where", inputs: [.bool, real],
            shapes: [[[3, 4], [3, 4]], [[4], [3, 1]], [[], []], [[0], [1]]]
        ) { Tensor.where($0[0], 1.5, $0[1]) },
    ]

    private static let alongRows: [[Shape]] = [
        [[3, 4], [3, 2], [3, 2]], [[2, 4], [2, 5], [3, 7]], [[4], [9], [9]], [[4], [0], [0]],
    ]

    private static func reducing(
        _ name: String, _ classes: String, _ reduction: ScatterReduction, includingSelf: Bool
    ) -> OpRow {
        OpRow(
            name: name, classes: [classes, "Gather"], inputs: [real, fours, real],
            shapes: alongRows, large: [[4], [9001], [9001]], gradient: .exact, roundings: 4
        ) {
            $0[0].scatterReduce(
                $0[1], $0[2], axis: -1, by: reduction, includingSelf: includingSelf)
        }
    }

    private static let scattering: [OpRow] = [
        several(
            "scatter", "LastItem", "Gather", "Where", inputs: [real, fours, real],
            shapes: alongRows + [[[4, 2], [3, 1], [3, 2]]],
            large: [[4], [9001], [9001]]
        ) { $0[0].scatter($0[1], $0[2], axis: $0[0].shape == [4, 2] ? 0 : -1) },
        several(
            "scatter n", "LastItem", "Where", inputs: [real, fours],
            shapes: [[[3, 4], [3, 2]], [[4], [0]]]
        ) { $0[0].scatter($0[1], 1.5, axis: -1) },
        reducing("scatterReduce sum", "ScatterAdd", .sum, includingSelf: true),
        reducing("scatterReduce sum alone", "ScatterAdd", .sum, includingSelf: false),
        reducing("scatterReduce mean", "ScatterAdd", .mean, includingSelf: true),
        reducing("scatterReduce mean alone", "ScatterAdd", .mean, includingSelf: false),
        reducing("scatterReduce max", "ScatterExtreme", .max, includingSelf: true),
        reducing("scatterReduce min alone", "ScatterExtreme", .min, includingSelf: false),
        several(
            "scatterReduce prod", "ScatterProduct", "Gather", inputs: [real, fours, real],
            shapes: alongRows, roundings: 6
        ) { $0[0].scatterReduce($0[1], $0[2], axis: -1, by: .prod) },
        several(
            "scatterReduce prod with zeros", "ScatterProduct", "Gather",
            inputs: [real, fours, real], shapes: [[[4], [9], [9]], [[3, 4], [3, 6], [3, 6]]],
            roundings: 6
        ) { inputs in
            let source = inputs[2] * inputs[2].round()
            return inputs[0].scatterReduce(
                inputs[1], source, axis: -1, by: .prod, includingSelf: false)
        },
        several(
            "indexReduce max", "ScatterExtreme", "Gather", inputs: [real, threes, real],
            shapes: [[[2, 3], [5], [2, 5]], [[1, 3], [1], [1, 1]], [[2, 3], [0], [2, 0]]]
        ) { $0[0].indexReduce($0[1], $0[2], axis: 1, by: .max) },
    ]

    private static let writing: [OpRow] = [
        several(
            "indexCopy", "LastItem", "Gather", "Where", inputs: [real, threes, real],
            shapes: [
                [[2, 3, 4], [5], [2, 5, 4]], [[1, 3], [1], [1, 1]], [[2, 3], [0], [2, 0]],
            ], large: [[3, 3, 307], [400], [3, 400, 307]]
        ) { $0[0].indexCopy($0[1], $0[2], axis: 1) },
        several(
            "indexFill", "LastItem", "Where", inputs: [real, threes],
            shapes: [[[2, 3, 4], [2]], [[1, 3], []], [[2, 3], [0]], [[0, 3], [1]]]
        ) { $0[0].indexFill($0[1], 1.5, axis: 1) },
        several(
            "indexPut", "LastItem", "Gather", "Where", inputs: [real, threes, fours, real],
            shapes: [
                [[3, 4], [5], [5], [5]], [[3, 4, 2], [2, 1], [2], [2]], [[3, 4], [], [], [1]],
                [[3, 4], [0], [0], [0]],
            ]
        ) { $0[0].indexPut([$0[1], $0[2]], $0[3]) },
        several(
            "indexPut accumulating", "ScatterAdd", "Gather", inputs: [real, threes, real],
            shapes: [[[3, 4], [5], [5, 3]], [[3, 3], [], []], [[3, 4], [0], [0, 3]]], roundings: 3
        ) { $0[0].indexPut([$0[1], 1...], $0[2], accumulating: true) },
        several(
            "indexPut of a slice", "LastItem", "Gather", "Where", inputs: [real, real],
            shapes: [[[3, 4], [2, 1]], [[2, 1], []], [[3, 0], [2, 0]]]
        ) { $0[0].indexPut([..<2, .every(-2)], $0[1]) },
        several(
            "put", "LastItem", "Gather", "Where", inputs: [real, .index(below: 6), real],
            shapes: [
                [[2, 3], [4], [4]], [[6], [2, 2], [2, 2]], [[3, 2], [], []], [[6], [0], [0]],
            ]
        ) { $0[0].put($0[1], $0[2]) },
        several(
            "put accumulating", "ScatterAdd", "Gather", inputs: [real, .index(below: 6), real],
            shapes: [[[2, 3], [9], [9]], [[3, 2], [], []], [[6], [0], [0]]], roundings: 3
        ) { $0[0].put($0[1], $0[2], accumulating: true) },
        several(
            "maskedScatter", "CumSum", "Gather", "Where", inputs: [real, .bool, real],
            shapes: [
                [[3, 4], [3, 4], [12]], [[3, 4], [4], [3, 5]], [[], [], [1]], [[0], [0], [2]],
            ], large: [[331, 307], [331, 307], [331, 307]]
        ) { $0[0].maskedScatter($0[1], $0[2]) },
    ]
}
