import Autograd
import Tensor
import Testing

/// Gradients at kinks are PyTorch's; NaN is passed on, so that it is seen.
@Suite("Activations at their kinks")
struct ActivationEdgeTests {
    private func slopes(_ x: [Double], _ function: (Tensor) -> Tensor) -> [Double] {
        let leaf = Tensor(NDArray(x), requiresGrad: true)
        function(leaf).sum().backward()
        return leaf.grad?.doubles ?? []
    }

    @Test("have PyTorch's gradients there")
    func kinks() {
        #expect(slopes([-3, 3, 0]) { $0.hardswish() } == [0, 1, 0.5])
        #expect(slopes([-3, 3, 0]) { $0.hardsigmoid() } == [0, 0, 1.0 / 6])
        #expect(slopes([0, 6, 3]) { $0.relu6() } == [0, 0, 1])
        #expect(slopes([-1, 1, 0.5]) { $0.hardtanh() } == [0, 0, 1])
        #expect(slopes([0.5, -0.5, 0.6]) { $0.hardshrink() } == [0, 0, 1])
        #expect(slopes([0.5, -0.5, 0.6]) { $0.softshrink() } == [0, 0, 1])
        #expect(slopes([1, 2]) { $0.threshold(1, value: 7) } == [0, 1])
        #expect(slopes([-1, 0, 2]) { $0.prelu(Tensor(0.25, .float64)) } == [0.25, 0.25, 1])
        #expect(slopes([0]) { $0.celu() } == [1])
    }

    @Test("stay finite far out")
    func far() {
        let x = Tensor(NDArray([-1000, -80, 80, 1000.0]))
        #expect(x.mish().doubles == [0, x.mish().doubles[1], 80, 1000])
        #expect(x.logSigmoid().doubles[0] == -1000)
        #expect(slopes([1000, -1000]) { $0.mish() } == [1, 0])
        #expect(x.softplus(beta: 2).doubles[3] == 1000)
        let steep = Tensor(NDArray([1, 2.51]))
        #expect(abs(steep.softplus(beta: 2, threshold: 5).doubles[0] - 1.0634640055214863) < 1e-15)
        #expect(steep.softplus(beta: 2, threshold: 5).doubles[1] == 2.51)
    }

    @Test("a weight of PReLU gets the gradient of its channel, infinities apart")
    func weights() {
        let x = Tensor(NDArray([-1, -2, .infinity, 4]).reshape([2, 2]))
        let weight = Tensor(NDArray([0.5, 0.25]), requiresGrad: true)
        let y = x.prelu(weight)
        #expect(y.doubles == [-0.5, -0.5, .infinity, 4])
        y.sum().backward()
        #expect(weight.grad?.doubles == [-1, -2])
    }
}
