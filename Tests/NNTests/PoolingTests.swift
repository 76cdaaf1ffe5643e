import Autograd
import NN
import Tensor
import Testing

@Suite("Pooling")
struct PoolingTests {
    @Test("layers say what shape they give, and give it")
    func shapes() throws {
        let cases: [(Layer, Shape)] = [
            (MaxPool1d(3, stride: 2, padding: 1), [2, 8]),
            (MaxPool2d(2, ceilMode: true), [2, 5, 7]), (MaxPool3d([1, 2, 2]), [2, 3, 5, 4]),
            (AvgPool1d(2), [2, 9]), (AvgPool2d([3, 2], stride: 1, padding: [1, 0]), [2, 5, 7]),
            (AvgPool3d(2), [2, 3, 5, 4]), (AdaptiveAvgPool1d(5), [2, 3]),
            (AdaptiveAvgPool2d([3, 2]), [2, 5, 7]), (AdaptiveMaxPool3d(2), [2, 3, 5, 4]),
            (GlobalAveragePool(), [2, 5, 7]), (GlobalMaxPool(), [2, 5]),
        ]
        for (layer, input) in cases {
            let y = layer(Tensor.ones(Shape([3] + Array(input))))
            #expect(try Array(y.shape) == [3] + Array(layer.outputShape(for: input)))
            #expect(y.values(as: Float.self).allSatisfy { $0 == 1 } || layer is AvgPool)
        }
        #expect(throws: ShapeError.self) { try MaxPool2d(3).outputShape(for: [2, 5, 2]) }
        #expect(throws: ShapeError.self) {
            try MaxPool2d(2, padding: 2).outputShape(for: [2, 5, 5])
        }
        #expect(throws: ShapeError.self) { try AvgPool2d(2).outputShape(for: [5, 5]) }
    }

    @Test("of equal elements the first gets the gradient, and NaN is the largest")
    func ties() {
        let slope = grad { (x: Tensor) in x.maxPool2d(2).sum() }(Tensor.ones([1, 2, 4]))
        #expect(slope.values(as: Float.self) == [1, 0, 1, 0, 0, 0, 0, 0])
        let x = Tensor([[1, Float.nan, 3, 2, 5, 4]])
        let isNaN = x.maxPool1d(2).values(as: Float.self).map { $0.isNaN }
        #expect(isNaN == [true, false, false])
        let pulled = grad { (x: Tensor) in x.maxPool1d(2).sum() }(x).values(as: Float.self)
        #expect(pulled == [0, 1, 1, 0, 1, 0])
        let low = Tensor.full([1, 3], -Double.infinity)
        let first = grad { (x: Tensor) in x.maxPool1d(3).sum() }(low)
        #expect(first.values(as: Double.self) == [1, 0, 0])
    }

    @Test(
        "the largest of floats is where that of integers is",
        arguments: [(2, 0), (3, 1), (5, 2)])
    func places(_ kernel: Int, _ padding: Int) {
        let x = Tensor.integers([3, 2, 34, 71], high: 9, using: Random(seed: 5))
        let whole = x.maxPool2dWithIndices(
            PerAxis(kernel), stride: 2, padding: .both(PerAxis(padding)))
        let real = x.cast(to: .float32).maxPool2dWithIndices(
            PerAxis(kernel), stride: 2, padding: .both(PerAxis(padding)))
        let (values, expected) = (real.values, whole.values.cast(to: .float32))
        #expect(values.values(as: Float.self) == expected.values(as: Float.self))
        #expect(real.indices.values(as: Int64.self) == whole.indices.values(as: Int64.self))
    }

    @Test("a window's mean counts places around the input, or doesn't, or is divided by a number")
    func divisors() {
        let x = Tensor([[[2, 4], [6, 8]]])
        #expect(x.avgPool2d(2, padding: 1).values(as: Float.self) == [0.5, 1, 1.5, 2])
        let inner = x.avgPool2d(2, padding: 1, countIncludesPadding: false)
        #expect(inner.values(as: Float.self) == [2, 4, 6, 8])
        #expect(x.avgPool2d(2, divisor: 5).values(as: Float.self) == [4])
    }

    @Test(
        "rows longer than what is worked on at once are pooled as short ones are",
        arguments: [1, 2, 3])
    func long(_ stride: Int) {
        let x = Tensor.normal([1, 1000], .float64, using: Random(seed: 1))
        let v = x.values(as: Double.self)
        let count = (1000 - 3) / stride + 1
        let expected = (0..<count).map { v[$0 * stride..<$0 * stride + 3].max() ?? 0 }
        #expect(x.maxPool1d(3, stride: PerAxis(stride)).values(as: Double.self) == expected)
    }

    @Test("windows that don't fit are refused")
    func refusals() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.ones([2, 3, 3]).maxPool2d(4) }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.ones([2, 3, 3]).avgPool2d(2, padding: 2)
        }
        await #expect(processExitsWith: .failure) { _ = Tensor.ones([3, 3]).maxPool2d(2) }
    }
}
