import Autograd
import Tensor
import Testing

@Suite("Checkpointing")
struct CheckpointTests {
    private static let size = 6

    private static func weights(_ seed: UInt64) -> [Tensor] {
        let random = Random(seed: seed)
        return (0..<4).map { _ in
            Tensor(random.normal([size, size], .float64), requiresGrad: true)
        }
    }

    /// Four layers with residuals and dropout, each `around` something.
    private static func net(
        _ weights: [Tensor], _ random: Random,
        around: (_ layer: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor
    ) -> (Tensor) -> Tensor {
        let layers = weights.map { w in
            around { x in x + x.matmul(w).tanh().dropout(0.4, using: random) * x }
        }
        return { x in layers.reduce(x) { $1($0) } }
    }

    private static let input = Random(seed: 9).normal([3, size], .float64)

    private func gradients(
        around: (_ layer: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor
    ) -> (value: [Double], gradients: [[Double]], position: UInt64) {
        let (weights, random) = (Self.weights(1), Random(seed: 3))
        let x = Tensor(Self.input, requiresGrad: true)
        let y = Self.net(weights, random, around: around)(x)
        // Somebody draws between the passes.
        _ = random.next()
        (y * y).sum().backward()
        return (y.doubles, ([x] + weights).map { $0.grad?.doubles ?? [] }, random.position)
    }

    @Test("gives the same values and gradients to the bit, dropout included")
    func same() {
        let plain = gradients { $0 }
        let checkpointed = gradients { layer in checkpoint { layer($0) } }
        #expect(plain == checkpointed)
        #expect(plain.gradients.allSatisfy { !$0.isEmpty && $0.contains { $0 != 0 } })
    }

    @Test("nests")
    func nested() {
        let plain = gradients { $0 }
        let twice = gradients { layer in
            checkpoint { x in checkpoint({ layer($0) }, x * 1) }
        }
        #expect(plain == twice)
    }

    @Test("gives grad the same to the bit, by arguments and captured tensors")
    func functions() {
        func slope(around: (_ layer: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor) -> Tensor
        {
            let net = Self.net(Self.weights(1), Random(seed: 3), around: around)
            return grad { x in net(x).square().sum() }(Tensor(Self.input))
        }
        #expect(slope { $0 }.doubles == slope { layer in checkpoint { layer($0) } }.doubles)

        // By what the segment captures: an intermediate of the function, and its own argument.
        let point = Tensor.constant([0.5, -1.5])
        let plain = grad { (x: Tensor) in
            let h = x.sin()
            return (h * (x * h).exp() + x).sum()
        }
        let checkpointed = grad { (x: Tensor) in
            let h = x.sin()
            return checkpoint { y in (h * (y * h).exp() + x).sum() }(x)
        }
        #expect(plain(point).doubles == checkpointed(point).doubles)
        let captured = Tensor.leaf([2.0, 3])
        let byArgument = grad { (x: Tensor) in checkpoint { ($0 * captured).sum() }(x) }
        expect(byArgument(point), [2, 3])
        #expect(captured.grad == nil)
    }

    @Test("reaches captured leaves and intermediates with backward")
    func captured() {
        let (w, x) = (Tensor.leaf([2.0, 3]), Tensor.leaf([5.0, 7]))
        let h = w * w
        let y = checkpoint { x in (x * h * h).sum() }(x)
        (y + h.sum()).backward()
        // y = x w⁴
        expect(x.grad, [16, 81])
        expect(w.grad, [4 * 8 * 5 + 4, 4 * 27 * 7 + 6])
        // Everything captured, nothing that needs a gradient as an argument.
        w.zeroGrad()
        checkpoint { (c: Tensor) in c * w * w }(.constant([1.0, 10])).sum().backward()
        expect(w.grad, [4, 60])
    }

    @Test("is differentiated twice, thrice, by calling backward and by nesting")
    func orders() {
        let f = { (x: Tensor) in checkpoint { $0 * $0.exp() }(x) * x }
        let plain = { (x: Tensor) in x * x.exp() * x }
        let point = Tensor.constant([0.5, 1.5])
        for order in 1...3 {
            let expected = derivative(plain, order: order)(point).doubles
            expect(derivative(f, order: order)(point), expected, within: 1e-12)
            let x = Tensor.leaf([0.5, 1.5])
            expect(
                (0..<order).reduce(f(x)) { y, _ in y.derivative(by: x) }, expected, within: 1e-12)
        }
        let ones = Tensor.constant([1.0, 1])
        let product = hvp({ f($0).sum() }, at: point, along: ones)
        expect(product, derivative(plain, order: 2)(point).doubles, within: 1e-12)
        expect(jvp(f, at: point, along: ones).tangent, grad(plain)(point).doubles, within: 1e-12)
        let reverseOverForward = grad { x in jvp(f, at: x, along: ones).tangent.sum() }
        expect(reverseOverForward(point), derivative(plain, order: 2)(point).doubles, within: 1e-12)
    }

    @Test("penalizes a gradient by captured weights through two orders")
    func penalty() {
        func weightGradient(_ f: @escaping (Tensor, Tensor) -> Tensor) -> Tensor? {
            let (w, x) = (Tensor.leaf([0.3, -0.7]), Tensor.constant([1.0, 2]))
            let slope = grad { (x: Tensor) in f(x, w).sum() }(x)
            slope.square().sum().backward()
            return w.grad
        }
        let plain = weightGradient { x, w in (x * w).tanh() * w }
        let checkpointed = weightGradient { x, w in checkpoint { ($0 * w).tanh() * w }(x) }
        #expect(plain != nil)
        expect(checkpointed, plain?.doubles ?? [], within: 1e-12)
    }

    @Test("is differentiated twice by captured weights, by backward and by tapes")
    func weightOrders() {
        func second(_ f: (Tensor, Tensor) -> Tensor) -> [[Double]] {
            let (w, x) = (Tensor.leaf([0.3, -0.7]), Tensor.constant([1.0, 2]))
            let first = f(x, w).sum().derivative(by: w)
            let byBackward = first.square().sum().derivative(by: w)
            let (outer, inner) = (GradientTape(), GradientTape())
            let slope = outer.record {
                inner.gradient(of: inner.record { f(x, w).sum() }, by: w) ?? Tensor(0)
            }
            let byTape = outer.gradient(of: slope, by: w, unreached: .zeros) ?? Tensor(0)
            return [first.doubles, byBackward.doubles, byTape.doubles]
        }
        let plain = second { x, w in (x * w).tanh() * w }
        let checkpointed = second { x, w in checkpoint { ($0 * w).tanh() * w }(x) }
        for (found, expected) in zip(checkpointed, plain) {
            expect(.constant(found), expected, within: 1e-12)
            #expect(!expected.contains(0))
        }
    }

    @Test("works inside vmap")
    func batched() {
        let w = Tensor.leaf([2.0, 3])
        let f = { (x: Tensor) in checkpoint { ($0 * w).sin().sum() }(x) }
        let rows = Tensor.constant([[0.5, 1], [1.5, -2]])
        let slopes = vmap { (row: Tensor) in grad(f)(row) }(rows)
        let expected = grad { (x: Tensor) in (x * w).sin().sum() }(rows)
        expect(slopes, expected.doubles, within: 1e-12)
        vmap { (row: Tensor) in f(row) }(rows).sum().backward()
        let found = w.grad
        w.zeroGrad()
        (rows * w).sin().sum().backward()
        expect(found, w.grad?.doubles ?? [], within: 1e-12)
    }

    @Test("takes trees to trees, of which some leave as they came")
    func trees() {
        let (a, b) = (Tensor.leaf([2.0]), Tensor.leaf([3.0]))
        let constant = Tensor.constant([4.0])
        let results = checkpoint { (p: [Tensor]) in
            [p[0] * p[1], p[0] + p[2], p[1], p[2], Tensor([1, 2], .int32), p[0].exp()]
        }([a, b, constant])
        #expect(results[2] === b && results[3] === constant)
        #expect(!results[4].requiresGrad)
        (results[0] * 10 + results[1] + results[2]).sum().backward(retainGraph: true)
        expect(a.grad, [31])
        expect(b.grad, [21])
        results[1].backward()
        expect(a.grad, [32])
    }

    @Test("runs the function once where nothing is recorded, again for each backward pass")
    func runs() {
        var count = 0
        var again: [Bool] = []
        let f = checkpoint { (x: Tensor) in
            count += 1
            again.append(Checkpointing.isRecomputing)
            return x.exp()
        }
        let x = Tensor.leaf(1.0)
        _ = noGrad { f(x) }
        #expect(count == 1)
        let y = f(x)
        #expect(count == 2)
        y.backward(retainGraph: true)
        y.backward()
        #expect(again == [false, false, true, true])
        expect(x.grad, [2 * 2.718281828459045])
    }

    @Test("runs hooks of its inside and outside once")
    func hooks() {
        let (x, w) = (Tensor.leaf(2.0), Tensor.leaf(3.0))
        var calls = 0
        w.onGradient {
            calls += 1
            return $0 * 10
        }
        let y = checkpoint { (x: Tensor) in
            let h = x * w
            h.onGradient { $0 * 100 }
            x.onGradient { $0 * 7 }
            return h
        }(x)
        (y + w).backward()
        #expect(calls == 1)
        expect(x.grad, [2100])
        expect(w.grad, [10 * (200 + 1)])
    }

    @Test("lets go of what is inside, and frees it again in backward")
    func memory() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor.ones([1 << 18]).leaf()
            let f = { (x: Tensor) in (0..<10).reduce(x) { y, _ in y.sin() } }
            let start = CPUBackend.shared.memory.live
            let y = (0..<10).reduce(x) { y, _ in checkpoint(f, y) }
            let kept = (CPUBackend.shared.memory.live - start) >> 20
            if kept != 10 { fatalError("ten segments keep \(kept) results") }
            CPUBackend.shared.resetPeakMemory()
            y.sum().backward()
            let peak = (CPUBackend.shared.memory.peak - start) >> 20
            if peak > 10 + 10 + 4 { fatalError("backward held \(peak) results of 100") }
        }
    }

    @Test("notices inputs and weights that were changed in place")
    func inPlace() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let w = Tensor.leaf([2.0])
            let y = checkpoint { $0 + w }(Tensor.leaf([1.0]))
            noGrad { w.assign(Tensor.constant([5.0])) }
            y.backward()
        }
        #expect(result.message.contains("a tensor that Checkpoint saved was changed in place"))
    }

    @Test("notices a function that isn't the same the second time")
    func inconstant() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let (v, w) = (Tensor.leaf([2.0]), Tensor.leaf([3.0]))
            var count = 0
            let y = checkpoint { (x: Tensor) in
                count += 1
                return x * (count == 1 ? v : w)
            }(Tensor.leaf([1.0]))
            y.backward()
        }
        #expect(result.message.contains("used other tensors when it was run again"))
    }

    @Test("of 200,000 operations, and 5,000 times, doesn't overflow the stack")
    func longChain() {
        let x = Tensor.leaf(1.0)
        let long = checkpoint { (x: Tensor) in (0..<200_000).reduce(x) { y, _ in y + 1 } }
        long(x).backward()
        expect(x.grad, [1])
        let often = (0..<5_000).reduce(x) { y, _ in checkpoint({ $0 * 1 }, y) }
        often.backward()
        expect(x.grad, [2])
        _ = (0..<5_000).reduce(x) { y, _ in checkpoint({ $0 * 1 }, y) }
        expect(grad { long($0) }(.constant(1.0)), [1])
    }
}
