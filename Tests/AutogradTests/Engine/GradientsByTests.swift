import Autograd
import Tensor
import Testing

@Suite("Gradients of computed tensors by others")
struct GradientsByTests {
    @Test("go to targets alone, leaves or not, and leave grad as it is")
    func targets() {
        let x = Tensor([1, 2, 3], .float64, requiresGrad: true)
        let other = Tensor([5, 5, 5], .float64, requiresGrad: true)
        let middle = x * x
        let y = (middle * x).sum()
        let found = gradients(of: [y], by: [x, middle, other], retainGraph: true)
        #expect(found[0]?.values(as: Double.self) == [3, 12, 27])
        #expect(found[1]?.values(as: Double.self) == [1, 2, 3])
        #expect(found[2] == nil && x.grad == nil)
        let weighted = gradient(of: middle, by: x, upstream: Tensor([1, 0, -1], .float64))
        #expect(weighted?.values(as: Double.self) == [2, 0, -6])
    }

    @Test("have gradients again with createGraph, and none without")
    func orders() throws {
        let x = Tensor([1, 2], .float64, requiresGrad: true)
        let slope = try #require(gradient(of: (x ** 3).sum(), by: x, createGraph: true))
        let curvature = try #require(gradient(of: slope.sum(), by: x))
        #expect(curvature.values(as: Double.self) == [6, 12])
        let plain = try #require(gradient(of: (x ** 3).sum(), by: x))
        #expect(!plain.requiresGrad)
    }

    @Test("add up over outputs")
    func outputs() {
        let x = Tensor([1, 2], .float64, requiresGrad: true)
        let found = gradients(
            of: [x.square(), x * 3], by: [x], upstreams: [nil, Tensor([1, 10], .float64)])
        #expect(found[0]?.values(as: Double.self) == [5, 34])
    }

    @Test("a graph that is gone, and what requires no gradient, trap")
    func wrong() async {
        await #expect(processExitsWith: .failure) {
            let x = Tensor([1, 2], requiresGrad: true)
            let y = x.exp().sum()
            _ = gradient(of: y, by: x)
            _ = gradient(of: y, by: x)
        }
        await #expect(processExitsWith: .failure) {
            _ = gradient(of: Tensor([1]), by: Tensor([1], requiresGrad: true))
        }
        await #expect(processExitsWith: .failure) {
            let x = Tensor([1, 2], requiresGrad: true)
            _ = gradient(of: x.exp().sum(), by: Tensor([1, 2]))
        }
    }
}
