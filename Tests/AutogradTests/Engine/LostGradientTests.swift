import Autograd
import Tensor
import Testing

@Suite("Gradients that would get lost")
struct LostGradientTests {
    @Test("a grad of another shape or dtype can't be added to")
    func otherGradients() async {
        let longer = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([1.0, 2, 3])
            x.label = "x"
            x.grad = .zeros([2, 3], .float64)
            (x * x).sum().backward()
        }
        expectSentence(
            longer, "backward: x float64 [3] can't add to its grad, float64 [2, 3] (set grad to no")
        let scalar = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([1.0, 2, 3])
            x.grad = Tensor(1.0, .float64)
            x.backward(.ones(like: x))
        }
        expectSentence(scalar, "backward: a tensor float64 [3] can't add to its grad, float64 []")
        let wider = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor([1, 2], requiresGrad: true)
            x.grad = .zeros([2], .float64)
            checkpoint { (z: Tensor) in z * x }(x).sum().backward()
        }
        expectSentence(wider, "can't add to its grad, float64 [2]")
        let x = Tensor.leaf([1.0, 2])
        x.grad = Tensor.constant([10.0, 20])
        (x * x).sum().backward()
        expect(x.grad, [12, 24])
    }

    @Test("a recorded tensor goes on requiring a gradient")
    func recorded() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([2.0])
            let y = x * x
            y.requiresGrad = false
        }
        expectSentence(
            result, "requiresGrad: this tensor was recorded; its gradient would get lost")
        let x = Tensor.leaf([2.0])
        let y = x * x
        y.requiresGrad = true
        (y.detach() * x).sum().backward()
        expect(x.grad, [4])
        x.requiresGrad = false
        #expect((x * x).isLeaf)
    }

    @Test("a tape whose record has ended is not found by a task that was started in it")
    func tasks() async {
        nonisolated(unsafe) let tape = GradientTape()
        let task = tape.record { Task { tape.isRecording } }
        #expect(await task.value == false)
        let x = Tensor.leaf([3.0])
        var inside: Task<Double, Never>?
        let y = (x * x).sum()
        y.onGradient { gradient in
            inside = Task {
                let z = Tensor.leaf([2.0])
                enableGrad { checkpoint { (z: Tensor) in z * z * z }(z).sum() }.backward()
                return z.grad?.item ?? 0
            }
            return gradient
        }
        y.backward()
        #expect(await inside?.value == 12)
        expect(x.grad, [6])
    }

    @Test("gradients with a graph keep their leaf only until zeroGrad, those of grad and tapes not")
    func cycles() {
        weak var leaf: Tensor?
        func run(_ body: (Tensor) -> Void) {
            let x = Tensor.leaf([2.0])
            leaf = x
            body(x)
        }
        run { x in
            (x * x * x).sum().backward(createGraph: true)
            expect(x.grad, [12])
            x.zeroGrad()
        }
        #expect(leaf == nil)
        run { x in
            (x * x * x).sum().backward(createGraph: true)
            let slope = x.grad
            x.zeroGrad()
            slope?.sum().backward()
            expect(x.grad, [12])
        }
        #expect(leaf == nil)
        run { x in
            let tape = GradientTape(persistent: true)
            tape.watch(x)
            let y = tape.record { (x ** 3).sum() }
            expect(tape.gradient(of: y, by: x), [12])
        }
        #expect(leaf == nil)
        run { x in expect(grad(grad { ($0 ** 3).sum() })(x), [12]) }
        #expect(leaf == nil)
    }
}
