import Autograd
import Optim
import Tensor
import Testing

@Suite("Sharpness-aware minimization")
struct SAMTests {
    private let a = Tensor([1, 4], .float64)

    private func loss(_ x: Tensor) -> Tensor { 0.5 * (a * x ** 2).sum() }

    @Test("steps by the gradient at the worst point near")
    func byHand() {
        let x = Parameter(doubles: [3, 1])
        let optimizer = SAM(SGD(x, learningRate: 0.1), radius: 0.5)
        // g = (3, 4), of norm 5; the worst point is (3.3, 1.4), where the gradient is (3.3, 5.6).
        let value = optimizer.step { loss(x) }
        #expect(value == 6.5)
        expectClose(x.grad?.values() ?? [], [3.3, 5.6], tolerance: 1e-14)
        expectClose(x.doubles, [3 - 0.33, 1 - 0.56], tolerance: 1e-14)
    }

    @Test("takes the norm over all parameters together, and not over frozen ones")
    func together() {
        let (x, y) = (Parameter(doubles: [3]), Parameter(doubles: [1]))
        let frozen = Parameter(NDArray([7.0]), frozen: true)
        let optimizer = SAM(SGD([x, y, frozen], learningRate: 0.1), radius: 0.5)
        optimizer.step { 0.5 * (x ** 2 + 4 * y ** 2 + frozen).sum() }
        expectClose(x.doubles + y.doubles, [2.67, 0.44], tolerance: 1e-14)
        #expect(frozen.doubles == [7])
    }

    @Test("at a stationary point makes the base optimizer's step")
    func stationary() {
        let x = Parameter(doubles: [0, 0])
        let optimizer = SAM(SGD(x, learningRate: 0.1))
        #expect(optimizer.step { loss(x) } == 0)
        #expect(x.doubles == [0, 0])
        #expect(optimizer.base.stepCount == 1)
    }
}
