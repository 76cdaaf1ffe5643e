import Autograd
import Tensor
import Testing

@Suite("Running values")
struct RunningTests {
    @Test("have exact gradients of products with zeros, and of these gradients")
    func zeros() {
        let x = Tensor.leaf([2, 0, 3, 0, 5])
        let products = x.cumprod()
        expect(products, [2, 0, 0, 0, 0])
        expect(products.sum().derivative(by: x), [1, 8, 0, 0, 0])
        let one = Tensor.leaf([2, 0, 3])
        let slope = (one.cumprod() * Tensor.constant([1, 10, 100])).sum().derivative(by: one)
        expect(slope, [1, 620, 0])
        // d/dx of (10 x₀ + 100 x₀ x₂), the slope by x₁
        expect(slope[1].derivative(by: one), [310, 0, 200])
    }

    @Test("multiply integers and bool in int64")
    func integers() {
        let x = Tensor([2, 3, 4], .int8).cumprod()
        #expect(x.dtype == .int64)
        expect(x, [2, 6, 24])
        expect(Tensor([[1, 0], [1, 1]], .bool).cumprod(axis: 0), [1, 0, 1, 0])
    }

    @Test("of exponentials stay in range, and infinities are what they should be")
    func logCumSumExp() {
        let x = Tensor([1000, 1000, -1000] as [Double], .float64).logCumSumExp()
        expect(x, [1000, 1000.6931471805599, 1000.6931471805599])
        let edges = Tensor([-.infinity, -.infinity, 0, .infinity, 1] as [Double])
        expect(edges.logCumSumExp(), [-.infinity, -.infinity, 0, .infinity, .infinity])
        let leaf = Tensor([-.infinity, 0, 1] as [Double], .float64, requiresGrad: true)
        let slope = leaf.logCumSumExp().sum().derivative(by: leaf)
        expect(slope, [0, 1.2689414213699951, 0.7310585786300049])
        expect(Tensor([0, .nan, 1] as [Double]).logCumSumExp(), [0, .nan, .nan])
        #expect(Tensor([1, 2], .int32).logCumSumExp().dtype == .float32)
        let large = Tensor.leaf([10_000, 10_000])
        let first = large.logCumSumExp().sum().derivative(by: large)
        expect(first, [1.5, 0.5])
        expect((first * Tensor.constant([1, 0])).sum().derivative(by: large), [0.25, -0.25])
    }

    @Test("of many elements keep their digits")
    func digits() {
        let n = 100_000
        let last = Tensor.zeros([n]).logCumSumExp()[-1].item
        #expect(abs(last - 11.512925464970229) < 1e-6)
    }

    @Test("extremes send each gradient to the last element that reaches them")
    func extremes() {
        let x = Tensor.leaf([1, 3, 3, 2])
        let top = x.cummax()
        expect(top.values, [1, 3, 3, 3])
        expect(top.indices, [0, 1, 2, 2])
        expect(top.values.sum().derivative(by: x), [1, 1, 2, 0])
        expect(x.cummin().indices, [0, 0, 0, 0])
        expect(Tensor([1, 1, .nan, 0] as [Double]).cummin().indices, [0, 1, 2, 2])
    }

    @Test("differences of neighbours, several times over, wrap and compare as their dtype does")
    func differences() {
        let x = Tensor([1, 4, 9, 16], .int64)
        expect(x.diff(), [3, 5, 7])
        expect(x.diff(times: 2), [2, 2])
        #expect(x.diff(times: 5).shape == [0])
        expect(x.diff(times: 0, prepend: x), [1, 4, 9, 16])
        expect(x.diff(prepend: Tensor([0], .int64), append: Tensor([20], .int64)), [1, 3, 5, 7, 4])
        let truth = Tensor([1, 0, 0], .bool).diff()
        #expect(truth.dtype == .bool)
        expect(truth, [1, 0])
        expect(Tensor([[1, 2], [4, 8]]).diff(axis: 0), [3, 6])
    }
}
