import Autograd
import Tensor

// Rows of operations on whole arrays.
extension OpTable {
    private static let matrices: [Shape] = [[3, 4], [1, 1], [3, 1], [1, 4], [0, 4]]
    private static let maybeEmpty: [Shape] = matrices + [[3, 0], [0, 0]]

    static let reduction: [OpRow] = [
        shaped("sum", "Sum", shapes: [[3, 4], [2, 3, 2], [], [1], [0], [2, 0]], roundings: 3) {
            $0.sum()
        },
        shaped("sum axis 0", "Sum", shapes: maybeEmpty, roundings: 3) { $0.sum(axis: 0) },
        shaped("sum axis -1", "Sum", shapes: maybeEmpty, roundings: 3) {
            $0.sum(axis: -1, keepDims: true)
        },
        shaped(
            "sum axes 0, 2", "Sum", shapes: [[2, 3, 4], [1, 2, 1], [0, 2, 3], [2, 0, 3]],
            large: [37, 53, 61], roundings: 5
        ) { $0.sum(axes: [0, 2]) },
        shaped("nanSum", "NanSum", shapes: maybeEmpty + [[]], roundings: 3) {
            $0.maskedFill($0 .> 1, Double.nan).nanSum()
        },
        shaped("nanSum axis 1", "NanSum", shapes: maybeEmpty, roundings: 3) {
            $0.maskedFill($0 .> 1, Double.nan).nanSum(axis: 1, keepDims: true)
        },
        shaped("mean", "Mean", shapes: [[3, 4], [2, 3, 2], [], [1]], roundings: 3) { $0.mean() },
        shaped("mean axis 1", "Mean", shapes: matrices, roundings: 3) { $0.mean(axis: 1) },
        shaped("variance", "Variance", shapes: [[3, 4], [7], [1, 2]], roundings: 4) {
            $0.variance()
        },
        shaped(
            "variance axis 1", "Variance", shapes: [[3, 4], [3, 3], [1, 2], [0, 4]],
            roundings: 4
        ) { $0.variance(axes: [1], correction: 0) },
        shaped(
            "standardDeviation", "StandardDeviation", shapes: [[3, 4], [4, 3], [2, 2], [0, 4]],
            roundings: 4
        ) { $0.standardDeviation(axes: [-1], keepDims: true) },
        shaped(
            "variance axes 0, 2", "Variance", shapes: [[2, 3, 4], [2, 1, 1]], large: [37, 53, 61],
            roundings: 4
        ) { $0.variance(axes: [0, 2], correction: 0.5) },
        shaped("norm", "Norm", shapes: [[3, 4], [], [1], [0]], over: 0.5...2, roundings: 3) {
            $0.norm()
        },
        shaped("norm 1 axis 0", "Norm", shapes: maybeEmpty, over: 0.5...2, roundings: 3) {
            $0.norm(1, axes: [0])
        },
        shaped("norm 3 axis 1", "Norm", shapes: matrices, over: 0.5...2, roundings: 3) {
            $0.norm(3, axes: [-1], keepDims: true)
        },
        shaped("norm infinity", "Norm", shapes: [[3, 4], [2, 3, 2], [], [1]]) {
            $0.norm(.infinity)
        },
        shaped("max", "Extreme", shapes: [[3, 4], [2, 3, 2], [], [1]]) { $0.max() },
        shaped("max axis 1", "Extreme", shapes: matrices) { $0.max(axis: 1) },
        shaped("min", "Extreme", shapes: [[3, 4], [], [1]]) { $0.min() },
        shaped("min axis 0", "Extreme", shapes: [[3, 4], [1, 1], [3, 1], [1, 4], [3, 0]]) {
            $0.min(axis: 0, keepDims: true)
        },
        shaped(
            "prod", "Prod", "ProductOfOthers", shapes: [[3, 4], [], [1], [0]], over: 0.5...1.5,
            roundings: 3
        ) {
            $0.prod()
        },
        shaped(
            "prod axis 0", "Prod", "ProductOfOthers", shapes: maybeEmpty, over: 0.5...1.5,
            roundings: 3
        ) {
            $0.prod(axis: 0)
        },
        shaped(
            "prod with zeros", "Prod", "ProductOfOthers", shapes: [[3, 4], [2, 2]],
            large: [40, 97], roundings: 3
        ) {
            ($0 * $0.round()).prod(axis: 1)
        },
        shaped("cumsum", "CumSum", shapes: maybeEmpty + [[2, 3, 4], [5]], roundings: 4) {
            $0.cumsum()
        },
        shaped("cumsum axis 0", "CumSum", shapes: maybeEmpty, roundings: 4) { $0.cumsum(axis: 0) },
        shaped("any", "Truth", shapes: maybeEmpty, gradient: .none("bool")) {
            $0.round().any(axes: [1])
        },
        shaped("all", "Truth", shapes: maybeEmpty, gradient: .none("bool")) {
            $0.round().all(axes: [0], keepDims: true)
        },
        shaped("argmax", "ArgExtreme", shapes: [[3, 4], [], [1]], gradient: .none("index")) {
            $0.argmax()
        },
        shaped("argmax axis 0", "ArgExtreme", shapes: [[3, 4], [1, 1]], gradient: .none("index")) {
            $0.argmax(axis: 0)
        },
        shaped("argmin axis 1", "ArgExtreme", shapes: [[3, 4], [1, 1]], gradient: .none("index")) {
            $0.argmin(axis: 1)
        },
    ]

    static let softmax: [OpRow] = [
        shaped(
            "layerNorm", "Normalize", "NormalizeGrad",
            shapes: [[4, 5], [0, 3], [2, 1, 3], [1, 3]],
            roundings: 4
        ) { $0.layerNorm(epsilon: 0.1) },
        shaped(
            "layerNorm of two axes", "Normalize", "NormalizeGrad", shapes: [[2, 3, 2]], roundings: 4
        ) {
            $0.layerNorm(axes: 2)
        },
        shaped("rmsNorm", "Normalize", "NormalizeGrad", shapes: [[4, 5], [0, 3], [1, 3]]) {
            $0.rmsNorm(epsilon: 0.1)
        },
        several(
            "layerNorm with weight and bias", "ScaledNormalize", "ScaledNormalizeGrad",
            inputs: Array(repeating: .real(-2...2), count: 3),
            shapes: [[[4, 5], [5], [5]], [[0, 3], [3], [3]], [[2, 1, 3], [3], [3]]],
            large: [[300, 130], [130], [130]], roundings: 8
        ) {
            $0[0].layerNorm(epsilon: 0.1, weight: $0[1], bias: $0[2])
        },
        several(
            "rmsNorm with a weight", "ScaledNormalize", "ScaledNormalizeGrad",
            inputs: Array(repeating: .real(-2...2), count: 2),
            shapes: [[[4, 5], [5]], [[0, 3], [3]], [[2, 1, 3], [3]]],
            large: [[40, 1030], [1030]], roundings: 8
        ) {
            $0[0].rmsNorm(epsilon: 0.1, weight: $0[1])
        },
        shaped("softmax", "Softmax", "SoftmaxGrad", shapes: maybeEmpty + [[4], [2, 3, 2]]) {
            $0.softmax()
        },
        shaped("softmax axis 0", "Softmax", "SoftmaxGrad", shapes: maybeEmpty) {
            $0.softmax(axis: 0)
        },
        shaped("logSoftmax", "LogSoftmax", "LogSoftmaxGrad", shapes: maybeEmpty + [[4]]) {
            $0.logSoftmax()
        },
        shaped("logSumExp", "LogSumExp", shapes: matrices + [[4], [2, 3, 2]]) { $0.logSumExp() },
        shaped("logSumExp axis 0", "LogSumExp", shapes: [[3, 4], [1, 1], [3, 0]]) {
            $0.logSumExp(axis: 0, keepDims: true)
        },
        shaped(
            "logSumExp axes 0, 2", "LogSumExp", shapes: [[2, 3, 4], [1, 2, 1], [2, 0, 3]],
            large: [37, 53, 61], roundings: 2
        ) { $0.logSumExp(axes: [0, 2]) },
        several(
            "softmaxGrad", "SoftmaxGrad", inputs: [.real(0.1...1), .real(-2...2)],
            shapes: [[[3, 4], [3, 4]], [[4], [4]], [[1, 1], [1, 1]], [[0, 4], [0, 4]]],
            large: [[332, 307], [332, 307]], roundings: 2
        ) { widened($0) { InnerOps.softmaxGrad($0[0], $0[1]) } },
        several(
            "logSoftmaxGrad", "LogSoftmaxGrad", inputs: [.real(-2 ... -0.1), .real(-2...2)],
            shapes: [[[3, 4], [3, 4]], [[4], [4]], [[1, 1], [1, 1]], [[0, 4], [0, 4]]],
            large: [[332, 307], [332, 307]], roundings: 2
        ) { widened($0) { InnerOps.logSoftmaxGrad($0[0], $0[1]) } },
    ]

    private static let rowOfLogits: [[Shape]] = [[[3, 4], [3]], [[1, 4], [1]], [[0, 4], [0]]]

    static let losses: [OpRow] = [
        several(
            "crossEntropy", "CrossEntropyOp", inputs: [real, .index(below: 4)],
            shapes: rowOfLogits, large: [[1332, 57], [1332]], roundings: 3
        ) { inputs in widened(inputs) { $0[0].crossEntropy(labels: $0[1].mod(4)) } },
        several(
            "crossEntropy smoothing", "CrossEntropyOp", inputs: [real, .index(below: 4)],
            shapes: rowOfLogits, large: [[1332, 57], [1332]], roundings: 3
        ) { inputs in
            widened(inputs) {
                $0[0].crossEntropy(labels: $0[1].mod(4), smoothing: 0.1, ignoring: 1)
            }
        },
        several(
            "crossEntropyGrad", "CrossEntropyGrad", "LabelWeights",
            inputs: [real, .index(below: 4), real],
            shapes: rowOfLogits.map { $0 + [$0[1]] }, large: [[1332, 57], [1332], [1332]],
            roundings: 3
        ) { inputs in
            widened(inputs) {
                let rule = LabelRule(smoothing: 0, ignored: 1, classWeights: nil)
                return InnerOps.crossEntropyGrad(
                    rule, [$0[0], $0[1].mod(4).cast(to: .int64), $0[2]])
            }
        },
        several(
            "labelWeights", "LabelWeights", inputs: [.index(below: 4)], shapes: [[[3]], [[0]]],
            gradient: .none("float"), roundings: 1
        ) {
            let rule = LabelRule(smoothing: 0, ignored: 1, classWeights: nil)
            return $0[0].mod(4).labelWeights(rule, classes: 4, .float32)
        },
    ]

    /// Runs kernels that take float32 or float64 only on halves too.
    static func widened(_ inputs: [Tensor], _ body: ([Tensor]) -> Tensor) -> Tensor {
        let dtype = inputs[0].dtype
        let wide: DType = dtype == .float64 ? .float64 : .float32
        return body(inputs.map { $0.dtype.isFloat ? $0.cast(to: wide) : $0 }).cast(to: dtype)
    }

    private static let real = OpInput.real(-2...2)

    static let linear: [OpRow] = [
        several(
            "matmul", "MatMul", inputs: [real, real],
            shapes: [
                [[3, 4], [4, 2]], [[4], [4, 2]], [[3, 4], [4]], [[4], [4]], [[2, 3, 4], [4, 5]],
                [[2, 3, 4], [2, 4, 5]], [[3, 4], [2, 4, 2]], [[2, 1, 3, 4], [3, 4, 2]],
                [[2, 3, 4], [4]], [[4], [2, 4, 3]], [[1, 1], [1, 1]], [[0, 4], [4, 2]],
                [[3, 0], [0, 2]], [[2, 3, 0], [0, 2]], [[3, 4], [4, 0]], [[0, 3, 4], [4, 2]],
            ], large: [[160, 310], [310, 170]], roundings: 3
        ) { $0[0].matmul($0[1]) },
        several(
            "linear", "Affine", inputs: [real, real, real],
            shapes: [
                [[3, 4], [2, 4], [2]], [[4], [2, 4], [2]], [[2, 3, 4], [5, 4], [5]],
                [[1, 1], [1, 1], [1]], [[0, 4], [2, 4], [2]], [[3, 0], [2, 0], [2]],
                [[3, 4], [0, 4], [0]],
            ], large: [[160, 310], [170, 310], [170]], roundings: 3
        ) { $0[0].linear($0[1], $0[2]) },
        several(
            "linear without bias", "Affine", inputs: [real, real],
            shapes: [[[3, 4], [2, 4]], [[2, 3, 4], [5, 4]], [[0, 4], [2, 4]]],
            large: [[160, 310], [170, 310]], roundings: 3
        ) { $0[0].linear($0[1]) },
        several(
            "dot", "MatMul", inputs: [real, real], shapes: [[[4], [4]], [[1], [1]], [[0], [0]]],
            large: [[99_991], [99_991]], roundings: 3
        ) { $0[0].dot($0[1]) },
        several(
            "outer", "Mul", inputs: [real, real], shapes: [[[3], [4]], [[1], [1]], [[0], [3]]],
            large: [[331], [307]]
        ) { $0[0].outer($0[1]) },
        several(
            "tensordot", "MatMul", inputs: [real, real],
            shapes: [
                [[2, 3, 4], [3, 4, 2]], [[3, 4], [3, 4, 2]], [[1, 1], [1, 1]],
                [[2, 0, 3], [0, 3, 2]], [[0, 2, 3], [2, 3]],
            ], large: [[90, 21, 31], [21, 31, 80]], roundings: 3
        ) { $0[0].tensordot($0[1]) },
    ]
}
