import Autograd
import Tensor
import Testing

@Suite("Reductions at the edges")
struct ReductionCaseTests {
    private func slope(_ x: Tensor, _ f: @escaping (Tensor) -> Tensor) -> [Double] {
        grad { f($0).sum() }(x).values(as: Double.self)
    }

    @Test("extremes share the gradient among any number of halves", arguments: [70_000, 100_000])
    func halfTies(_ n: Int) {
        for dtype in [DType.float16, .bfloat16] {
            let x = Tensor.zeros([n], dtype)
            let largest = slope(x) { $0.max() }.reduce(0, +)
            let smallest = slope(x - 1) { $0.relu().min() }
            // A share is rounded to the half: 1 / 70,000 has few digits in float16.
            #expect(abs(largest - 1) < 0.005)
            #expect(smallest.allSatisfy { $0 == 0 })
            #expect(abs(slope(x) { $0.mean() }.reduce(0, +) - 1) < 0.005)
        }
    }

    @Test(
        "equal elements, however large, have that mean, the variance 0 and the gradient 0",
        arguments: [DType.float32, .float64, .float16, .bfloat16])
    func equalElements(_ dtype: DType) {
        for value in [0.1, 1, 12345.678, dtype == .float16 ? 60000 : 1e8] {
            for n in [2, 3, 7, 1000, 4099] {
                let x = Tensor.full([n, 2], value, dtype)
                if dtype != .float64 {
                    #expect(x.mean(axis: 0).values(as: Double.self) == x[0].values(as: Double.self))
                }
                #expect(x.variance(axes: [0]).values(as: Double.self) == [0, 0])
                #expect(x.standardDeviation().item == 0)
                #expect(slope(x) { $0.standardDeviation(axes: [0]) }.allSatisfy { $0 == 0 })
            }
        }
    }

    @Test("a constant row has no gradient beside one that has")
    func constantRow() {
        let x = Tensor([[1, 1, 1], [1, 2, 3]], .float64)
        let gradient = slope(x) { $0.standardDeviation(axes: [1]) }
        #expect(gradient == [0, 0, 0, -0.5, 0, 0.5])
        let (value, tangent) = jvp(
            { $0.standardDeviation(axes: [1]) }, at: x, along: Tensor.ones(like: x))
        #expect(value.values(as: Double.self) == [0, 1])
        #expect(tangent.values(as: Double.self) == [0, 0])
    }

    @Test("the variance of no more elements than the correction is as PyTorch's")
    func fewElements() {
        #expect(Tensor([3.0]).variance().item.isNaN)
        #expect(Tensor([3.0, 5]).variance(correction: 2).item == .infinity)
        #expect(Tensor([3.0, 5]).variance(correction: 3).item == .infinity)
        #expect(Tensor([3.0, 3]).variance(correction: 3).item.isNaN)
        #expect(Tensor.zeros([0]).variance().item.isNaN)
        let none = Tensor.zeros([2, 0]).variance(axes: [1], correction: 0)
        #expect(none.values(as: Double.self).allSatisfy { $0.isNaN })
        let x = Tensor([1, 2, 6], .float64)
        #expect(abs(x.variance(correction: 0.5).item - x.variance().item * 0.8) < 1e-15)
    }

    @Test("a variance keeps the digits that a large mean would hide")
    func cancellation() {
        let x = Tensor(NDArray((0..<1000).map { 1e8 + Double($0 % 3 * 8) }, [1000])).cast(
            to: .float32)
        let exact = x.cast(to: .float64).variance().item
        #expect(abs(Double(x.variance().item) - exact) < 1e-6 * exact)
    }

    @Test("a norm has the gradient 0 at 0", arguments: [1, 2, 3, 0.5, Double.infinity])
    func normAtZero(_ order: Double) {
        let x = Tensor([[0, 0], [3, 4]], .float64)
        let gradient = slope(x) { $0.norm(order, axes: [1]) }
        #expect(gradient[0] == 0 && gradient[1] == 0)
        #expect(gradient[2...].allSatisfy { $0.isFinite })
        let second = hessian { $0.norm(axes: [1]).sum() }(x)
        #expect(second.values(as: Double.self).allSatisfy { $0.isFinite })
    }

    @Test("norms neither overflow nor vanish on the way")
    func normRange() {
        #expect(Tensor([3e30, 4e30], .float32).norm().item == Double(Float(5e30)))
        #expect(Tensor([3e-30, 4e-30], .float32).norm().item == Double(Float(5e-30)))
        #expect(Tensor.full([100_000], 200, .float16).norm().item.isFinite)
        #expect(Tensor([-3, 2]).norm(.infinity).item == 3)
        #expect(Tensor([-3, 2]).norm(-.infinity).item == 2)
    }

    @Test("logSumExp runs over any axes, with infinities")
    func logSumExp() {
        let inf = Double.infinity
        let x = Tensor([[1000, 1000], [-inf, -inf]], .float64)
        #expect(x.logSumExp(axes: nil).item == 1000 + 0.6931471805599453)
        #expect(x.logSumExp(axes: [1]).values(as: Double.self)[1] == -inf)
        #expect(Tensor([inf, 0, 1], .float64).logSumExp(axes: [0]).item == inf)
        #expect(
            Tensor([[1.0, 2], [3, 4]]).logSumExp(axes: [0, 1], keepDims: true).shape == [1, 1])
        let halves = Tensor.zeros([300, 300], .float16)
        #expect(abs(halves.logSumExp(axes: nil).item - 11.4) < 0.02)
    }

    @Test(
        "a sum of halves is rounded once, whatever the axes", arguments: [[0, 2], [1], [0, 1, 2]])
    func halfSums(_ axes: [Int]) {
        let x = Tensor.uniform([40, 30, 50], .float16, using: Random(seed: 1))
        let exact = x.cast(to: .float64).sum(axes: axes).cast(to: .float16)
        #expect(x.sum(axes: axes).values(as: Float.self) == exact.values(as: Float.self))
    }
}
