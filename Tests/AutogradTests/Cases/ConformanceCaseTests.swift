import Autograd
import Tensor
import Testing

@Suite("Faults that a comparison with PyTorch found")
struct ConformanceCaseTests {
    @Test("a circular pad doesn't bring back what negative widths cut off")
    func circular() {
        let x = Tensor.leaf([1.0, 2, 3, 4, 5])
        let y = x.pad([(before: -1, after: 2)], mode: .circular)
        #expect(y.doubles == [2, 3, 4, 5, 2, 3])
        expect(y.derivative(by: x), [0, 2, 2, 1, 1])
        #expect(x.pad([(before: 2, after: -2)], mode: .circular).doubles == [2, 3, 1, 2, 3])
        #expect(x.pad([(before: -1, after: 2)], mode: .reflect).doubles == [2, 3, 4, 5, 4, 3])
    }

    @Test("the inverse of n factors of n rows is n matrices")
    func inverses() {
        let factors = Tensor.eye(3, .float64).expand(to: [3, 3, 3]) * 2
        #expect(factors.choleskyInverse().doubles == (factors / 8).doubles)
    }

    @Test("a tensor broadcasts with the mask by which elements are scattered")
    func maskedScatter() {
        let mask = Tensor([[true, false], [false, true]], .bool)
        let x = Tensor.leaf([1.0, 2])
        let y = x.maskedScatter(mask, Tensor.constant([7.0, 8, 9]))
        #expect(y.shape == [2, 2])
        #expect(y.doubles == [7, 2, 1, 8])
        expect(y.derivative(by: x), [1, 1])
    }

    @Test("the derivatives of sinc are right beside 0, on both sides of the series")
    func sinc() {
        let square = Double.pi * Double.pi
        for place in [0, 1e-8, -1e-5, 0.149_999, 0.150_001] {
            let x = Tensor.leaf([place])
            let slope = x.sinc().derivative(by: x)
            let v = square * place * place
            // −u/3 + u³/30 − u⁵/840 + u⁷/45360 − …, times π, and its derivative
            let first = -1.0 / 3 + v / 30 - v * v / 840 + v * v * v / 45360
            let second = -1.0 / 3 + v / 10 - v * v / 168 + v * v * v / 6480
            let (fourth, fifth) = (v * v * v * v, v * v * v * v * v)
            let slopeTail = -fourth / 3_991_680 + fifth / 518_918_400
            let bendTail = -fourth * 9 / 3_991_680 + fifth * 11 / 518_918_400
            expect(slope, [square * place * (first + slopeTail)], within: 1e-14)
            expect(slope.derivative(by: x), [square * (second + bendTail)], within: 1e-12)
        }
    }

    @Test("outside of its domain logit has neither a value nor a derivative")
    func logit() {
        let x = Tensor.leaf([-1.0, 0.25, 2, -.infinity])
        let slopes = x.logit().derivative(by: x).doubles
        #expect([0, 2, 3].allSatisfy { slopes[$0].isNaN })
        #expect(abs(slopes[1] - 16.0 / 3) < 1e-14)
        let limited = x.logit(epsilon: 0.125)
        expect(limited.derivative(by: x), [0, 16.0 / 3, 0, 0], within: 1e-14)
    }

    @Test("powers of small integers don't overflow their dtype")
    func powers() {
        let powers = Tensor([-8, 3], .int8).vander(4, increasing: true)
        #expect(powers.dtype == .int64)
        #expect(powers.doubles == [1, -8, 64, -512, 1, 3, 9, 27])
    }

    @Test("the slope of mish is 1 however far out")
    func mish() {
        let x = Tensor.leaf([1e20, 1e300, 31, -1e20])
        expect(x.mish().derivative(by: x), [1, 1, 1, 0], within: 1e-15)
    }

    @Test("the exponential of float32 matrices is rounded once")
    func exponential() {
        let wide = Tensor.uniform([3, 5, 5], low: -4, high: 4, using: Random(seed: 3))
        let exact = wide.cast(to: .float64).matrixExponential()
        let result = wide.matrixExponential()
        #expect(result.dtype == .float32)
        #expect(result.doubles == exact.cast(to: .float32).doubles)
    }

    @Test("means of halves that meet are rounded once")
    func means() {
        let x = Tensor([2048], .float16)
        let source = Tensor([1, 1, 1, 1, 1], .float16)
        let index = Tensor([0, 0, 0, 0, 0], .int64)
        let mean = x.indexReduce(index, source, axis: 0, by: .mean)
        #expect(mean.dtype == .float16)
        #expect(mean.doubles == Tensor([2053.0 / 6], .float16).doubles)
    }

    @Test("the length of a vector of one is its magnitude")
    func magnitude() {
        let x = Tensor.leaf([[-1e200], [1e-200], [0]])
        let length = x.norm(axes: [1])
        #expect(length.doubles == [1e200, 1e-200, 0])
        expect(length.derivative(by: x), [-1, 1, 0])
    }

    @Test("covariances have the wider dtype of elements and weights")
    func covariances() {
        let x = Tensor([[1, 2, 4], [3, 1, 0]], .float16)
        let weights = Tensor([0.5, 0.25, 1], .float32)
        let result = x.cov(weights: weights)
        #expect(result.dtype == .float32)
        let exact = x.cast(to: .float64).cov(weights: weights)
        expect(result, exact.doubles, within: 1e-5)
    }

    @Test("a transposed convolution of halves is rounded once, its bias included")
    func biasOfHalves() {
        func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
            Tensor.uniform(shape, low: -4, high: 4, .float16, using: Random(seed: seed))
        }
        let (x, weight, bias) = (random([2, 3, 9], 1), random([3, 2, 4], 2), random([2], 3))
        let result = x.convTranspose1d(weight, bias, stride: 2)
        let wide = x.cast(to: .float32).convTranspose1d(
            weight.cast(to: .float32), bias.cast(to: .float32), stride: 2)
        #expect(result.dtype == .float16)
        #expect(result.doubles == wide.cast(to: .float16).doubles)
    }
}
