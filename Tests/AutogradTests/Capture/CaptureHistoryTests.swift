import Autograd
import Tensor
import Testing

@Suite("Derivatives through a captured function")
struct CaptureHistoryTests {
    private let x = Tensor.constant([3])

    @Test("reach what it uses beside its inputs")
    func passes() {
        let w = Tensor.leaf([2])
        let f = capture { (x: Tensor) in x * w }
        for index in 1...4 {
            w.zeroGrad()
            (f(x) * index + w).sum().backward()
            expect(w.grad, [3 * Double(index) + 1])
            let tape = GradientTape()
            let y = tape.record { f(x) }
            expect(tape.gradient(of: y, by: w), [3])
        }
        #expect(f.refusal?.contains("derivative") == true && f.kernelCount == nil)
        for _ in 0..<3 { noGrad { expect(f(x), [6]) } }
        #expect(f.kernelCount == 1)
        w.zeroGrad()
        f(x).sum().backward()
        expect(w.grad, [3])
    }

    @Test("were taken once, and it is replayed again afterwards")
    func once() {
        let w = Tensor.leaf([2])
        w.requiresGrad = false
        let f = capture { (x: Tensor) in (x * w).square() }
        w.requiresGrad = true
        for _ in 0..<3 { expect(f(x), [36]) }
        #expect(f.refusal?.contains("derivative") == true)
        w.requiresGrad = false
        for _ in 0..<4 { expect(f(x), [36]) }
        #expect(f.refusal == nil && f.kernelCount != nil)
        w.requiresGrad = true
        w.zeroGrad()
        f(x).sum().backward()
        expect(w.grad, [36])
    }

    @Test("are not missed where the pass was made inside")
    func freed() {
        let w = Tensor.leaf([2])
        let f = capture { (x: Tensor) in
            w.zeroGrad()
            let y = x * w
            let loss = y.square().sum()
            loss.backward()
            return [y, loss, y.detach() + w.detach()]
        }
        for _ in 0..<4 { expect(f(x)[1], [36]) }
        #expect(f.refusal == nil && f.kernelCount != nil)
    }

    @Test("by a variable of the function around it")
    func inside() {
        let sums = { (z: Tensor) -> Tensor in
            let f = capture { (x: Tensor) in x * z }
            return (0..<4).reduce(Tensor.constant(0)) { $0 + f(Tensor.constant([$1])).sum() }
        }
        expect(grad(sums)(Tensor.constant(1)), [6])
        let one = Tensor.constant(1)
        expect(jvp(sums, at: one, along: one).tangent, [6])
        expect(vmap(sums)(Tensor.constant([1, 2])), [6, 12])
        expect(vmap(grad(sums))(Tensor.constant([1, 2])), [6, 6])
    }

    @Test("follow parameters that begin to require them")
    func switching() {
        let (w, v) = (Tensor.leaf([1]), Tensor.leaf([2]))
        w.requiresGrad = false
        let f = capture { (x: Tensor) in
            w.zeroGrad()
            v.zeroGrad()
            let loss = (w * v * x).sum()
            loss.backward()
            return loss
        }
        for index in 0..<12 {
            if index % 4 == 3 { w.requiresGrad.toggle() }
            expect(f(x), [6])
            #expect(w.grad?.item == (w.requiresGrad ? 6 : nil))
            #expect(v.grad?.item == 3)
        }
        #expect(f.refusal == nil)
    }

    @Test("run hooks that are there when it is called")
    func hooks() {
        let w = Tensor.leaf([1])
        let f = capture { (x: Tensor) in
            w.zeroGrad()
            (w * x).sum().backward()
        }
        for _ in 0..<3 { _ = f(x) }
        let hook = w.onGradient { $0 * 10 }
        for _ in 0..<3 {
            _ = f(x)
            expect(w.grad, [30])
        }
        w.removeHook(hook)
        for _ in 0..<3 {
            _ = f(x)
            expect(w.grad, [3])
        }
        #expect(f.refusal == nil)
    }

    @Test("add to gradients that are there when it is called")
    func accumulation() {
        let w = Tensor.leaf([1])
        let f = capture { (x: Tensor) in (w * x).sum().backward() }
        for _ in 0..<4 {
            w.zeroGrad()
            _ = f(x)
            expect(w.grad, [3])
        }
        #expect(f.refusal == nil)
        _ = f(x)
        expect(w.grad, [6])
        #expect(f.refusal?.contains("zeroGrad") == true)
    }
}
