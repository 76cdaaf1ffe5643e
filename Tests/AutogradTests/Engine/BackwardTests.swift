import Autograd
import Tensor
import Testing

@Suite("backward")
struct BackwardTests {
    @Test("adds to the gradient until it is reset")
    func accumulation() {
        let x = Tensor.leaf(2.0)
        (x * x).backward()
        (x * x).backward()
        expect(x.grad, [8])
        x.zeroGrad()
        #expect(x.grad == nil)
        (x * x).backward()
        expect(x.grad, [4])
    }

    @Test("starts from ones, of a result of any shape, or from the gradient given")
    func upstream() {
        let x = Tensor.leaf([[1.0, 2], [3, 4]])
        (x * 3).backward()
        expect(x.grad, [3, 3, 3, 3])
        x.zeroGrad()
        (x * 3).backward(Tensor([[1, 0], [0, -1]]))
        expect(x.grad, [3, 0, 0, -3])
    }

    @Test("of a leaf gives it the upstream gradient in storage of its own")
    func leaf() {
        let x = Tensor.leaf([1.0, 2])
        let upstream = Tensor.constant([5.0, 6])
        x.backward(upstream)
        expect(x.grad, [5, 6])
        #expect(x.grad?.data.storage !== upstream.data.storage)
    }

    @Test("visits shared parts of a graph once, after all their uses")
    func diamonds() {
        let x = Tensor.leaf(3.0)
        let a = x * 2
        let (b, c) = (a + 1, a * a)
        let d = b * c
        (d + a).backward()
        // d = (2x + 1) 4x², plus 2x
        expect(x.grad, [24 * 9 + 8 * 3 + 2])
        var deep = Tensor.leaf(1.0)
        let start = deep
        for _ in 0..<60 { deep = deep + deep }
        deep.backward()
        expect(start.grad, [0x1p60])
    }

    @Test("counts each use of a tensor")
    func reuse() {
        let x = Tensor.leaf(3.0)
        (x * x).backward()
        expect(x.grad, [6])
        x.zeroGrad()
        (0..<100).reduce(x * 0) { sum, _ in sum + x }.backward()
        expect(x.grad, [100])
        x.zeroGrad()
        Tensor.stack([x, x, x]).backward(Tensor.constant([1.0, 2, 3]))
        expect(x.grad, [6])
    }

    @Test("keeps the graph for another pass if asked to")
    func retained() {
        let x = Tensor.leaf(3.0)
        let y = x * x
        y.backward(retainGraph: true)
        y.backward()
        expect(x.grad, [12])
    }

    @Test("frees only its own graph: another result of the same leaves still works")
    func separateGraphs() {
        let x = Tensor.leaf(3.0)
        let (y, z) = (x * x, x * 5)
        y.backward()
        z.backward()
        expect(x.grad, [11])
    }

    @Test("gives parameters that are frozen nothing, and those after them their due")
    func frozen() {
        let frozen = Parameter(NDArray([2.0]), frozen: true)
        let trained = Parameter(NDArray([3.0]))
        (frozen * trained).backward()
        #expect(frozen.grad == nil)
        expect(trained.grad, [2])
        let late = Tensor.leaf([2.0])
        let y = late.exp() * trained
        late.requiresGrad = false
        trained.zeroGrad()
        y.backward()
        #expect(late.grad == nil)
    }

    @Test("stops at a detached tensor")
    func detached() {
        let x = Tensor.leaf(3.0)
        let y = x * x
        (y.detach() * x).backward()
        expect(x.grad, [9])
        #expect(!y.detach().requiresGrad)
        #expect(y.detach().isLeaf)
    }

    @Test("gives each leaf a gradient of its own to change")
    func aliasing() {
        let (a, b) = (Tensor.leaf([1.0, 2]), Tensor.leaf([3.0, 4]))
        let upstream = Tensor.constant([1.0, 1])
        (a + b).backward(upstream)
        a.grad?.assign(Tensor.constant([7.0, 8]))
        expect(b.grad, [1, 1])
        expect(upstream, [1, 1])
        let x = Tensor.leaf([[1.0, 2], [3, 4]])
        let y = Tensor.leaf([1.0, 2, 3, 4])
        (x.reshape([4]) + y).backward()
        x.grad?.assign(Tensor.constant(0.0))
        expect(y.grad, [1, 1, 1, 1])
    }

    @Test("adds to a gradient somebody holds without changing what they see")
    func heldGradient() {
        let x = Tensor.leaf([1.0])
        (x * 2).backward()
        let held = x.grad
        let elements = x.grad?.data
        (x * 3).backward()
        expect(held, [2])
        #expect(elements?.scalar == 2)
        expect(x.grad, [5])
    }

    @Test("differentiates by the upstream gradient too")
    func byUpstream() {
        let x = Tensor.leaf([1.0, 2])
        let upstream = Tensor.leaf([3.0, 4])
        (x + 1).backward(upstream, createGraph: true)
        let gradient = x.grad
        x.zeroGrad()
        (gradient?.square())?.backward()
        expect(upstream.grad, [6, 8])
    }

    @Test("gives integers, masks and constants no gradient")
    func integers() {
        let x = Tensor.leaf([1.5, 2.5])
        #expect(!x.cast(to: .int32).requiresGrad)
        #expect(!(x .> 2).requiresGrad)
        let y = x * (x .> 2).cast(to: .float64)
        y.backward()
        expect(x.grad, [0, 1])
    }

    @Test("converts gradients between the dtypes of a mixed expression")
    func mixedDtypes() {
        let half = Tensor([1.5], .float16, requiresGrad: true)
        let single = Tensor([2.0], .float32, requiresGrad: true)
        let y = half * single
        #expect(y.dtype == .float32)
        y.backward()
        #expect(half.grad?.dtype == .float16)
        expect(half.grad, [2])
        expect(single.grad, [1.5])
    }
}
