import Autograd
import Tensor
import Testing

// The library in a minute: read this first.
@Suite("A tour")
struct TourTests {
    @Test("tensors are arrays of numbers with a shape and a dtype")
    func tensors() {
        let x = Tensor([[1, 2, 3], [4, 5, 6]])
        #expect(x.shape == [2, 3] && x.dtype == .float32)
        #expect((x + Tensor([10, 20, 30])).values() == [11, 22, 33, 14, 25, 36] as [Float])
        #expect(x.sum(axis: 0).values() == [5, 7, 9] as [Float])
        #expect(x.matmul(x.transpose()).shape == [2, 2])
        #expect(x[-1, .every(2)].values() == [4, 6] as [Float])
        #expect(x.mean().item == 3.5)
    }

    @Test("views share elements with what they view")
    func views() {
        let x = Tensor.zeros([2, 2])
        x[0] = Tensor([7, 8])
        #expect(x.transpose().reshape([4]).values() == [7, 0, 8, 0] as [Float])
    }

    @Test("gradients flow back to the leaves that require them")
    func gradients() {
        let w = Tensor([3, -1], requiresGrad: true)
        let loss = (w * Tensor([2, 5])).square().sum()
        loss.backward()
        #expect(w.grad?.values() == [24, -50] as [Float])
    }

    @Test("gradients have gradients")
    func higherOrder() {
        let x = Tensor(2, requiresGrad: true)
        (x ** 3).backward(createGraph: true)
        let slope = x.grad
        x.zeroGrad()
        slope?.backward()
        #expect(slope?.item == 12 && x.grad?.item == 12)
    }

    @Test("a few steps downhill find the minimum of (w − 4)²")
    func descent() {
        let w = Tensor(0, requiresGrad: true)
        for _ in 0..<50 {
            (w - 4).square().backward()
            noGrad { if let slope = w.grad { w.assign(w - slope * 0.2) } }
            w.zeroGrad()
        }
        #expect(abs(w.item - 4) < 1e-5)
    }
}
