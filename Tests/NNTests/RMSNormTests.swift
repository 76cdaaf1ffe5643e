import Autograd
import NN
import Tensor
import Testing

@Suite("RMSNorm")
struct RMSNormTests {
    @Test("divides by the root of the mean square and multiplies by the weight", arguments: [1, 2])
    func values(axes: Int) throws {
        let x = leaf([2, 3, 4])
        let layer = RMSNorm(Shape([3, 4].suffix(axes)), epsilon: 0.01, dtype: .float64)
        let weight = try #require(layer.weight)
        weight.data = leaf(weight.shape, seed: 3).data
        let (size, v, w) = (weight.count, x.values(as: Double.self), weight.values(as: Double.self))
        let expected = v.indices.map { index in
            let start = index / size * size
            let square = v[start..<start + size].reduce(0) { $0 + $1 * $1 } / Double(size)
            return v[index] / (square + 0.01).squareRoot() * w[index % size]
        }
        expectClose(layer(x), expected)
        expectGradients(by: [x, weight]) { layer(x).square().sum() }
    }

    @Test("has a root mean square of 1 without a weight, and no parameters")
    func plain() {
        let layer = RMSNorm([8], weight: false)
        #expect(layer.parameters.isEmpty && layer.describe == "RMSNorm([8], no weight)")
        let y = layer(Tensor.normal([5, 8], using: Random(seed: 1)) * 30)
        expectClose(
            y.square().mean(axis: 1).values(as: Double.self), [1, 1, 1, 1, 1], tolerance: 1e-5)
        #expect(layer(Tensor.zeros([1, 8])).values() == Array(repeating: Float(0), count: 8))
    }

    @Test("squares halves in float32", arguments: [DType.float16, .bfloat16])
    func halves(_ dtype: DType) {
        let y = RMSNorm([4], dtype: dtype)(Tensor.full([1, 4], 1000, dtype))
        #expect(y.dtype == dtype && y.values() == [Float(1), 1, 1, 1])
    }

    @Test("says what its input should be")
    func shapes() throws {
        let layer = RMSNorm([3, 4])
        #expect(layer.describe == "RMSNorm([3, 4])")
        #expect(try layer.outputShape(for: [2, 3, 4]) == [2, 3, 4])
        #expect {
            try layer.outputShape(for: [4])
        } throws: { error in
            "\(error)" == "RMSNorm([3, 4]): the last axes of the input [4] should be [3, 4]"
        }
    }
}
