import Autograd
import Tensor

// Rows of operations that order, count and accumulate elements.
extension OpTable {
    private static let anyRows: [Shape] = [[3, 4], [1, 1], [3, 1], [1, 4], [0, 4], [3, 0]]
    private static let fullRows: [Shape] = [[3, 4], [1, 1], [3, 1], [1, 4], [0, 4]]
    private static let longRows: Shape = [3, 66_003]
    private static let real = OpInput.real(-2...2)
    private static let sized = OpBatching.none("the result's size depends on the values")

    static let ordering: [OpRow] = [
        shaped(
            "sort", "Order", "TakeAlong", "AddAlong", shapes: anyRows + [[2, 3, 4], [70], []],
            large: longRows
        ) { $0.sort().values },
        shaped("sort axis 0 descending", "Order", "TakeAlong", shapes: anyRows + [[3, 2, 2]]) {
            $0.sort(axis: 0, descending: true).values
        },
        shaped("sort indices", "Order", shapes: anyRows, large: longRows, gradient: .none("index"))
        {
            $0.sort().indices
        },
        shaped("argSort", "Order", shapes: anyRows, gradient: .none("index")) {
            $0.argSort(axis: 0, descending: true)
        },
        shaped("msort", "Order", "TakeAlong", shapes: anyRows) { $0.msort() },
        shaped(
            "topK", "Top", "TakeAlong", shapes: [[3, 4], [2, 3], [0, 4], [2, 3, 9], [70]],
            large: [150_001]
        ) { $0.topK(3).values },
        shaped("topK smallest axis 0", "Top", "TakeAlong", shapes: [[3, 4], [2, 1], [2, 0]]) {
            $0.topK(2, axis: 0, largest: false).values
        },
        shaped(
            "topK indices", "Top", shapes: [[3, 4], [2, 3], [0, 4]], gradient: .none("index")
        ) {
            $0.topK(3).indices
        },
        shaped("maxWithIndices", "ArgExtreme", "TakeAlong", shapes: fullRows) {
            $0.maxWithIndices(axis: 1).values
        },
        shaped("minWithIndices", "ArgExtreme", "TakeAlong", shapes: [[3, 4], [1, 1], [3, 0]]) {
            $0.minWithIndices(axis: 0, keepDims: true).values
        },
        shaped("kthValue", "RankPlace", "TakeAlong", shapes: [[3, 4], [1, 2], [0, 2]]) {
            $0.kthValue(2).values
        },
        shaped("median axis 1", "RankPlace", "TakeAlong", shapes: fullRows + [[3, 70]]) {
            $0.median(axis: 1).values
        },
        shaped("median", "RankPlace", "TakeAlong", shapes: [[3, 4], [], [1]]) {
            $0.median()
        },
        shaped("nanMedian axis 0", "RankPlace", "TakeAlong", shapes: [[3, 4], [1, 1], [3, 0]]) {
            $0.nanMedian(axis: 0, keepDims: true).values
        },
        shaped("mode", "Order", "RunningExtreme", "TakeAlong", shapes: fullRows) {
            $0.mode().values
        },
        shaped("quantile", "Order", "TakeAlong", shapes: fullRows, roundings: 3) {
            $0.quantile(0.3, axis: 1)
        },
        shaped("quantiles of all", "Order", "TakeAlong", shapes: [[3, 4], [], [1]], roundings: 3) {
            $0.quantile([0.25, 0.9], keepDims: true)
        },
        shaped("quantile nearest", "Order", "TakeAlong", shapes: fullRows) {
            $0.quantile([0.3, 0.8], axis: -1, keepDims: true, interpolation: .nearest)
        },
        several(
            "quantile by tensor", "Order", "TakeAlong", inputs: [real, .real(0.1...0.9)],
            shapes: [[[3, 4], [2]], [[2, 3], []], [[5], [3]]], roundings: 8
        ) { $0[0].quantile($0[1], axis: 0) },
        shaped("nanQuantile", "Order", "TakeAlong", shapes: fullRows, roundings: 3) {
            $0.nanQuantile(0.6, axis: 1, interpolation: .midpoint)
        },
        several(
            "takeAlong", "TakeAlong", "AddAlong", inputs: [real, .index(below: 4)],
            shapes: [
                [[3, 4], [3, 2]], [[2, 3, 4], [2, 3, 9]], [[4], [0]], [[0, 4], [0, 2]],
            ]
        ) { InnerOps.takeAlong($0[0], $0[1].mod(4)) },
        several(
            "addAlong", "AddAlong", "TakeAlong", inputs: [real, .index(below: 4)],
            shapes: [
                [[3, 4], [3, 4]], [[2, 3, 9], [2, 3, 9]], [[0], [0]], [[0, 2], [0, 2]],
            ],
            large: [[5, 30_001], [5, 30_001]], roundings: 3
        ) { InnerOps.addAlong($0[0], $0[1].mod(4), size: 4) },
        shaped("unique", "Order", "Gather", shapes: [[3, 4], [], [1], [0]], batching: sized) {
            $0.unique().values
        },
        shaped(
            "unique axis", "Order", "Gather", shapes: [[3, 4], [2, 1], [2, 0]], batching: sized
        ) { $0.unique(axis: 1).values },
        shaped("uniqueConsecutive", "Gather", shapes: [[3, 4], [], [1], [0]], batching: sized) {
            $0.uniqueConsecutive().values
        },
        shaped(
            "uniqueConsecutive axis", "Gather", shapes: [[3, 4], [2, 1], [2, 0]], batching: sized
        ) { $0.repeated(2, axis: 1).uniqueConsecutive(axis: 1).values },
    ]

    static let running: [OpRow] = [
        shaped(
            "cumprod", "CumProd", "Recurrence", shapes: anyRows + [[2, 3, 4], []], roundings: 4
        ) {
            $0.cumprod()
        },
        shaped(
            "cumprod with zeros axis 0", "CumProd", "Recurrence", shapes: [[4, 3], [2, 2]],
            large: [40, 997], roundings: 4
        ) { ($0 * $0.round()).cumprod(axis: 0) },
        shaped(
            "logCumSumExp", "LogCumSumExp", "Recurrence", shapes: anyRows + [[2, 3, 4], []],
            roundings: 2
        ) { $0.logCumSumExp() },
        shaped("logCumSumExp axis 0", "LogCumSumExp", "Recurrence", shapes: anyRows, roundings: 2) {
            $0.logCumSumExp(axis: 0)
        },
        shaped("cummax", "RunningExtreme", "TakeAlong", shapes: anyRows + [[]]) {
            $0.cummax().values
        },
        shaped("cummin axis 0", "RunningExtreme", "TakeAlong", shapes: anyRows) {
            $0.cummin(axis: 0).values
        },
        shaped("cummax indices", "RunningExtreme", shapes: anyRows, gradient: .none("index")) {
            $0.cummax().indices
        },
        several(
            "recurrence", "Recurrence", inputs: [real, real],
            shapes: [[[3, 4], [3, 4]], [[1], [1]], [[3, 0], [3, 0]], [[0, 4], [0, 4]]],
            large: [[300, 501], [300, 501]], roundings: 4
        ) { InnerOps.recurrence(factors: $0[0], terms: $0[1]) },
        several(
            "recurrence reversed", "Recurrence", inputs: [real, real],
            shapes: [[[3, 4], [3, 4]], [[2, 2, 3], [2, 2, 3]], [[0], [0]]], roundings: 4
        ) { InnerOps.recurrence(factors: $0[0], terms: $0[1], reversed: true) },
        shaped("diff", "Slice", "Sub", shapes: anyRows, roundings: 2) { $0.diff() },
        several(
            "diff twice between others", "Concat", "Slice", "Sub", inputs: [real, real, real],
            shapes: [
                [[4, 3], [1, 3], [2, 3]], [[1, 1], [1, 1], [1, 1]], [[0, 2], [0, 2], [3, 2]],
            ],
            roundings: 4
        ) { $0[0].diff(times: 2, axis: 0, prepend: $0[1], append: $0[2]) },
    ]

    static let counting: [OpRow] = [
        several(
            "searchSorted", "Search", "Order", inputs: [real, real],
            shapes: [
                [[4], [3, 5]], [[3, 4], [3, 2]], [[2, 3, 4], [2, 3, 1]], [[4], []], [[0], [3]],
                [[3], [0]],
            ],
            large: [[991], [99_991]], gradient: .none("index")
        ) { $0[0].sort().values.searchSorted($0[1]) },
        several(
            "bucketize", "Search", inputs: [real, real],
            shapes: [[[3, 5], [4]], [[], [4]], [[0], [2]]], gradient: .none("index")
        ) { $0[0].round().bucketize($0[1].round().sort().values, right: true) },
        several(
            "isIn", "Search", "Gather", inputs: [real, real],
            shapes: [[[3, 4], [2, 2]], [[], [3]], [[3], [0]], [[0], [3]]], gradient: .none("bool")
        ) { ($0[0] * 2).round().isIn(($0[1] * 2).round()) },
        shaped(
            "histc", "BinCounts", shapes: [[3, 40], [], [0]], gradient: .none("count")
        ) { $0.histc(bins: 5, range: -1...1.5) },
        shaped("histogram", "BinCounts", shapes: [[3, 40]], gradient: .none("count")) {
            $0.histogram(bins: 3, range: -1.5...1.5).counts
        },
        several(
            "histogram with weights", "Search", "ScatterAdd", inputs: [.index(below: 4), real],
            shapes: [[[30], [30]], [[2, 5], [2, 5]], [[0], [0]]], roundings: 4
        ) { $0[0].histogram(bins: 3, range: -3...3, weights: $0[1]).counts },
        several(
            "bincount", "ScatterAdd", inputs: [.index(below: 4)], shapes: [[[9]], [[1]], [[0]]],
            gradient: .none("count"), batching: sized
        ) { $0[0].mod(4).bincount(minLength: 6) },
        several(
            "bincount with weights", "ScatterAdd", inputs: [.index(below: 4), real],
            shapes: [[[9], [9]], [[1], [1]], [[0], [0]]], batching: sized, roundings: 3
        ) { $0[0].mod(4).bincount(weights: $0[1], minLength: 6) },
    ]
}
