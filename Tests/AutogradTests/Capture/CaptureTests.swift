import Autograd
import Tensor
import Testing

@Suite("A captured function")
struct CaptureTests {
    /// A linear model, its loss and gradient descent by hand, in place.
    private final class Descent {
        let w = Parameter(NDArray([0.5, -1, 2] as [Float], [3, 1]))
        let random = Random(seed: 3)
        func step(_ x: Tensor, _ y: Tensor) -> Tensor {
            w.zeroGrad()
            let kept = x.dropout(0.25, using: random)
            let loss = (kept.matmul(w) - y).square().mean()
            loss.backward()
            noGrad { if let grad = w.grad { w.data.assign((w - grad * 0.1).data) } }
            return loss
        }
    }

    private func batch(_ index: Int) -> (Tensor, Tensor) {
        let random = Random(seed: 100 + UInt64(index))
        return (Tensor(random.normal([4, 3])), Tensor(random.normal([4, 1])))
    }

    @Test("gives the bits of the function, with new inputs and new random numbers")
    func bits() {
        let (eager, captured) = (Descent(), Descent())
        let step = capture { (x: Tensor, y: Tensor) in captured.step(x, y) }
        var losses: [Tensor] = []
        for index in 0..<8 {
            let (x, y) = batch(index)
            let expected = eager.step(x, y)
            losses.append(step(x, y))
            #expect(losses[index].item == expected.item)
            #expect(captured.w.values(as: Float.self) == eager.w.values(as: Float.self))
            #expect(captured.w.grad?.values(as: Float.self) == eager.w.grad?.values(as: Float.self))
            #expect(captured.random.position == eager.random.position)
        }
        #expect(step.refusal == nil)
        #expect((step.kernelCount ?? 0) > 5)
        #expect(Set(losses.map(\.item)).count == 8)
    }

    @Test("is recorded anew for other shapes")
    func shapes() {
        let double = capture { (x: Tensor) in x * 2 + x }
        for size in [2, 3, 2, 3, 2, 3, 4] {
            let x = Tensor(Random(seed: UInt64(size)).normal([size]))
            #expect(double(x).values(as: Float.self) == (x * 3).values(as: Float.self))
        }
    }

    @Test("captures derivatives of every kind")
    func derivatives() {
        let w = Tensor(Random(seed: 1).normal([5, 5]))
        let f = { (x: Tensor) in (x.matmul(w).tanh() * x).sum() }
        let functions: [(Tensor) -> Tensor] = [
            grad(f), grad { grad(f)($0).square().sum() },
            { hvp(f, at: $0, along: w[0..<3]) }, { jvp(f, at: $0, along: w[0..<3]).tangent },
            vmap(grad { (x: Tensor) in f(x.unsqueeze(0)) }),
            grad { (x: Tensor) in checkpoint(f)(x.sin()) }, jacobian { $0.matmul(w).sum(axis: 0) },
        ]
        for function in functions {
            let captured = capture(function)
            for seed in 0..<4 {
                let x = Tensor(Random(seed: UInt64(seed)).normal([3, 5]))
                let (expected, result) = (function(x), captured(x))
                #expect(result.shape == expected.shape)
                #expect(result.values(as: Float.self) == expected.values(as: Float.self))
            }
            #expect(captured.refusal == nil)
        }
    }

    @Test("takes views and writes no input")
    func views() {
        let f = capture { (x: Tensor) in x.exp() - x }
        for index in 0..<4 {
            let x = Tensor(Random(seed: UInt64(index)).normal([3, 5])).transpose()
            #expect(f(x).values(as: Float.self) == (x.exp() - x).values(as: Float.self))
        }
    }

    @Test("keeps constants of the function, also those it changes")
    func constants() {
        let f = capture { (x: Tensor) -> Tensor in
            let c = Tensor([1, 2, 3])
            c.data.assign((c + x).data)
            return c
        }
        for index in 0..<4 {
            #expect(f(Tensor([1, 1, 1]) * index).item(at: 2) == Double(3 + index))
        }
    }

    @Test("allocates nothing in a replay whose results nobody kept")
    func allocations() async {
        await #expect(processExitsWith: .success) {
            let f = capture { (x: Tensor) in ((x + 1).sin() * x).sum() }
            let x = Tensor(Random(seed: 1).normal([1000]))
            for _ in 0..<4 { _ = f(x) }
            let before = CPUBackend.shared.memory.allocations
            for _ in 0..<10 { _ = f(x) }
            let after = CPUBackend.shared.memory.allocations
            if after != before || f.byteCount == nil {
                fatalError("\(after - before) allocations")
            }
        }
    }

    @Test("refuses what a replay couldn't do, says so, and runs as it is")
    func refusals() {
        let reads = capture { (x: Tensor) in x.sum().item > 0 ? x : -x }
        for sign in [1.0, 1, -1, -1] { #expect(reads(Tensor([sign])).item == 1) }
        #expect(reads.refusal?.contains("reads the values") == true)

        let state = Buffer(NDArray([0] as [Float]))
        let swaps = capture { (x: Tensor) -> Tensor in
            state.data = (state + x).data
            return state + 0
        }
        for index in 1...4 { #expect(swaps(Tensor([1])).item == Double(index)) }
        #expect(swaps.refusal?.contains("write into the old") == true)

        let w = Parameter(NDArray([2] as [Float]))
        let accumulates = capture { (x: Tensor) in (w * x).sum().backward() }
        for index in 1...4 {
            _ = accumulates(Tensor([1]))
            #expect(w.grad?.item == Double(index))
        }
        #expect(accumulates.refusal?.contains("zeroGrad") == true)
    }
}

extension Tensor {
    fileprivate func item(at index: Int) -> Double { values(as: Double.self)[index] }
}
