import Autograd
import Tensor
import Testing

@Suite("Mistakes that other frameworks made")
struct RegressionCaseTests {
    @Test("|a| does not change the upstream gradient that b gets too")
    func upstreamIsShared() {
        let (a, b) = (Tensor.leaf([-1.0, 2]), Tensor.leaf([0.0, 0]))
        (a.abs() + b).sum().backward()
        expect(a.grad, [-1, 1])
        expect(b.grad, [1, 1])
    }

    @Test("a product with a zero has gradients at the zero")
    func productWithZero() {
        let x = Tensor.leaf([2.0, 0, 3])
        expect(x.prod().derivative(by: x), [0, 6, 0])
        let twice = Tensor.leaf([2.0, 0, 0])
        expect(twice.prod().derivative(by: twice), [0, 0, 0])
        let large = Tensor.leaf([1e200, 1e200])
        expect(large.prod().derivative(by: large), [1e200, 1e200])
        var many = [Double](repeating: 1, count: 50_000)
        many[777] = 0
        let long = Tensor.leaf(many)
        #expect(long.prod().derivative(by: long).sum().item == 1)
    }

    @Test("a mean along an axis keeps its orientation")
    func meanAlongAxis() {
        let x = Tensor.leaf([[1.0, 2], [3, 4]])
        (x.mean(axis: 1) * Tensor.constant([1.0, 10])).sum().backward()
        expect(x.grad, [0.5, 0.5, 5, 5])
    }

    @Test("a variance along an axis works on squares and rectangles", arguments: [2, 3])
    func variance(_ columns: Int) {
        let x = Tensor.uniform([2, columns], .float64, using: Random(seed: 1)).leaf()
        let y = x.variance(axes: [1])
        #expect(y.shape == [2])
        y.backward()
        let centred = x.detach() - x.detach().mean(axis: 1, keepDims: true)
        expect(x.grad, (centred * 2 / Double(columns - 1)).doubles)
    }

    @Test("the largest elements share the gradient, along an axis and overall")
    func ties() {
        let x = Tensor.leaf([[3.0, 3], [1, 2]])
        expect(x.max(axis: 1).derivative(by: x), [0.5, 0.5, 0, 1])
        expect(x.max().derivative(by: x), [0.5, 0.5, 0, 0])
        expect(x.min(axis: 0).derivative(by: x), [0, 0, 1, 1])
        let (a, b) = (Tensor.leaf([1.0, 5]), Tensor.leaf([1.0, 4]))
        a.maximum(b).backward()
        expect(a.grad, [0.5, 1])
        expect(b.grad, [0.5, 0])
    }

    @Test("NaN gets the gradient of relu, maximum and minimum, which show it", arguments: [3, 100])
    func notANumber(_ count: Int) {
        // As PyTorch: none below, half where both are equal, all of it above and beside NaN.
        let row = [Double.nan, -1, 0, 1, 2].map { [Double](repeating: $0, count: count) }
        let x = Tensor.leaf(row)
        (x.relu().sum(axis: 1) * Tensor.constant([3.0, 3, 3, 3, 3])).backward()
        let upstream = { (values: [Double]) in
            values.flatMap { [Double](repeating: $0, count: count) }
        }
        expect(x.grad, upstream([3, 0, 0, 3, 3]))
        for (least, slopes) in [(false, [1, 0, 0, 0.5, 1]), (true, [1, 1, 1, 0.5, 0])] {
            let (a, b) = (Tensor.leaf(row), Tensor.leaf(1.0))
            (least ? a.minimum(b) : a.maximum(b)).backward()
            expect(a.grad, upstream(slopes))
            let rest = slopes.dropFirst().reduce(1) { $0 + 1 - $1 }
            expect(b.grad, [rest * Double(count)])
        }
    }

    @Test("max drops only the axis it reduces")
    func maxShape() {
        #expect(Tensor.zeros([1, 3, 1]).max(axis: 1).shape == [1, 1])
    }

    @Test("an element taken twice gets both gradients")
    func takenTwice() {
        let x = Tensor.leaf([1.0, 2, 3])
        x[Tensor([0, 0, 2], .int64)].backward()
        expect(x.grad, [2, 0, 1])
        let y = Tensor.leaf([1.0, 2, 3])
        (y[0] * 3 + y[0]).backward()
        expect(y.grad, [4, 0, 0])
    }

    @Test("where chooses by its condition, not by values")
    func equalValues() {
        let (a, b) = (Tensor.leaf([1.0, 2]), Tensor.leaf([1.0, 7]))
        Tensor.where(Tensor([false, true], .bool), a, b).backward()
        expect(a.grad, [0, 1])
        expect(b.grad, [1, 0])
    }

    @Test("cross-entropy of [30, 0, 0] for class 1 is 30")
    func crossEntropy() {
        let logits = Tensor([30, 0, 0], requiresGrad: true)
        let loss = -logits.logSoftmax()[1]
        #expect(loss.item == 30)
        loss.backward()
        expect(logits.grad, [1, -1, 9.357622968840175e-14], within: 1e-7)
    }

    @Test("extreme logits neither overflow nor lose their gradient")
    func extremes() {
        let x = Tensor.leaf([-1000.0, -200, 0, 200, 1000])
        expect(x.sigmoid(), [0, 0, 0.5, 1, 1])
        expect(x.softplus(), [0, 0, 0.6931471805599453, 200, 1000])
        expect(x.softplus().derivative(by: x), [0, 0, 0.5, 1, 1])
        expect(x.softmax(), [0, 0, 0, 0, 1])
        expect(x.logSumExp(), [1000])
        expect(x.silu().derivative(by: x), [0, 0, 0.5, 1, 1])
        expect(x.gelu().derivative(by: x), [0, 0, 0.5, 1, 1])
        expect(x.geluTanh().derivative(by: x), [0, 0, 0.5, 1, 1])
    }

    @Test("copies, casts and moves pass gradients on")
    func passing() {
        let x = Tensor([[1, 2], [3, 4]], requiresGrad: true)
        let y = x.transpose().contiguous().cast(to: .float64).to(CPUBackend.shared).copy()
        (y * Tensor.constant([[1.0, 2], [3, 4]])).backward()
        expect(x.grad, [1, 3, 2, 4])
        #expect(x.grad?.dtype == .float32)
    }

    @Test("vectors multiply matrices and vectors, and batches broadcast")
    func products() {
        let (v, w) = (Tensor.leaf([1.0, 2]), Tensor.leaf([3.0, 4]))
        let product = v.matmul(w)
        #expect(product.shape == [])
        product.backward()
        expect(v.grad, [3, 4])
        v.zeroGrad()
        let m = Tensor.leaf([[1.0, 2], [3, 4], [5, 6]])
        let image = m.matmul(v)
        expect(image, [5, 11, 17])
        image.backward()
        expect(v.grad, [9, 12])
        expect(m.grad, [1, 2, 1, 2, 1, 2])
        let (batch, shared) = (Tensor.leaf([[[1.0]], [[2]]]), Tensor.leaf([[3.0]]))
        batch.matmul(shared).backward()
        expect(batch.grad, [3, 3])
        expect(shared.grad, [3])
    }

    @Test("a constant gets no gradient and counts as one")
    func constants() {
        let x = Tensor.leaf([1.0, 2])
        let c = Tensor.constant([5.0, 7])
        (x * c).backward()
        expect(x.grad, [5, 7])
        #expect(c.grad == nil)
    }

    @Test("x² has the gradient 0 at 0, and powers of 0 have finite ones")
    func powersOfZero() {
        let x = Tensor.leaf([0.0, 0, 0])
        expect((x ** Tensor.constant([2.0, 1, 0])).derivative(by: x), [0, 1, 0])
        let e = Tensor.leaf([2.0, 0.5, 3])
        (Tensor.constant([0.0, 0, 0]) ** e).backward()
        expect(e.grad, [0, 0, 0])
    }

    @Test("the mixed derivative of aᵇ at b = 0 is 1 / a")
    func mixedPower() {
        let (a, b) = (Tensor.leaf(2.0), Tensor.leaf(0.0))
        (a ** b).backward(createGraph: true)
        let byA = a.grad
        a.zeroGrad()
        b.zeroGrad()
        byA?.backward()
        expect(b.grad, [0.5])
    }

    @Test("a permuted matrix reshapes in its new order")
    func permuteThenReshape() {
        let x = Tensor([[1, 2], [3, 4], [5, 6]])
        expect(x.permute([1, 0]).reshape([6]), [1, 3, 5, 2, 4, 6])
    }

    @Test(
        "the mean of many halves neither overflows nor loses its digits",
        arguments: [
            DType.float16, .bfloat16,
        ])
    func meanOfHalves(_ dtype: DType) {
        let x = Tensor.full([70_000], 4, dtype)
        #expect(x.mean().item == 4)
        #expect(x.variance().item == 0)
        #expect(x.mean().dtype == dtype)
    }
}
