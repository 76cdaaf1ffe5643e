import Autograd
import Tensor
import Testing

@Suite("What becomes of the graph")
struct FreeingTests {
    /// Whether a number of bytes is a number of mebibytes, up to scalars.
    private static func isAbout(_ mebibytes: Int, _ bytes: Int) -> Bool {
        abs(bytes - mebibytes << 20) < 4096
    }

    /// A result and the tensors between it and its leaf, a mebibyte each.
    private static func chain() -> (x: Tensor, between: [Tensor], y: Tensor) {
        let x = Tensor.ones([1 << 18]).leaf()
        let a = x.sin()
        let b = a.exp()
        let c = b * a
        return (x, [a, b, c], c.sum())
    }

    @Test("prune gives back what nobody holds")
    func prune() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor.ones([1 << 18]).leaf()
            let y = x.sin().exp().tanh().sum()
            let before = CPUBackend.shared.memory.live
            y.backward(graph: .prune)
            let freed = before - CPUBackend.shared.memory.live
            // Three results between, less the gradient.
            if !FreeingTests.isAbout(2, freed) { fatalError("\(freed) bytes were given back") }
        }
    }

    @Test("keep gives back nothing, and another pass works")
    func keep() async {
        await #expect(processExitsWith: .success) {
            let (x, between, y) = FreeingTests.chain()
            y.backward(graph: .keep)
            x.zeroGrad()
            let before = CPUBackend.shared.memory.live
            y.backward(graph: .keep)
            if !FreeingTests.isAbout(1, CPUBackend.shared.memory.live - before) {
                fatalError("memory was freed")
            }
            if between[0].isLeaf { fatalError("the graph is gone") }
        }
    }

    @Test("destroy gives back what is held too, but for leaves and the result")
    func destroy() async {
        await #expect(processExitsWith: .success) {
            for policy in [GraphPolicy.prune, .destroy] {
                let (x, between, y) = FreeingTests.chain()
                let before = CPUBackend.shared.memory.live
                y.backward(graph: policy)
                let freed = before + 1 << 20 - CPUBackend.shared.memory.live
                if policy == .prune, !FreeingTests.isAbout(0, freed) {
                    fatalError("prune freed \(freed) bytes")
                }
                if policy == .destroy, !FreeingTests.isAbout(3, freed) {
                    fatalError("destroy freed \(freed)")
                }
                if y.item.isNaN || x.data.count != between[0].count { fatalError("wrong shape") }
                if between[1].shape != [1 << 18] { fatalError("the shape is gone") }
            }
        }
    }

    @Test(
        "reading a destroyed tensor stops the program with a sentence",
        arguments: ["values", "sum", "left", "right", "where", "matmul", "assign", "again", "one"])
    func reading(_ use: String) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [use] in
            let x = Tensor.leaf([[1.0, 2], [3, 4]])
            let h = x.exp()
            let one = (x[0, 0] * 2)
            (h.sum() + one).backward(graph: .destroy)
            switch use {
            case "values": _ = h.values(as: Double.self)
            case "sum": _ = h.sum()
            case "left": _ = h + 1
            case "right": _ = x.detach() + h
            case "where": _ = Tensor.where(x.detach() .> 2, x.detach(), h)
            case "matmul": _ = x.detach().matmul(h)
            case "assign": noGrad { x.grad?.assign(h) }
            case "one": _ = x.detach() * one
            default: _ = h.reshape([4]).values(as: Double.self)
            }
        }
        #expect(result.message.contains("given back by backward(graph: .destroy)"), "\(use)")
    }

    @Test("gradients don't depend on it", arguments: [GraphPolicy.keep, .prune, .destroy])
    func same(_ policy: GraphPolicy) {
        let x = Tensor.leaf([0.5, 1.5])
        let h = (x * x).sin()
        (h.exp() * h).sum().backward(graph: policy)
        let reference = Tensor.leaf([0.5, 1.5])
        let g = (reference * reference).sin()
        (g.exp() * g).sum().backward()
        #expect(x.grad?.values(as: Double.self) == reference.grad?.values(as: Double.self))
    }
}

@Suite("Gradients on their way")
struct HookTests {
    @Test("are kept on request, also where the graph is freed")
    func retained() {
        let x = Tensor.leaf([1.0, 2])
        let h = x * x
        h.retainGrad()
        let other = h + 1
        (other * other).sum().backward()
        expect(h.grad, [4, 10])
        #expect(other.grad == nil)
        expect(x.grad, [8, 40])
    }

    @Test("pass hooks once all uses have contributed, in the order of their addition")
    func order() {
        let x = Tensor.leaf(3.0)
        let h = x * 2
        var seen: [Double] = []
        h.onGradient { gradient in
            seen.append(gradient.item)
            return gradient * 10
        }
        h.onGradient { gradient in
            seen.append(gradient.item)
            return nil
        }
        (h * h + h).backward()
        #expect(seen == [13, 130])
        expect(x.grad, [260])
    }

    @Test("are not seen by hooks that were removed, whatever was added since")
    func removal() {
        let x = Tensor.leaf(3.0)
        let h = x * 2
        let first = h.onGradient { $0 * 2 }
        let second = h.onGradient { $0 * 3 }
        h.removeHook(second)
        let third = h.onGradient { $0 * 5 }
        h.removeHook(second)
        #expect(Set([first, second, third]).count == 3)
        (h + 0).backward()
        expect(x.grad, [20])
    }

    @Test("are not kept by a hook that names its own tensor, once the graph is freed")
    func ownTensor() {
        weak var kept: Tensor?
        func run() {
            let x = Tensor.leaf(3.0)
            let h = x * 2
            kept = h
            h.onGradient { $0 * h.item }
            (h * h).backward()
            expect(x.grad, [2 * 6 * 6 * 2])
        }
        run()
        #expect(kept == nil)
    }

    @Test("of leaves are changed before they are added up")
    func leaves() {
        let x = Tensor.leaf([1.0, -2])
        var calls = 0
        x.onGradient { gradient in
            calls += 1
            return gradient.clip(lower: -1, upper: 1)
        }
        (x * x * 3).sum().backward()
        expect(x.grad, [1, -1])
        (x * x * 3 + x * 2).sum().backward()
        #expect(calls == 2)
        expect(x.grad, [2, -2])
    }

    @Test("have gradients themselves through a hook's replacement")
    func createGraph() {
        let x = Tensor.leaf(3.0)
        let h = x * x
        h.onGradient { $0 * x }
        let first = h.derivative(by: x)
        // dx = 2x · x
        expect(first, [18])
        expect(first.derivative(by: x), [12])
    }

    @Test("are changed by hooks inside grad as well, on its argument and on captured tensors")
    func functions() {
        let w = Tensor.leaf(5.0)
        let h = w * 2
        h.onGradient { $0 * 7 }
        let slope = grad { (x: Tensor) in
            x.onGradient { $0 * 10 }
            return x * x * h
        }
        let result = slope(Tensor.constant(3.0))
        expect(result, [600])
        result.backward()
        expect(w.grad, [10 * 6 * 7 * 2])
    }

    @Test("that a hook gives another shape stop the program")
    func shape() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([1.0, 2])
            x.onGradient { $0.sum() }
            (x * x).backward()
        }
        #expect(result.message.contains("onGradient: a hook returned float64 []"))
    }
}

@Suite("A gradient of a gradient")
struct RepeatedBackwardTests {
    @Test("is what calling backward again gives, to any order: x⁵ at 2")
    func orders() {
        let x = Tensor.leaf(2.0)
        var y = x ** 5
        for expected in [80.0, 160, 240, 240, 120] {
            y = y.derivative(by: x)
            expect(y, [expected])
        }
    }

    @Test("adds to the first one where that isn't reset")
    func accumulates() {
        let x = Tensor.leaf(3.0)
        (x * x * x).backward(createGraph: true)
        let first = x.grad
        first?.backward()
        // 3x² + 6x
        expect(x.grad, [27 + 18])
        x.zeroGrad()
    }

    @Test("flows through a backward function that differentiates something itself")
    func nestedPass() {
        // y = x³ whose pullback asks grad for the slope, inside an outer pass over the same x.
        let cube = customGradient { (x: Tensor) in
            (x * x * x, { dy in dy * grad { $0 * $0 * $0 }(x) })
        }
        let f = { (x: Tensor) in (cube(x * x) * x).sum() }
        let plain = { (x: Tensor) in ((x * x) ** 3 * x).sum() }
        let point = Tensor.constant([1.5, -0.5])
        expect(grad(f)(point), grad(plain)(point).doubles, within: 1e-12)
        let second = grad { (x: Tensor) in grad(f)(x).sum() }(point)
        let expected = grad { (x: Tensor) in grad(plain)(x).sum() }(point)
        expect(second, expected.doubles, within: 1e-12)
        let x = Tensor.leaf([1.5, -0.5])
        let twice = f(x).derivative(by: x).sum().derivative(by: x)
        expect(twice, expected.doubles, within: 1e-12)
    }
}
