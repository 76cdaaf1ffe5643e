import Autograd
import NN
import Tensor
import Testing

@Suite("Losses beside PyTorch's")
struct TorchLossTests {
    @Test("have its values and gradients", arguments: TorchLossCase.all)
    func values(_ test: TorchLossCase) {
        let loss = test.make()
        let x = Tensor(test.x.data, requiresGrad: true)
        let value = loss(x, test.y)
        expectClose(value, [test.value])
        value.backward()
        expectClose(x.grad ?? .zeros([]), test.gradient)
    }

    @Test("have second derivatives, and tangents dual to the first", arguments: TorchLossCase.all)
    func derivatives(_ test: TorchLossCase) {
        let loss = test.make()
        let (x, y) = (Tensor(test.x.data, requiresGrad: true), test.y)
        expectGradients(by: [x]) { loss(x, y) }
        let direction = Tensor.arange(1, x.count + 1).cast(to: .float64).reshape(x.shape)
        let tangent = jvp({ loss($0, y) }, at: x.detach(), along: direction).tangent.item
        let dual = zip(test.gradient, 1...).reduce(0) { $0 + $1.0 * Double($1.1) }
        expectClose([tangent], [dual])
    }

    @Test("batch under vmap, gradients too", arguments: TorchLossCase.all)
    func batched(_ test: TorchLossCase) {
        let loss = test.make()
        let (x, y) = (test.x, test.y)
        let values = vmap { (x: Tensor, y: Tensor) in loss(x, y) }(x, y)
        let slopes = vmap { (x: Tensor, y: Tensor) in grad { loss($0, y) }(x) }(x, y)
        for row in 0..<x.shape[0] {
            expectClose(values[row], [loss(x[row], y[row]).item])
            expectClose(slopes[row], grad { loss($0, y[row]) }(x[row]).values())
        }
    }

    @Test("can be captured, and give the same", arguments: TorchLossCase.all)
    func captured(_ test: TorchLossCase) {
        let loss = test.make()
        let step = capture { (x: Tensor, y: Tensor) in
            let value = loss(x, y)
            return [value, noGrad { loss.weight(x, y) } ?? Tensor(1.0)]
        }
        for _ in 0..<3 { expectClose(step(test.x, test.y)[0], [test.value]) }
        #expect(step.refusal == nil)
    }

    @Test("fit their shapes by check, and float32 by computing", arguments: TorchLossCase.all)
    func shapes(_ test: TorchLossCase) throws {
        let loss = test.make()
        let (x, y) = (test.x, test.y)
        try loss.check(
            prediction: x.shape.removing(at: 0), target: y.shape.removing(at: 0), y.dtype)
        #expect(throws: ShapeError.self) {
            try loss.check(prediction: [5, 7], target: [2, 3], .float32)
        }
        let narrow = loss(
            x.cast(to: .float32), y.dtype.isFloat ? y.cast(to: .float32) : y)
        #expect(narrow.dtype == .float32)
        expectClose(narrow, [test.value], tolerance: 2e-6)
    }

    @Test("are far from overflow at extreme logits")
    func extreme() {
        let x = Tensor(
            [200, -200, 200, -200, Double.infinity, -Double.infinity], .float64, requiresGrad: true)
        let y = Tensor([1, 0, 0, 1, 1, 0], .float64)
        let focal = BinaryFocal(gamma: 0.5, alpha: nil, reduction: .none)(x, y)
        expectClose(focal, [0, 0, 200, 200, 0, 0])
        focal.sum().backward()
        #expect(x.grad?[..<4].data.isAllFinite == true)
        let far = Tensor([[800, -800, 0]], .float64, requiresGrad: true)
        let sure = Focal(gamma: 0.5)(far, Tensor([0], .int64))
        sure.backward()
        #expect(sure.item == 0 && far.grad?.data.isAllFinite == true)
        let soft = SoftMargin(reduction: .none)(Tensor([900, -900], .float64), Tensor([1, 1]))
        #expect(soft.values() == [0.0, 900])
        let cosh = LogCosh(reduction: .none)(
            Tensor([1e-4, 1000, -1000], .float32), Tensor([0, 0, 0], .float32))
        expectClose(cosh, [5e-9, 999.3068528194401, 999.3068528194401], tolerance: 1e-7)
        #expect(abs(cosh[0].item / 5e-9 - 1) < 1e-5)
    }

    @Test("what is no probability has no loss, whatever its target")
    func shares() {
        let loss = BinaryCrossEntropy(predictions: .probabilities, reduction: .none)
        let losses = loss(Tensor([1.5, -0.5, 1.5, -0.5, 0, 1]), Tensor([1.0, 0, 0, 1, 0, 1]))
        let areNaN = losses.values(as: Float.self).map(\.isNaN)
        #expect(areNaN == [true, true, true, true, false, false])
    }

    @Test("logarithms of probabilities 0 and 1 are bounded as PyTorch's")
    func bounds() {
        let x = Tensor([0, 1, 0, 1], .float64, requiresGrad: true)
        let y = Tensor([1, 0, 0, 1], .float64)
        let loss = BinaryCrossEntropy(predictions: .probabilities, reduction: .none)(x, y)
        #expect(loss.values() == [100.0, 100, 0, 0])
        loss.sum().backward()
        #expect(x.grad?.values() == [-1e12, 1e12, 1, -1])
    }

    @Test("class weights of 0 select: what is there may be anything")
    func zeroWeights() {
        let x = Tensor([[.nan, 0.5], [.infinity, -1]], .float64)
        let y = Tensor([[1, 1], [0, 0]], .float64)
        let loss = BinaryCrossEntropy(classWeights: [0, 1], reduction: .sum)
        let plain = BinaryCrossEntropy(reduction: .sum)
        #expect(loss(x, y).item == plain(x[.all, 1], y[.all, 1]).item)
        let each = Tensor([[0, 2], [0, 3]], .float64)
        let rows = BinaryCrossEntropy(reduction: .none)(x[.all, 1], y[.all, 1])
        #expect(
            BinaryCrossEntropy()(x, y, weights: each).item
                == (rows[0].item * 2 + rows[1].item * 3) / 4)
        let half = BinaryCrossEntropy(ignoredIndex: -1)(
            .zeros([70_000], .float16), .ones([70_000], .float16))
        #expect(half.item == 0.693359375)
        let share = Tensor([-Double.infinity, -0.5], .float64)
        let divergence = KLDivergence(logTarget: true, reduction: .sum)
        expectClose(
            divergence(Tensor([-Double.infinity, -0.7], .float64), share),
            [0.2 * 0.6065306597126334])
    }
}
