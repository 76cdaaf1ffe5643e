import Autograd
import Tensor

// Reductions, running results, orders and counts.

extension IntegerCall {
    static func reductions() -> [IntegerCall] {
        let on = Operands()
        let x = on.cube
        return [
            IntegerCall("sum") { _ = x.sum(axis: $0) },
            IntegerCall("prod") { _ = x.prod(axis: $0) },
            IntegerCall("max") { _ = x.max(axis: $0) },
            IntegerCall("min") { _ = x.min(axis: $0) },
            IntegerCall("mean") { _ = x.mean(axis: $0) },
            IntegerCall("variance") { _ = x.variance(axis: $0) },
            IntegerCall("standardDeviation") { _ = x.standardDeviation(axis: $0) },
            IntegerCall("any") { _ = x.any(axis: $0) },
            IntegerCall("all") { _ = x.all(axis: $0) },
            IntegerCall("countNonzero") { _ = x.countNonzero(axis: $0) },
            IntegerCall("nanSum") { _ = x.nanSum(axis: $0) },
            IntegerCall("nanMean") { _ = x.nanMean(axis: $0) },
            IntegerCall("argmax") { _ = x.argmax(axis: $0) },
            IntegerCall("argmin") { _ = x.argmin(axis: $0) },
            IntegerCall("logSumExp") { _ = x.logSumExp(axis: $0) },
            IntegerCall("softmax") { _ = x.softmax(axis: $0) },
            IntegerCall("softmin") { _ = x.softmin(axis: $0) },
            IntegerCall("logSoftmax") { _ = x.logSoftmax(axis: $0) },
            IntegerCall("cumsum") { _ = x.cumsum(axis: $0) },
            IntegerCall("cumprod") { _ = x.cumprod(axis: $0) },
            IntegerCall("logCumSumExp") { _ = x.logCumSumExp(axis: $0) },
            IntegerCall("cummax") { _ = x.cummax(axis: $0) },
            IntegerCall("cummin") { _ = x.cummin(axis: $0) },
            IntegerCall("sort") { _ = x.sort(axis: $0) },
            IntegerCall("argSort") { _ = x.argSort(axis: $0) },
            IntegerCall("median") { _ = x.median(axis: $0) },
            IntegerCall("nanMedian") { _ = x.nanMedian(axis: $0) },
            IntegerCall("mode") { _ = x.mode(axis: $0) },
            IntegerCall("maxWithIndices") { _ = x.maxWithIndices(axis: $0) },
            IntegerCall("minWithIndices") { _ = x.minWithIndices(axis: $0) },
            IntegerCall("unique") { _ = x.unique(axis: $0) },
            IntegerCall("uniqueConsecutive") { _ = x.uniqueConsecutive(axis: $0) },
            IntegerCall("normalize") { _ = x.normalize(axis: $0) },
            IntegerCall("glu") { _ = x.glu(axis: $0) },
            IntegerCall("sum") { _ = x.sum(axes: [0, $0]) },
            IntegerCall("prod") { _ = x.prod(axes: [0, $0]) },
            IntegerCall("max") { _ = x.max(axes: [0, $0]) },
            IntegerCall("min") { _ = x.min(axes: [0, $0]) },
            IntegerCall("aminmax") { _ = x.aminmax(axes: [0, $0]) },
            IntegerCall("mean") { _ = x.mean(axes: [0, $0]) },
            IntegerCall("variance") { _ = x.variance(axes: [0, $0]) },
            IntegerCall("standardDeviation") { _ = x.standardDeviation(axes: [0, $0]) },
            IntegerCall("varMean") { _ = x.varMean(axes: [0, $0]) },
            IntegerCall("any") { _ = x.any(axes: [0, $0]) },
            IntegerCall("all") { _ = x.all(axes: [0, $0]) },
            IntegerCall("countNonzero") { _ = x.countNonzero(axes: [0, $0]) },
            IntegerCall("nanSum") { _ = x.nanSum(axes: [0, $0]) },
            IntegerCall("nanMean") { _ = x.nanMean(axes: [0, $0]) },
            IntegerCall("logSumExp") { _ = x.logSumExp(axes: [0, $0]) },
            IntegerCall("norm") { _ = x.norm(axes: [0, $0]) },
            IntegerCall("vectorNorm") { _ = x.vectorNorm(axes: [0, $0]) },
            IntegerCall("matrixNorm") { _ = x.matrixNorm(axes: (0, $0)) },
            IntegerCall("matrixNorm") { _ = x.matrixNorm(axes: ($0, 1)) },
            IntegerCall("matrixNorm") { _ = x.matrixNorm(.nuclear, axes: (0, $0), keepDims: true) },
            IntegerCall("renorm") { _ = x.renorm(axis: $0, maximum: 1) },
            IntegerCall("cosineSimilarity") { _ = x.cosineSimilarity(x, axis: $0) },
            IntegerCall("quantile") { _ = x.quantile(0.5, axis: $0) },
            IntegerCall("nanQuantile") { _ = x.nanQuantile([0.5], axis: $0) },
        ]
    }

    static func orders() -> [IntegerCall] {
        let on = Operands()
        let x = on.cube
        return [
            IntegerCall("topK") { _ = on.row.topK($0) },
            IntegerCall("topK") { _ = x.topK(1, axis: $0) },
            IntegerCall("kthValue") { _ = on.row.kthValue($0) },
            IntegerCall("kthValue") { _ = x.kthValue(1, axis: $0) },
            IntegerCall("diff") { _ = x.diff(times: $0) },
            IntegerCall("diff") { _ = x.diff(axis: $0) },
            IntegerCall("histc") { _ = on.row.histc(bins: $0) },
            IntegerCall("histc") { _ = on.row.histc(bins: $0, range: 0...1) },
            IntegerCall("histogram") { _ = on.row.histogram(bins: $0) },
            IntegerCall("histogram") {
                _ = on.row.histogram(bins: $0, weights: on.row, density: true)
            },
            IntegerCall("bincount") { _ = on.integers.bincount(minLength: $0) },
            IntegerCall("bincount") { _ = on.number($0).bincount() },
            IntegerCall("bincount") { _ = on.number($0).bincount(weights: Tensor([1.0])) },
            IntegerCall("multinomial") { _ = on.row.multinomial($0, using: on.random) },
            IntegerCall("multinomial") {
                _ = on.row.multinomial($0, withReplacement: true, using: on.random)
            },
            IntegerCall("shuffled") { _ = x.shuffled(axis: $0, using: on.random) },
            IntegerCall("choice") { _ = x.choice($0, using: on.random) },
            IntegerCall("choice") { _ = x.choice($0, withReplacement: false, using: on.random) },
            IntegerCall("choice") { _ = x.choice(1, axis: $0, using: on.random) },
            IntegerCall("searchSorted") { _ = on.integers.searchSorted(on.number($0)) },
            IntegerCall("bucketize") { _ = on.number($0).bucketize(on.integers) },
            IntegerCall("isIn") { _ = on.number($0).isIn(on.integers) },
            IntegerCall("matrixPower") { _ = on.square.matrixPower($0) },
            IntegerCall("polygamma") { _ = on.row.polygamma($0) },
            IntegerCall("multigammaln") { _ = on.row.multigammaln($0) },
            IntegerCall("vander") { _ = on.row.vander($0) },
            IntegerCall("vander") { _ = on.integers.vander($0) },
            IntegerCall("round") { _ = on.row.round(decimals: $0) },
            IntegerCall("round") { _ = on.integers.round(decimals: $0) },
            IntegerCall("tensordot") { _ = on.square.tensordot(on.square, axes: $0) },
            IntegerCall("cross") { _ = on.square.cross(on.square, axis: $0) },
        ]
    }
}
