import Autograd
import Tensor
import Testing

/// y = x, dx = dy limited to −1...1
private final class ClipGradient: UnaryOp {
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.copy() }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy.clip(lower: -1, upper: 1)
    }
}

/// y = a b, counting how often each gradient was asked for.
private final class CountedProduct: BinaryOp {
    var left = 0
    var right = 0
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray {
        noGrad { (Tensor(a) * Tensor(b)).data }
    }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        left += 1
        return dy * b
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        right += 1
        return dy * a
    }
}

/// y = x, without a gradient.
private final class Opaque: UnaryOp {
    override func forward(_ x: NDArray) -> NDArray { x.copy() }
}

@Suite("Operations of one's own")
struct CustomOpTests {
    @Test("have the gradient they define, again and again")
    func clipGradient() {
        let clip = ClipGradient()
        for _ in 0..<2 {
            let x = Tensor.leaf([1.0, 2, 3])
            clip(x).backward(Tensor.constant([-5, 10, 0.5]))
            expect(x.grad, [-1, 1, 0.5])
        }
    }

    @Test("compute only the gradients that are needed")
    func needed() {
        let product = CountedProduct()
        let (data, weight) = (Tensor.constant([1.0, 2]), Tensor.leaf([3.0]))
        product(data, weight).backward()
        #expect(product.left == 0 && product.right == 1)
        expect(weight.grad, [3])
    }

    @Test("are differentiable twice if their backward is made of operations")
    func twice() {
        let x = Tensor.leaf(3.0)
        let y = CountedProduct()(x * x, x)
        let first = y.derivative(by: x)
        expect(first, [27])
        expect(first.derivative(by: x), [18])
    }

    @Test("without a gradient stop the program with their name")
    func opaque() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            Opaque()(Tensor.leaf(1.0)).backward()
        }
        #expect(result.message.contains("Opaque: this operation has no gradient"))
    }
}

@Suite("Mistakes stop the program with a sentence")
struct BackwardTrapTests {
    @Test("a second backward through a freed graph")
    func freed() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf(2.0)
            let y = x * x
            y.backward()
            y.backward()
        }
        #expect(
            result.message.contains("the graph was freed by an earlier backward pass")
                && result.message.contains("retainGraph: true"))
        let shared = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let h = Tensor.leaf(2.0).exp()
            let (y, z) = (h * 2, h * 3)
            y.backward()
            z.backward()
        }
        #expect(shared.message.contains("the graph was freed by an earlier backward pass"))
    }

    @Test("backward without a leaf that requires a gradient")
    func nothing() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            (Tensor.constant(2.0) * 2).backward()
        }
        #expect(result.message.contains("no input of this tensor requires a gradient"))
    }

    @Test("an upstream gradient of another shape")
    func shape() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            (Tensor.leaf([1.0, 2]) * 2).backward(Tensor.constant([1.0, 2, 3]))
        }
        #expect(result.message.contains("the upstream gradient has shape [3], not [2]"))
    }

    @Test("a gradient for integers")
    func integers() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2], .int32, requiresGrad: true)
        }
        #expect(result.message.contains("requiresGrad: a tensor of int32 has no gradient"))
    }
}
