import Autograd
import Tensor

// Rows of padding, windows and arrangements of elements: their results are exact but for folding.
extension OpTable {
    private static let real = OpInput.real(-2...2)
    private static let matrices: [Shape] = [[3, 4], [1, 1], [0, 2]]

    static let arranging: [OpRow] = padding + windows + turning + assembling

    private static let padding: [OpRow] = [
        shaped("pad reflect", "Concat", "Flip", "Slice", shapes: [[3, 4], [2, 3], [2, 3, 5]]) {
            $0.pad([(1, 0), (2, 1)], mode: .reflect)
        },
        shaped("pad replicate", "Concat", "Expand", shapes: [[3, 4], [1, 1], [2, 1, 2]]) {
            $0.pad([(1, 0), (2, 3)], mode: .replicate)
        },
        shaped("pad circular", "Concat", "Slice", shapes: [[3, 4], [1, 2], [0, 1, 2]]) {
            $0.pad([(1, 0), (2, 1)], mode: .circular)
        },
        shaped("pad negative", "Slice", "Embed", shapes: [[3, 4], [1, 2], [0, 2]]) {
            $0.pad([(-1, 3)], value: 0.5)
        },
        shaped("pad reflect negative", "Slice", "Concat", shapes: [[3, 4], [1, 3]]) {
            $0.pad([(2, -1)], mode: .reflect)
        },
    ]

    private static let windows: [OpRow] = [
        shaped(
            "unfold", "Unfold", "ScatterAdd", shapes: [[3, 7], [1, 5], [0, 6]], large: [300, 317]
        ) { $0.unfold(axis: 1, size: 3, step: 2, dilation: 2) },
        shaped(
            "unfold axis 0", "Unfold", "ScatterAdd", shapes: [[4, 3], [2, 1], [2, 0]],
            large: [400, 307]
        ) { $0.unfold(axis: 0, size: 2) },
        shaped(
            "unfold images", "Unfold", "Embed", "ScatterAdd",
            shapes: [[2, 3, 4, 5], [1, 2, 2], [0, 1, 3, 3]], large: [2, 3, 60, 70]
        ) { $0.unfold(kernel: (3, 2), stride: (1, 2), padding: (1, 1)) },
        shaped(
            "fold images", "ScatterAdd", "Slice",
            shapes: [[2, 12, 4], [6, 4], [0, 6, 4]], large: [20, 60, 4], roundings: 4
        ) { $0.fold(to: (2, 5), kernel: (3, 2), stride: (1, 2), padding: (1, 0)) },
    ]

    private static let turning: [OpRow] = [
        shaped(
            "moveAxis", "Permute", shapes: [[2, 3, 4], [1, 1, 1], [2, 0, 3]], large: [9, 90, 90]
        ) {
            $0.moveAxis(0, to: -1)
        },
        shaped("moveAxes", "Permute", shapes: [[2, 3, 4], [2, 0, 3]], large: [9, 90, 90]) {
            $0.moveAxes([2, 0], to: [0, 1])
        },
        shaped("rot90", "Permute", "Flip", shapes: matrices) { $0.rot90() },
        shaped("rot90 back", "Permute", "Flip", shapes: matrices) { $0.rot90(-1) },
        shaped("roll of all", "Concat", "Slice", shapes: [[3, 4], [], [1], [0]]) { $0.roll(5) },
        shaped("roll axes", "Concat", "Slice", shapes: matrices) {
            $0.roll([1, -2], axes: [0, 1])
        },
        shaped("unflatten", "Reshape", shapes: [[2, 6], [1, 3], [0, 3]], large: [332, 309]) {
            $0.unflatten(axis: 1, into: [-1, 3])
        },
        shaped(
            "repeated by counts", "Gather", "ScatterAdd", shapes: [[3, 2], [3], [3, 0]],
            large: [3, 307]
        ) {
            $0.repeated([2, 0, 3], axis: 0)
        },
        shaped(
            "repeated by a tensor", "Gather", "ScatterAdd", shapes: [[3, 2], [3], [3, 0]],
            large: [3, 307]
        ) {
            $0.repeated(Tensor(NDArray([2, 0, 3], on: $0.data.backend)), axis: 0)
        },
        unary("atLeast1D", "Reshape") { $0.atLeast1D() },
        unary("atLeast2D", "Reshape") { $0.atLeast2D() },
        unary("atLeast3D", "Reshape") { $0.atLeast3D() },
        shaped("chunk", "Slice", shapes: [[5, 3], [4, 1], [0, 2]]) { $0.chunk(3)[1] },
        shaped("tensorSplit", "Slice", shapes: [[5, 3], [1, 1], [0, 2]]) { $0.tensorSplit(3)[1] },
        shaped("tensorSplit at", "Slice", shapes: [[2, 5], [1, 2], [0, 3]]) {
            $0.tensorSplit(at: [1, -1], axis: 1)[1]
        },
    ]

    private static let pairs: [[Shape]] = [
        [[3, 4], [3, 4]], [[1, 1], [1, 1]], [[0, 2], [0, 2]],
    ]

    private static let assembling: [OpRow] = [
        several(
            "hstack", "Concat", inputs: [real, real], shapes: pairs + [[[3], [2]], [[], []]]
        ) {
            Tensor.hstack($0)
        },
        several(
            "vstack", "Concat", inputs: [real, real], shapes: pairs + [[[3], [3]], [[], []]]
        ) {
            Tensor.vstack($0)
        },
        several(
            "dstack", "Concat", inputs: [real, real], shapes: pairs + [[[3], [3]], [[], []]]
        ) {
            Tensor.dstack($0)
        },
        several(
            "columnStack", "Concat", inputs: [real, real],
            shapes: [[[3, 4], [3]], [[3], [3]], [[0], [0, 2]]]
        ) { Tensor.columnStack($0) },
        several(
            "broadcast", "Expand", "Concat", inputs: [real, real],
            shapes: [[[3, 1], [4]], [[], [0]]]
        ) { Tensor.stack(Tensor.broadcast($0)) },
        several(
            "meshgrid", "Expand", "Concat", inputs: [real, real],
            shapes: [[[3], [4]], [[1], [0]]]
        ) { Tensor.stack(Tensor.meshgrid($0)) },
        several(
            "meshgrid xy", "Expand", "Concat", inputs: [real, real],
            shapes: [[[3], [4]], [[1], [0]]]
        ) { Tensor.stack(Tensor.meshgrid($0, indexing: .xy)) },
        several(
            "cartesianProduct", "Concat", "Expand", inputs: [real, real],
            shapes: [[[3], [4]], [[1], [1]], [[2], [0]]]
        ) { Tensor.cartesianProduct($0) },
        shaped("combinations", "Gather", "ScatterAdd", shapes: [[4], [2], [1], [0]], large: [30]) {
            $0.combinations()
        },
        shaped(
            "combinations with replacement", "Gather", "ScatterAdd", shapes: [[3], [1], [0]],
            large: [20]
        ) { $0.combinations(3, withReplacement: true) },
        several(
            "blockDiagonal", "Embed", "Concat", inputs: [real, real],
            shapes: [[[3, 4], [2, 1]], [[3], []], [[0, 2], [1, 1]]]
        ) { Tensor.blockDiagonal($0) },
    ]
}
