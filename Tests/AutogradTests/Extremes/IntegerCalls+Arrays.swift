import Autograd
import Tensor

// Shapes, arrays and streams of random numbers.

extension IntegerCall {
    static func shapes() -> [IntegerCall] {
        let shape: Shape = [2, 3, 4]
        return [
            IntegerCall("shape") { _ = Shape(repeating: 2, count: $0) },
            IntegerCall("shape") { _ = Shape(repeating: $0, count: 3).elementCount },
            IntegerCall("shape") { _ = Shape([2, $0, 3]).elementCount },
            IntegerCall("shape") { _ = Shape([2, $0, 3]).contiguousStrides },
            IntegerCall("shape") { _ = shape[$0] },
            IntegerCall("shape") {
                var changed = shape
                changed[$0] = 5
            },
            IntegerCall("shape") { _ = shape.appending($0).elementCount },
            IntegerCall("shape") { _ = shape.removing(at: $0) },
            IntegerCall("shape") { _ = shape.inserting(1, at: $0) },
            IntegerCall("shape") { _ = shape.replacing($0, with: 1) },
            IntegerCall("axis") { _ = shape.axis($0, "axis") },
            IntegerCall("shape") { _ = Shape.broadcast([$0, 1], [1, $0])?.elementCount },
        ]
    }

    static func arrays() -> [IntegerCall] {
        let array = Operands().cube.data
        let vector = NDArray([1.0, 2])
        return [
            IntegerCall("array") { _ = NDArray([1.0, 2], [$0]) },
            IntegerCall("full") { _ = NDArray.full([$0], 1) },
            IntegerCall("full") { _ = NDArray.full([2], $0, .int8) },
            IntegerCall("range") { _ = NDArray.range($0, 3) },
            IntegerCall("range") { _ = NDArray.range(3, $0) },
            IntegerCall("range") { _ = NDArray.range($0, $0, step: $0) },
            IntegerCall("range") { _ = NDArray.range(0, 5, step: $0) },
            IntegerCall("range") { _ = NDArray.range(0, $0, step: 1 << 61) },
            IntegerCall("reshape") { _ = array.reshape([$0, 4]) },
            IntegerCall("permute") { _ = array.permute([0, 1, $0]) },
            IntegerCall("transpose") { _ = array.transpose($0, 0) },
            IntegerCall("transpose") { _ = array.transpose(0, $0) },
            IntegerCall("expand") { _ = array.expand(to: [$0, 2, 3, 4]).copy() },
            IntegerCall("slice") { _ = array.slice(axis: $0, start: 0, count: 1) },
            IntegerCall("slice") { _ = array.slice(axis: 0, start: $0, count: 1) },
            IntegerCall("slice") { _ = array.slice(axis: 0, start: $0, count: 0).copy() },
            IntegerCall("slice") { _ = array.slice(axis: 0, start: 0, count: $0) },
            IntegerCall("slice") { _ = array.slice(axis: 0, start: 0, count: 1, step: $0).copy() },
            IntegerCall("slice") { _ = array.slice(axis: 0, start: $0, count: $0, step: $0) },
            IntegerCall("select") { _ = array.select(axis: $0, index: 0) },
            IntegerCall("select") { _ = array.select(axis: 0, index: $0) },
            IntegerCall("flip") { _ = array.flip($0) },
            IntegerCall("unsqueeze") { _ = array.unsqueeze($0) },
            IntegerCall("squeeze") { _ = array.squeeze($0) },
            IntegerCall("gather") { _ = array.gather(NDArray([$0])) },
            IntegerCall("scatterAdd") { _ = vector.scatterAdd(NDArray([0, 1]), rows: $0) },
            IntegerCall("scatterAdd") { _ = vector.scatterAdd(NDArray([0, $0]), rows: 2) },
        ]
    }

    static func draws() -> [IntegerCall] {
        let random = Random(seed: 1)
        return [
            IntegerCall("reserve") { _ = random.reserve(blocks: $0) },
            IntegerCall("permutation") { _ = random.permutation($0) },
            IntegerCall("permutation") { _ = Tensor.permutation($0, using: random) },
            IntegerCall("uniform") { _ = random.uniform([$0]) },
            IntegerCall("uniform") { _ = Tensor.uniform([$0, 2], using: random) },
            IntegerCall("normal") { _ = Tensor.normal([$0], using: random) },
            IntegerCall("integers") { _ = Tensor.integers([$0], high: 9, using: random) },
            IntegerCall("integers") { _ = Tensor.integers([2], low: $0, high: 9, using: random) },
            IntegerCall("integers") { _ = Tensor.integers([2], high: $0, using: random) },
            IntegerCall("integers") { _ = Tensor.integers([2], high: $0, .int8, using: random) },
            IntegerCall("integers") { _ = Tensor.integers([2], high: $0, .float32, using: random) },
            IntegerCall("bernoulli") {
                _ = Tensor.bernoulli([$0], probability: 0.5, using: random)
            },
            IntegerCall("exponential") { _ = Tensor.exponential([$0], using: random) },
            IntegerCall("geometric") {
                _ = Tensor.geometric([$0], probability: 0.5, using: random)
            },
            IntegerCall("cauchy") { _ = Tensor.cauchy([$0], using: random) },
            IntegerCall("logNormal") { _ = Tensor.logNormal([$0], using: random) },
            IntegerCall("gumbel") { _ = Tensor.gumbel([$0], using: random) },
            IntegerCall("laplace") { _ = Tensor.laplace([$0], using: random) },
            IntegerCall("gamma") { _ = Tensor.gamma([$0], concentration: 2, using: random) },
            IntegerCall("beta") { _ = Tensor.beta([$0], 2, 2, using: random) },
            IntegerCall("poisson") { _ = Tensor.poisson([$0], rate: 2, using: random) },
        ]
    }

    static func creation() -> [IntegerCall] {
        [
            IntegerCall("full") { _ = Tensor.full([$0], 1) },
            IntegerCall("zeros") { _ = Tensor.zeros([$0, $0]) },
            IntegerCall("ones") { _ = Tensor.ones([2, $0], .int8) },
            IntegerCall("arange") { _ = Tensor.arange($0) },
            IntegerCall("arange") { _ = Tensor.arange($0, 5) },
            IntegerCall("arange") { _ = Tensor.arange(-5, $0, .float32) },
            IntegerCall("arange") { _ = Tensor.arange(0, 5, step: $0) },
            IntegerCall("linspace") { _ = Tensor.linspace(0, 1, count: $0) },
            IntegerCall("eye") { _ = Tensor.eye($0) },
            IntegerCall("trilMask") { _ = Tensor.trilMask($0, 2) },
            IntegerCall("trilMask") { _ = Tensor.trilMask(2, $0) },
            IntegerCall("trilMask") { _ = Tensor.trilMask(2, 3, offset: $0) },
            IntegerCall("triuMask") { _ = Tensor.triuMask($0, $0) },
            IntegerCall("triuMask") { _ = Tensor.triuMask(2, 3, offset: $0) },
            IntegerCall("trilIndices") { _ = Tensor.trilIndices($0, 2) },
            IntegerCall("trilIndices") { _ = Tensor.trilIndices(2, $0) },
            IntegerCall("trilIndices") { _ = Tensor.trilIndices(2, 3, offset: $0) },
            IntegerCall("triuIndices") { _ = Tensor.triuIndices($0, 2) },
            IntegerCall("triuIndices") { _ = Tensor.triuIndices(2, $0) },
            IntegerCall("triuIndices") { _ = Tensor.triuIndices(2, 3, offset: $0) },
        ]
    }
}
